/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../common/line.h"
#include "check.h"

static void test_whole(void)
{
	char out[32] = "old";
	struct line line = line_start(out, sizeof(out));

	CHECK_STR(out, "");
	line_puts(&line, "a");
	line_add(&line, "bcd", 2);
	line_add(&line, NULL, 0);
	line_printf(&line, "%d-%s", 7, "x");
	CHECK_STR(out, "abc7-x");
	CHECK(line.length == 6);
}

/* What does not fit is counted; nothing is written behind the end. */
static void test_cut(void)
{
	char out[8] = "1234567";
	struct line line = line_start(out, 5);

	line_puts(&line, "ab");
	line_printf(&line, "%s", "cdef");
	CHECK_STR(out, "abcd");
	line_puts(&line, "gh");
	line_printf(&line, "%d", 12);
	CHECK_STR(out, "abcd");
	CHECK(line.length == 10);
	CHECK_STR(out + 5, "67");
}

static void test_full(void)
{
	char out[4];
	struct line line = line_start(out, sizeof(out));

	line_puts(&line, "abc");
	line_puts(&line, "d");
	CHECK_STR(out, "abc");
	CHECK(line.length == 4);
}

static void test_count_only(void)
{
	struct line line = line_start(NULL, 0);

	line_puts(&line, "abc");
	line_printf(&line, "%05d", 1);
	CHECK(line.length == 8);
}

int main(void)
{
	test_whole();
	test_cut();
	test_full();
	test_count_only();
	return check_end();
}
