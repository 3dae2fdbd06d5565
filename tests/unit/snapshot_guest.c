/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a file and of the guest becomes an item. */
#include "../../common/log.h"
#include "../../common/snapshot_file.h"
#include "../../common/snapshot_xattr.h"
#include "check.h"

static void test_selected(void)
{
	CHECK(file_selected("/x/run", 0755) && file_selected("/x", 0100) &&
	      file_selected("/x", 04000));
	CHECK(file_selected("/etc/passwd", 0644) && !file_selected("/x/passwd", 0644));
	CHECK(file_selected("/l/libc.so", 0644) && file_selected("/l/libc.so.6", 0644));
	CHECK(file_selected("/root/.bashrc", 0644) && file_selected("/x.py", 0) &&
	      !file_selected("/py", 0));
	CHECK(!file_selected("/usr/share/doc/x", 0644) && !file_selected("/.py", 0));
}

static void test_capabilities(void)
{
	static const struct {
		uint32_t words[6];
		size_t size;
		const char *want;
	} cases[] = {
		{{0x02000001, 1 << 13, 0, 0, 0}, 20, "CAP_NET_RAW=ep"},
		{{0x02000000, 1 << 13, 0, 0, 0}, 20, "CAP_NET_RAW=p"},
		{{0x02000001, 1 << 13, 1 << 10, 1 << 7, 0},
		 20,
		 "CAP_NET_RAW,CAP_BPF=ep CAP_NET_BIND_SERVICE=i"},
		{{0x03000001, 1 << 13, 0, 0, 0, 1000}, 24, "CAP_NET_RAW=ep root=1000"},
		{{1}, 4, "damaged:4"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buffer_ struct buffer out = {};

		capabilities_print(cases[i].words, cases[i].size, &out);
		buffer_byte(&out, 0);
		CHECK_STR(out.bytes, cases[i].want);
	}
}

/* The guest's own state: what every Linux has. */
static void test_guest(void)
{
	_cleanup_items_ struct items items = {};
	bool partly = false, kernel = false, mount = false, self = false;
	char program[4096] = "";

	CHECK(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
	snapshot_kernel(&items);
	snapshot_modules(&items);
	snapshot_mounts("/", &items);
	snapshot_sysctls(&items);
	snapshot_bpf(&items, &partly);
	snapshot_sockets(&items, &partly);
	snapshot_processes(&items, NULL, &partly);
	items_sort(&items);
	for (size_t i = 0; i < items.count; i++) {
		const struct item *item = &items.list[i];

		kernel |= item->section == SECTION_KERNEL &&
			  text_equal(item->name, text_of("release"));
		mount |=
			item->section == SECTION_MOUNTS && text_equal(item->name, text_of("/proc"));
		self |= item->section == SECTION_PROCS && text_equal(item->name, text_of(program));
	}
	CHECK(kernel && mount && !self);
	CHECK(items.looked & 1u << SECTION_NET && items.looked & 1u << SECTION_SYSCTLS);
}

int main(void)
{
	log_set_level(LOG_QUIET);
	test_selected();
	test_capabilities();
	test_guest();
	return check_end();
}
