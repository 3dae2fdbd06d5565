/* SPDX-License-Identifier: GPL-2.0-only */
/* Names from the config.json of a bundle, good and bad ones. */
#include "../../common/oci.h"
#include "check.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#define PREFIX "io.kubernetes.cri."

static int parse(const char *json, struct oci_names *names)
{
	size_t size = strlen(json);
	char *copy = malloc(size + 1); /* exactly so many bytes, for ASan */
	int err;

	memcpy(copy, json, size);
	*names = (struct oci_names){};
	err = oci_parse_names(copy, size, names);
	free(copy);
	return err;
}

static bool is(const char *name, const char *want)
{
	return want ? name && !strcmp(name, want) : !name;
}

static void check(const char *json, int want, const char *container, const char *image,
		  const char *pod, const char *namespace)
{
	struct oci_names names;
	int err = parse(json, &names);

	CHECK(err == want);
	CHECK(is(names.container, container) && is(names.image, image));
	CHECK(is(names.pod, pod) && is(names.namespace, namespace));
	if (err != want || !is(names.container, container) || !is(names.image, image))
		printf("# %s: %d %s %s\n", json, err, names.container, names.image);
	oci_names_free(&names);
	CHECK(!names.container && !names.image && !names.pod && !names.namespace);
}

static void test_runtimes(void)
{
	check("{\"ociVersion\":\"1.1.0\",\"process\":{\"args\":[\"sh\",\"-c\",\"x: y\"]},"
	      "\"annotations\":{\"" PREFIX "container-name\":\"web\",\"" PREFIX
	      "image-name\":\"docker.io/library/nginx:1\",\"" PREFIX "sandbox-name\":\"pod-1\","
	      "\"" PREFIX "sandbox-namespace\":\"prod\",\"n\":1},\"linux\":{}}",
	      0, "web", "docker.io/library/nginx:1", "pod-1", "prod");
	check("{\"annotations\":{\"io.kubernetes.container.name\":\"web\","
	      "\"io.kubernetes.cri-o.ImageName\":\"nginx\",\"io.kubernetes.pod.name\":\"p\","
	      "\"io.kubernetes.pod.namespace\":\"n\"}}",
	      0, "web", "nginx", "p", "n");
	/* As jq and runc indent it. */
	check("{\n\t\"annotations\": {\n\t\t\"" PREFIX "container-name\": \"web\"\n\t},\n"
	      "\t\"linux\": {\n\t\t\"a\": [\n\t\t\t1\n\t\t]\n\t}\n}\n",
	      0, "web", NULL, NULL, NULL);
	check("{}", 0, NULL, NULL, NULL, NULL);
	check("{\"annotations\":{}}", 0, NULL, NULL, NULL, NULL);
	check("{\"annotations\":null}", 0, NULL, NULL, NULL, NULL);
	/* The first of two words for the same thing stays. */
	check("{\"annotations\":{\"" PREFIX "container-name\":\"a\","
	      "\"io.kubernetes.container.name\":\"b\",\"" PREFIX "container-name\":\"c\"}}",
	      0, "a", NULL, NULL, NULL);
}

static void test_escapes(void)
{
	check("{\"annotations\":{\"" PREFIX "container-name\":\"a\\\"b\\\\c\\/d\\u0041\\n\\t\"}}",
	      0, "a\"b\\c/dA\n\t", NULL, NULL, NULL);
	check("{\"annotations\":{\"io.kubernetes.cri.container\\u002dname\":\"web\"}}", 0, "web",
	      NULL, NULL, NULL);
	check("{\"annotations\":{\"x\":\"{\\\"" PREFIX "container-name\\\":\\\"no\\\"}\","
	      "\"" PREFIX "container-name\":\"\xc3\xa4\xf0\x9f\x98\x80\"}}",
	      0, "\xc3\xa4\xf0\x9f\x98\x80", NULL, NULL, NULL);
	check("{\"annotations\":{\"" PREFIX "container-name\":\"\"}}", 0, "", NULL, NULL, NULL);
}

