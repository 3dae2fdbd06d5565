/* SPDX-License-Identifier: GPL-2.0-only */
/* What a learnt path becomes, and which addresses join. */
#include "../../common/learn.h"
#include "check.h"

/* ---- names ---- */

static void test_name_kinds(void)
{
	static const struct {
		const char *name;
		enum name_kind kind;
	} names[] = {
		{"passwd", NAME_FIXED},
		{"python3.11", NAME_FIXED},
		{"lib64", NAME_FIXED},
		{"x86_64-linux-gnu", NAME_FIXED},
		{"nginx.conf", NAME_FIXED},
		{"a.log.1", NAME_FIXED},
		{"libssl.so.3", NAME_FIXED},
		{"README", NAME_FIXED},
		{"CamelCaseName", NAME_FIXED},
		{"HTTPServer", NAME_FIXED},
		{"deadbeef", NAME_FIXED},
		{"utf8", NAME_FIXED},
		{"config.json.tmp", NAME_FIXED},
		{"access_log", NAME_FIXED},
		{"", NAME_FIXED},
		{"1.2.3", NAME_VERSION},
		{"v18.17.1", NAME_VERSION},
		{"app-1.2.3", NAME_VERSION},
		{"4242", NAME_PASSING},
		{"tmpab12cd", NAME_PASSING},
		{"tmp.AbC12dEf", NAME_PASSING},
		{"tmpabcdefgh", NAME_PASSING},
		{"build-9f86d081884c7d65", NAME_PASSING},
		{"123e4567-e89b-12d3-a456-426614174000", NAME_PASSING},
		{"log.20261123", NAME_PASSING},
		{"go-build3482773", NAME_PASSING},
		{".x1y2z3", NAME_PASSING},
		{"worker-71", NAME_FIXED},
		{"sess_k3j9d8s7f6", NAME_PASSING},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		enum name_kind kind = name_kind(text_of(names[i].name));

		CHECK(kind == names[i].kind);
		if (kind != names[i].kind)
			printf("# %s: %d\n", names[i].name, kind);
	}
}

static void path_is(const char *path, enum name_kind least, const char *want)
{
	_cleanup_buffer_ struct buffer out = {};
	bool got = path_generalise(text_of(path), least, &out);

	if (want)
		CHECK_STR(got ? out.bytes : NULL, want);
	else
		CHECK(!got);
}

static void test_paths(void)
{
	path_is("/usr/bin/ls", NAME_VERSION, "/usr/bin/ls");
	path_is("/tmp/tmpab12cd", NAME_VERSION, "/tmp/*");
	path_is("/tmp/tmpab12cd/x.py", NAME_VERSION, "/tmp/**");
	path_is("/proc/4242/oom_score_adj", NAME_VERSION, "/proc/**");
	path_is("/opt/app-1.2.3/bin/app", NAME_VERSION, "/opt/**");
	path_is("/opt/app-1.2.3/bin/app", NAME_PASSING, "/opt/app-1.2.3/bin/app");
	path_is("/usr/bin/md5sum", NAME_PASSING, "/usr/bin/md5sum");
	path_is("/tmp/md5sum", NAME_PASSING, "/tmp/*");
	/* A pattern of everything is none. */
	path_is("/4242", NAME_VERSION, "/4242");
	path_is("/4242/x", NAME_VERSION, "/4242/x");
	path_is("/a/../b/./c//d", NAME_VERSION, "/b/c/d");
	path_is("/../x", NAME_VERSION, "/x");
	path_is("/\xc3\xa4", NAME_VERSION, "/\xc3\xa4");
	path_is("relative", NAME_VERSION, NULL);
	path_is("", NAME_VERSION, NULL);
	path_is("/a*b", NAME_VERSION, NULL);
	path_is("/a\nb", NAME_VERSION, NULL);
	path_is("/\xff", NAME_VERSION, NULL);
	path_is("/..", NAME_VERSION, NULL);
}

