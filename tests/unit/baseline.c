/* SPDX-License-Identifier: GPL-2.0-only */
/* Baselines: what is written is read back as it was, is YAML, and anything else is refused. */
#include "../../common/baseline.h"
#include "../../common/baseline_drift.h"
#include "../../common/baseline_look.h"
#include "../../common/baseline_merge.h"
#include "../../common/log.h"
#include "../../common/yaml.h"
#include "check.h"

#include <errno.h>

#define HEAD "kwp-baseline: \"1\"\n"
#define COMPLETE "complete:\n  - {name: \"files\", value: \"0\"}\n"

static struct item item_of(enum section section, const char *name, const char *first)
{
	struct item item = {.section = section, .name = text_of(name)};

	item.value[0] = text_of(first);
	return item;
}

/* Reads all of it: the items (-1: refused). */
static int read_all(const char *bytes, size_t size, struct items *out)
{
	char *copy = malloc(size + 1); /* exactly so many bytes, for ASan */
	struct baseline *baseline = NULL;
	struct item item;
	FILE *file;
	int got;

	memcpy(copy, bytes, size);
	file = fmemopen(copy, size, "r");
	got = file ? baseline_open_file(file, "test", &baseline) : -1;
	while (!got && (got = baseline_next(baseline, &item)) > 0) {
		items_add(out, &item);
		got = 0;
	}
	baseline_close(baseline);
	free(copy);
	return got ? -1 : (int)out->count;
}

static int count(const char *text)
{
	_cleanup_items_ struct items items = {};

	return read_all(text, strlen(text), &items);
}

/* ---- round trip ---- */

