/* SPDX-License-Identifier: GPL-2.0-only */
/* The smallest TAP harness: CHECK() counts, check_end() plans. */
#ifndef KWP_CHECK_H
#define KWP_CHECK_H

#include <stdio.h>
#include <string.h>

static unsigned check_total, check_failed;

/* One test line; says where and what when it fails. */
#define CHECK(what)                                                                                \
	do {                                                                                       \
		int check_ok_ = !!(what);                                                          \
		check_total++;                                                                     \
		check_failed += !check_ok_;                                                        \
		printf("%sok %u - %s:%d %s\n", check_ok_ ? "" : "not ", check_total, __func__,      \
		       __LINE__, #what);                                                           \
	} while (0)

/* Equal strings; shows both when they differ. */
#define CHECK_STR(got, want)                                                                       \
	do {                                                                                       \
		const char *check_got_ = (got), *check_want_ = (want);                             \
		CHECK(check_got_ && !strcmp(check_got_, check_want_));                             \
		if (!check_got_ || strcmp(check_got_, check_want_))                                \
			printf("# got  %s\n# want %s\n", check_got_ ? check_got_ : "(null)",        \
			       check_want_);                                                       \
	} while (0)

static inline int check_end(void)
{
	printf("1..%u\n", check_total);
	return check_failed ? 1 : 0;
}

#endif