/* Keys that are ours by name and not by place. */
static void test_elsewhere(void)
{
	check("{\"process\":{\"annotations\":{\"" PREFIX "container-name\":\"no\"}}}", 0, NULL,
	      NULL, NULL, NULL);
	check("{\"" PREFIX "container-name\":\"no\"}", 0, NULL, NULL, NULL, NULL);
	check("{\"annotations\":[\"" PREFIX "container-name\",\"no\"]}", 0, NULL, NULL, NULL,
	      NULL);
	check("{\"annotations\":{\"x\":{\"" PREFIX "container-name\":\"no\"}}}", 0, NULL, NULL,
	      NULL, NULL);
	check("{\"annotations\":{\"x\":[\"" PREFIX "container-name\",\"no\"],\"" PREFIX
	      "container-name\":\"yes\"}}",
	      0, "yes", NULL, NULL, NULL);
	check("{\"x\":\"annotations\",\"y\":{\"" PREFIX "container-name\":\"no\"}}", 0, NULL,
	      NULL, NULL, NULL);
	check("{\"annotations\":{},\"y\":{\"" PREFIX "container-name\":\"no\"}}", 0, NULL, NULL,
	      NULL, NULL);
	check("{\"annotations\":\"x\",\"y\":{\"" PREFIX "container-name\":\"no\"}}", 0, NULL,
	      NULL, NULL, NULL);
	check("{\"annotations\":{\"" PREFIX "container-name\":[\"no\"],\"" PREFIX
	      "image-name\":\"yes\"}}",
	      0, NULL, "yes", NULL, NULL);
}

static void test_malformed(void)
{
	static const char *const wrong[] = {
		"", " ", "null", "\"text\"", "1", "[]", "[{}]", "{", "}", "{\"a\"", "{\"a\":",
		"{\"a\":1", "{\"annotations\":{", "{\"a\":\"b", "[\"annotations\",{\"" PREFIX
		"container-name\":\"no\"}]", "{\"a\":\"\\x\"}", "{}}", "{\"a\":\"\xff\"}",
		"\xff\xfe{", "{\"a\":1}{\"annotations\":{\"" PREFIX "container-name\":\"no\"}}",
		"--- {}\n--- {\"annotations\":{\"" PREFIX "container-name\":\"no\"}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		check(wrong[i], -EINVAL, NULL, NULL, NULL, NULL);
	/* What was read before a fault stays. */
	check("{\"annotations\":{\"" PREFIX "container-name\":\"web\"},\"x\":", -EINVAL, "web",
	      NULL, NULL, NULL);
}

/* Nested as deep as the size allows: no recursion and no long run. */
static void test_deep(void)
{
	const size_t size = 1 << 20;
	char *bytes = malloc(size);
	struct oci_names names = {};
	clock_t before = clock();

	memset(bytes, '[', size);
	memcpy(bytes, "{\"a\":", 5);
	CHECK(oci_parse_names(bytes, size, &names) == -EINVAL);
	for (size_t i = 5; i + 5 <= size; i += 5)
		memcpy(bytes + i, "{\"a\":", 5);
	CHECK(oci_parse_names(bytes, size, &names) == -EINVAL);
	CHECK((clock() - before) / CLOCKS_PER_SEC < 5);
	free(bytes);
	oci_names_free(&names);
}

static int read_file(const char *text, size_t size)
{
	char path[] = "/tmp/kwp-oci-XXXXXX";
	_cleanup_close_ int fd = mkstemp(path);
	struct oci_names names = {};
	int err = -EIO;

	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
	    !ftruncate(fd, size))
		err = oci_read_names(path, &names);
	CHECK(err || is(names.container, "web"));
	oci_names_free(&names);
	unlink(path);
	return err;
}

static void test_file(void)
{
	static char big[(4 << 20) + 1];
	struct oci_names names = {};
	const char *json = "{\"annotations\":{\"" PREFIX "container-name\":\"web\"}}";

	CHECK(!read_file(json, strlen(json)));
	CHECK(read_file("", 0) == -EINVAL);
	memset(big, ' ', sizeof(big) - 1);
	memcpy(big, json, strlen(json));
	CHECK(!read_file(big, 4 << 20));
	CHECK(read_file(json, (4 << 20) + 1) == -EINVAL);
	CHECK(oci_read_names("/nowhere/config.json", &names) == -ENOENT);
	CHECK(oci_read_names("/tmp", &names) == -EINVAL);
	CHECK(oci_read_names("/dev/zero", &names) == -EINVAL);
	CHECK(!names.container);
}

int main(void)
{
	test_runtimes();
	test_escapes();
	test_elsewhere();
	test_malformed();
	test_deep();
	test_file();
	return check_end();
}