static void test_names(void)
{
	static const struct {
		const char *name;
		size_t size;
	} names[] = {
		{"/plain", 6},
		{"/a b\"c'd\\e", 10},
		{"/\n\r\t\x01\x1b[1m", 9},
		{"/\x7f", 2},
		{"/\xff\xfe", 3},
		{"/\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10},
		{"/\\x41", 5},
		{"/\\\\x41", 6},
		{"/\xef\xbf\xbe\xef\xbf\xbf", 7},
		{"/\xe2\x80\xa8\xc2\x85", 6},
		{"/: #,{}[]&*!|>%@`", 17},
		{"/\\u0041", 7},
		{"/\xef\xbb\xbf", 4},
		{"/\\", 2},
		{"/\xc2", 2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct item item = {.section = SECTION_FILES,
				    .name = {names[i].name, names[i].size}};
		_cleanup_buffer_ struct buffer out = {};
		_cleanup_items_ struct items items = {};
		struct yaml_node *tree = NULL;
		struct yaml_error error;

		item.value[FILE_TARGET] = item.name;
		buffer_string(&out, HEAD "files:\n");
		baseline_put_item(&out, &item);
		buffer_string(&out, COMPLETE);
		CHECK(read_all(out.bytes, out.size, &items) == 2);
		CHECK(items.count == 2 && text_equal(items.list[0].name, item.name) &&
		      text_equal(items.list[0].value[FILE_TARGET], item.name));
		/* Any reader of YAML takes it, too. */
		CHECK(!yaml_node_read(out.bytes, out.size, &tree, &error));
		CHECK(tree && yaml_node_find(tree, "files"));
		yaml_node_free(tree);
	}
}

static void test_sections(void)
{
	_cleanup_items_ struct items items = {}, again = {};
	_cleanup_buffer_ struct buffer out = {};
	struct baseline_head head = {};

	for (int i = 0; i < SECTION_COUNT; i++) {
		struct item item = item_of(i, i == SECTION_FILES ? "/x" : "x", "1");

		for (size_t k = 0; k < sections[i].count; k++)
			item.value[k] = text_of(sections[i].attributes[k].key);
		items_add(&items, &item);
	}
	items_sort(&items);
	head.value[HEAD_VERSION] = strdup(BASELINE_VERSION);
	head.value[HEAD_ROOT] = strdup("/\n");
	baseline_put_head(&out, &head);
	for (int i = 0; i < SECTION_COUNT; i++)
		baseline_put_section(&out, &items, i);
	CHECK(read_all(out.bytes, out.size, &again) == SECTION_COUNT);
	for (size_t i = 0; i < again.count; i++) {
		CHECK(!item_changes(&items.list[i], &again.list[i]));
		CHECK(!item_order(&items.list[i], &again.list[i]));
	}
	baseline_head_free(&head);
}

static void test_refused(void)
{
	static const char *const wrong[] = {
		"",
		"\n",
		"x: \"y\"\n",
		"kwp-baseline: \"2\"\n" COMPLETE,
		HEAD,
		HEAD "files: []\n",
		HEAD "other: \"x\"\n" COMPLETE,
		HEAD HEAD COMPLETE,
		HEAD "files:\n" COMPLETE "x\n",
		HEAD COMPLETE "files: []\n",
		HEAD "files: []\nfiles: []\n" COMPLETE,
		HEAD "files:\n  - {path: \"x\"}\n" COMPLETE,
		HEAD "files:\n  - {name: \"/x\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/b\"}\n  - {path: \"/a\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\"}\n  - {path: \"/a\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a.b\"}\n  - {path: \"/a/b\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\", colour: \"x\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\", uid: \"0\", uid: \"0\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\", uid: 0}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\"\n" COMPLETE,
		HEAD "files:\n  - {path: \"/a\"} \n" COMPLETE,
		HEAD "files:\n- {path: \"/a\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/\\x41\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/\\u00e\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/\\ud800\"}\n" COMPLETE,
		HEAD "files:\n  - {path: \"/\\u0000\"}\n" COMPLETE,
		HEAD "files: [] \n" COMPLETE,
		HEAD "  - {path: \"/a\"}\n" COMPLETE,
		HEAD "files: []\ncomplete:\n  - {name: \"a\", value: \"1\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		int got = count(wrong[i]);

		CHECK(got == -1);
		if (got != -1)
			printf("# taken: %s\n", wrong[i]);
	}
	CHECK(count(HEAD COMPLETE) == 1);
	CHECK(count("# text\n\n" HEAD "# text\nfiles: []\n\n" COMPLETE) == 1);
	CHECK(count(HEAD "files:\n  - {path: \"/a/b\"}\n  - {path: \"/a.b\"}\n" COMPLETE) == 3);
}

static void test_long(void)
{
	const size_t size = BASELINE_LINE_MAX + 100;
	_cleanup_buffer_ struct buffer out = {};
	_cleanup_items_ struct items items = {};
	_cleanup_free_ char *path = malloc(size);

	memset(path, 'x', size);
	path[0] = '/';
	buffer_string(&out, HEAD "files:\n  - {path: \"");
	buffer_add(&out, path, size);
	buffer_string(&out, "\"}\n" COMPLETE);
	CHECK(read_all(out.bytes, out.size, &items) == -1);
	/* One that fits, over several blocks of the reader. */
	out.size = 0;
	buffer_string(&out, HEAD "files:\n  - {path: \"");
	buffer_add(&out, path, 300000);
	buffer_string(&out, "\"}\n" COMPLETE);
	CHECK(read_all(out.bytes, out.size, &items) == 2);
	CHECK(items.count && items.list[0].name.size == 300000);
}

/* ---- order ---- */

static void test_order(void)
{
	static const char *const sorted[] = {"/",    "/a",   "/a/b", "/a/b/c",
					     "/a b", "/a.b", "/ab",  "/\xff"};

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t k = 0; k < ARRAY_SIZE(sorted); k++) {
			int order = path_order(text_of(sorted[i]), text_of(sorted[k]));

			CHECK((order < 0) == (i < k) && (order > 0) == (i > k));
		}
}

/* ---- comparing ---- */

static struct buffer told;

static void tell(const struct drift *drift, void *data)
{
	drift_put_text(&told, drift);
}

static const char *compare(const struct items *before, const struct items *after,
			   enum section section)
{
	told.size = 0;
	drift_compare(before, after, section, tell, NULL);
	buffer_byte(&told, 0);
	return told.bytes;
}

static void add(struct items *items, enum section section, const char *name, const char *first)
{
	struct item item = item_of(section, name, first);

	items_add(items, &item);
}

static void test_compare(void)
{
	_cleanup_items_ struct items before = {}, after = {};

	add(&before, SECTION_SYSCTLS, "a", "1");
	add(&before, SECTION_SYSCTLS, "b", "1");
	add(&before, SECTION_SYSCTLS, "d", "1");
	add(&before, SECTION_KERNEL, "x", "1");
	add(&after, SECTION_SYSCTLS, "b", "2");
	add(&after, SECTION_SYSCTLS, "c", "1");
	add(&after, SECTION_SYSCTLS, "d", "1");
	items_sort(&before);
	items_sort(&after);
	CHECK_STR(compare(&before, &after, SECTION_SYSCTLS), "D -......... sysctls:a value=1\n"
							     "C c......... sysctls:b value=1->2\n"
							     "A +......... sysctls:c value=1\n");
	CHECK_STR(compare(&before, &before, SECTION_SYSCTLS), "");
	CHECK_STR(compare(&before, &after, SECTION_MODULES), "");
}

/* Of several of one name those that are the same cancel out first. */
static void test_compare_same_name(void)
{
	_cleanup_items_ struct items before = {}, after = {};

	add(&before, SECTION_PROCS, "/bin/sh", "a");
	add(&before, SECTION_PROCS, "/bin/sh", "b");
	add(&after, SECTION_PROCS, "/bin/sh", "b");
	add(&after, SECTION_PROCS, "/bin/sh", "c");
	add(&after, SECTION_PROCS, "/bin/sh", "d");
	items_sort(&before);
	items_sort(&after);
	CHECK_STR(compare(&before, &after, SECTION_PROCS), "C a......... procs:/bin/sh args=a->c\n"
							   "A ++++++.... procs:/bin/sh args=d\n");
}

/* What was recorded is not missed, and how often it was seen does not matter. */
static void test_compare_recorded(void)
{
	_cleanup_items_ struct items before = {}, after = {};
	struct item item = item_of(SECTION_OPENS, "/x", "write");

	item.value[SEEN_COUNT] = text_of("3");
	items_add(&before, &item);
	add(&before, SECTION_OPENS, "/gone", "read");
	item.value[SEEN_COUNT] = text_of("4");
	items_add(&after, &item);
	add(&after, SECTION_OPENS, "/x", "read");
	items_sort(&before);
	items_sort(&after);
	CHECK_STR(compare(&before, &after, SECTION_OPENS), "A ++........ opens:/x access=read\n");
}

static void test_json(void)
{
	struct item before = item_of(SECTION_FILES, "/\"\n\xff", "file"), after = before;
	struct drift drift = {.kind = DRIFT_CHANGED, .before = &before, .after = &after};
	_cleanup_buffer_ struct buffer out = {};
	struct yaml_node *tree = NULL;
	struct yaml_error error;

	before.value[FILE_SIZE] = text_of("1");
	after.value[FILE_SIZE] = text_of("2,\"x\":3");
	drift.actor = (struct drift_actor){text_of("/bin/s\"h"), text_of("open"), 7, 1};
	drift_put_json(&out, &drift, 0, "h");
	CHECK(!yaml_node_read(out.bytes, out.size, &tree, &error));
	buffer_byte(&out, 0);
	/* A size that is none is not JSON's. */
	CHECK(!strstr(out.bytes, "\"size\":2"));
	CHECK(strstr(out.bytes, "\"changed\":[\"size\"]") != NULL);
	CHECK(strstr(out.bytes, "\"process\":{\"pid\":7,\"executable\":\"/bin/s\\\"h\"}") != NULL);
	CHECK(strchr(out.bytes, '\n') == out.bytes + out.size - 2);
	yaml_node_free(tree);
}

static bool ignores(const char *pattern, const char *name)
{
	return look_ignores(&pattern, 1, text_of(name));
}

static void test_ignored(void)
{
	CHECK(ignores("/a/**", "/a/b") && ignores("/a/**", "/a/b/c"));
	CHECK(!ignores("/a/**", "/a") && !ignores("/a/**", "/ab") && !ignores("/a/**", "/a/"));
	CHECK(ignores("/a/*", "/a/b") && !ignores("/a/*", "/a/b/c"));
	CHECK(ignores("**/x.log", "/a/b/x.log") && !ignores("**/x.log", "/x.log/a"));
	CHECK(ignores("**/*.log", "/a/b/x.log"));
	CHECK(ignores("net.ipv4.*", "net.ipv4.conf.all") && !ignores("net.ipv4.*", "net.ipv6.x"));
	CHECK(ignores("/a", "/a") && !ignores("/a", "/a/b"));
}

/* ---- merging ---- */

static bool has(const struct buffer *out, const char *part)
{
	return memmem(out->bytes, out->size, part, strlen(part)) != NULL;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void test_merge(void)
{
	char *paths[] = {"/tmp/kwp-merge-a", "/tmp/kwp-merge-b"};
	_cleanup_buffer_ struct buffer out = {};
	_cleanup_items_ struct items items = {};

	write_file(paths[0], HEAD
		   "programs:\n  - {name: \"/x\", as: \"program\", count: \"2\"}\nfiles:\n"
		   "  - {path: \"/a\", uid: \"1\"}\n  - {path: \"/c\"}\n"
		   "complete:\n  - {name: \"files\", value: \"2\"}\n"
		   "  - {name: \"growing\", value: \"1\"}\n  - {name: \"lost\", value: \"1\"}\n");
	write_file(paths[1], HEAD
		   "programs:\n  - {name: \"/x\", as: \"program\", count: \"3\"}\nfiles:\n"
		   "  - {path: \"/a\", uid: \"2\"}\n  - {path: \"/b\"}\n"
		   "complete:\n  - {name: \"files\", value: \"2\"}\n"
		   "  - {name: \"growing\", value: \"1\"}\n  - {name: \"lost\", value: \"4\"}\n");
	CHECK(!baseline_merge(paths, 2, &out));
	CHECK(has(&out, "{name: \"/x\", as: \"program\", count: \"5\"}"));
	CHECK(has(&out, "  - {path: \"/a\", uid: \"2\"}\n  - {path: \"/b\"}\n  - {path: "
			"\"/c\"}\ncomplete:"));
	CHECK(has(&out, "{name: \"files\", value: \"3\"}") &&
	      has(&out, "{name: \"lost\", value: \"5\"}") &&
	      has(&out, "{name: \"growing\", value: \"1\"}"));
	CHECK(read_all(out.bytes, out.size, &items) == 7);
	write_file(paths[1], HEAD "files:\n  - {path: \"/a\"}\n");
	out.size = 0;
	CHECK(baseline_merge(paths, 2, &out) == -EBADMSG && !out.size);
	remove(paths[0]);
	remove(paths[1]);
}

int main(void)
{
	log_set_level(LOG_QUIET);
	test_names();
	test_sections();
	test_refused();
	test_long();
	test_order();
	test_compare();
	test_compare_same_name();
	test_compare_recorded();
	test_json();
	test_ignored();
	test_merge();
	buffer_free(&told);
	return check_end();
}
