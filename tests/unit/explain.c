/* SPDX-License-Identifier: GPL-2.0-only */
/* What kwp load --explain prints: every name of every vocabulary, and nothing for others. */
#include "../../common/explain.h"
#include "../../common/field.h"
#include "../../common/profile_detect.h"
#include "../../common/profile_key.h"
#include "check.h"

#include <errno.h>

static char *text;

/* What is printed of a name; NULL: it is called nothing. */
static const char *print(const char *name)
{
	size_t size;
	FILE *out;
	int err;

	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	err = explain_print(name, out);
	fclose(out);
	CHECK(err == 0 || (err == -ENOENT && !size));
	return err ? NULL : text;
}

static int prints(const char *name, const char *words)
{
	const char *all = print(name);

	return all && strstr(all, words);
}

static void test_fields(void)
{
	for (size_t i = 0; i < fields_count; i++) {
		char head[400];

		snprintf(head, sizeof(head), "field %s: %s\n", fields[i].name, fields[i].help);
		CHECK(prints(fields[i].name, head));
	}
	CHECK(prints("process.exit_code", "  events           exit\n"));
	CHECK(prints("process.pid", "  events           all but loss"));
	CHECK(prints("process.pid", "  kind             number: =="));
	CHECK(prints("rule.description", "only findings"));
	CHECK(prints("process.args_count", "--fields"));
}

static void test_events(void)
{
	for (unsigned type = 1; type < KWP_TYPE_COUNT; type++) {
		if (type != KWP_ARGS && type != KWP_CONTAINER && type != KWP_RULE &&
		    type != KWP_HELD)
			CHECK(prints(event_type_name(type), "event "));
	}
	CHECK(prints("exec", "event exec: a program is executed\n"));
	CHECK(prints("exec", "process.secure"));
	CHECK(!print("args") && !print("container"));
}

static void test_keys(void)
{
	CHECK(profile_sections_count > 10);
	for (size_t i = 0; i < profile_sections_count; i++) {
		const struct profile_section *section = profile_sections[i];

		for (size_t k = 0; k < section->count; k++) {
			const struct profile_key *key = &section->keys[k];
			char name[80], head[500];

			snprintf(name, sizeof(name), "%s%s%s", section->name,
				 *section->name ? "." : "", key->name);
			snprintf(head, sizeof(head), "key %s: %s\n", name, key->help);
			CHECK(prints(name, head));
			/* a sentence: no full stop, and an example beside it */
			CHECK(key->read && key->example[0] &&
			      key->help[strlen(key->help) - 1] != '.');
		}
	}
	CHECK(prints("process.drift", "  example          drift: block\n"));
	CHECK(prints("network.egress", "  keys             default, allow, monitor, block\n"));
	CHECK(prints("kwp", "it must be there"));
	/* both a field and a key */
	CHECK(prints("file.path", "field file.path") && prints("file.path", "key file.path"));
	CHECK(prints("rules.on", "key rules.on"));
}

static void test_detections(void)
{
	for (int i = 0; i < KWP_DETECT_COUNT; i++) {
		CHECK(detect_find(detect_name((enum kwp_detect)i)) == i);
		CHECK(prints(detect_name((enum kwp_detect)i), "block}, or kill\n"));
	}
	CHECK(prints("reverse-shell", "detection reverse-shell: A shell or interpreter"));
	CHECK(prints("reverse-shell", "  severity         critical\n"));
	CHECK(prints("reverse-shell", "  technique        T1059.004\n"));
	CHECK(prints("reverse-shell", "  profile          base\n"));
	CHECK(prints("reverse-shell", "$shells"));
	CHECK(prints("bind-shell", "T1059.004, T1571"));
	CHECK(prints("exec-session", "no: it is told after the act"));
	CHECK(prints("process-injection", "detection process-injection: "));
}

static void test_unknown(void)
{
	CHECK(!print("process.nam"));
	CHECK(!print(""));
	CHECK(!print("xyzzyxyzzyxyzzy"));
	CHECK(!print("no type"));
}

/* No line is longer than a terminal is wide, but for heads and words that are. */
static void test_lines(void)
{
	const char *all = print("reverse-shell");

	for (const char *line = all; line && *line; line += strcspn(line, "\n") + 1) {
		if (*line == ' ')
			CHECK(strcspn(line, "\n") <= 80);
	}
}

static void test_list(void)
{
	size_t size;
	FILE *out;

	free(text);
	out = open_memstream(&text, &size);
	CHECK(!explain_list(out));
	fclose(out);
	CHECK(strstr(text, "field      process.executable "));
	CHECK(strstr(text, "event      mmap-exec "));
	CHECK(strstr(text, "detection  reverse-shell "));
	CHECK(strstr(text, "detection  process-injection "));
	CHECK(strstr(text, "key        network.egress.allow "));
	CHECK(!strstr(text, "(null)"));
}

int main(void)
{
	test_fields();
	test_events();
	test_keys();
	test_detections();
	test_unknown();
	test_lines();
	test_list();
	free(text);
	return check_end();
}