static void test_patterns(void)
{
	struct learn_patterns patterns = {};
	char path[64];

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/srv/data/f%c", 'a' + i);
		patterns_add(&patterns, text_of(path), NAME_VERSION, 1);
	}
	patterns_add(&patterns, text_of("/srv/data/sub/x"), NAME_VERSION, 1);
	patterns_add(&patterns, text_of("/srv/one"), NAME_VERSION, 2);
	patterns_add(&patterns, text_of("/srv/one"), NAME_VERSION, 3);
	patterns_add(&patterns, text_of("/tmp/tmpab12cd/x"), NAME_VERSION, 1);
	patterns_add(&patterns, text_of("/tmp/tmpab12cd"), NAME_VERSION, 1);
	patterns_add(&patterns, text_of("/tmp/plain"), NAME_VERSION, 1);
	patterns_add(&patterns, text_of("relative"), NAME_VERSION, 1);
	patterns_join(&patterns, 8);
	CHECK(patterns.count == 4 && patterns.unsaid == 1);
	if (patterns.count == 4) {
		CHECK_STR(patterns.list[0].text, "/srv/data/*");
		CHECK(patterns.list[0].joined == 8 && patterns.list[0].times == 8);
		CHECK_STR(patterns.list[1].text, "/srv/data/sub/x");
		CHECK_STR(patterns.list[2].text, "/srv/one");
		CHECK(patterns.list[2].times == 5);
		CHECK_STR(patterns.list[3].text, "/tmp/**");
		CHECK(patterns.list[3].joined == 3);
	}
	patterns_free(&patterns);
}

/* ---- addresses ---- */

static void test_addresses(void)
{
	static const char *const words[] = {
		"tcp 10.0.0.1:443",	"tcp 10.0.0.1:443",   "tcp 10.0.0.7:443",
		"tcp 10.0.0.9:443",	"tcp 10.0.0.200:443", "tcp 10.0.1.2:443",
		"tcp 10.0.1.3:443",	"tcp 10.0.1.5:443",   "udp 10.0.0.2:443",
		"tcp [2001:db8::1]:80", "tcp 192.0.2.1:80",
	};
	static const struct {
		const char *protocol;
		unsigned first, last, bits, port, joined;
	} want[] = {
		{"tcp", 0x20, 1, 128, 80, 1}, {"tcp", 192, 1, 32, 80, 1},
		{"tcp", 10, 0, 24, 443, 4},   {"tcp", 10, 2, 31, 443, 2},
		{"tcp", 10, 5, 32, 443, 1},   {"udp", 10, 2, 32, 443, 1},
	};
	struct learn_address list[16];
	size_t count;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		CHECK(address_parse(text_of(words[i]), &list[i]));
	count = addresses_join(list, ARRAY_SIZE(words), 4);
	CHECK(count == ARRAY_SIZE(want));
	for (size_t i = 0; i < count && i < ARRAY_SIZE(want); i++) {
		bool found = false;

		for (size_t k = 0; k < ARRAY_SIZE(want); k++)
			found |= !strcmp(list[i].protocol, want[k].protocol) &&
				 list[i].bytes[0] == want[k].first &&
				 list[i].bytes[list[i].v6 ? 15 : 3] == want[k].last &&
				 list[i].bits == want[k].bits && list[i].port == want[k].port &&
				 list[i].joined == want[k].joined;
		CHECK(found);
	}
	CHECK(!address_parse(text_of("tcp"), &list[0]) &&
	      !address_parse(text_of("tcp x:1"), &list[0]));
	CHECK(!address_parse(text_of("tcp 10.0.0.1"), &list[0]));
	CHECK(!address_parse(text_of("tcp 10.0.0.1:99999"), &list[0]));
}

int main(void)
{
	test_name_kinds();
	test_paths();
	test_patterns();
	test_addresses();
	return check_end();
}
