/* SPDX-License-Identifier: GPL-2.0-only */
/* How system calls are refused, by name and by 32-bit number. */
#include "../../common/deny.h"

#include "../../common/syscall.h"
#include "check.h"

#define ENTER (1u << KWP_WAY_ENTER)
#define CAPABLE (1u << KWP_WAY_CAPABLE)

static int nr_of(const char *name)
{
	return syscall_find(name, strlen(name));
}

/* The 32-bit number of a name, -1: this machine has none. */
static int nr32_of(const char *name)
{
	for (int nr = 0; nr < KWP_SYSCALLS; nr++) {
		const char *found = syscall_name(nr, true);

		if (found && !strcmp(found, name))
			return nr;
	}
	return -1;
}

static void ways(void)
{
	CHECK(deny_ways(nr_of("bpf")) == 1u << KWP_WAY_BPF);
	CHECK(deny_ways(nr_of("unshare")) == (CAPABLE | 1u << KWP_WAY_USERNS));
	CHECK(deny_ways(nr_of("mount")) == CAPABLE);
	CHECK(deny_ways(nr_of("mount_setattr")) == CAPABLE); /* one name begins as the other */
	CHECK(deny_ways(nr_of("setns")) == CAPABLE);
	CHECK(deny_ways(nr_of("set_tid_address")) == ENTER);
	CHECK(deny_ways(nr_of("getpid")) == ENTER);
	CHECK(deny_ways(-1) == ENTER);
	CHECK(deny_ways(KWP_SYSCALLS) == ENTER);
}

static void guards(void)
{
	const uint32_t file = 1u << KWP_CLASS_FILE, bpf = deny_guards(nr_of("bpf"));

	CHECK(bpf == KWP_GUARD_WAY(KWP_WAY_BPF));
	CHECK(deny_guards_of(file | bpf, true) == (file | bpf));
	CHECK(deny_guards_of(file | bpf, false) == (file | KWP_GUARD_WAY(KWP_WAY_ENTER)));
	CHECK(deny_guards_of(file, false) == file);
}

static int native(const struct deny_tables *tables, const char *name32)
{
	const int nr = nr32_of(name32);

	return nr < 0 ? -1 : tables->native[nr];
}

/* Other machines than x86-64 name no 32-bit calls. */
static void tables32(const struct deny_tables *tables)
{
	unsigned at;

	if (nr32_of("socketcall") < 0)
		return;
	CHECK(native(tables, "unshare") == nr_of("unshare"));
	CHECK(native(tables, "setgroups32") == nr_of("setgroups"));
	CHECK(native(tables, "clock_settime64") == nr_of("clock_settime"));
	CHECK(native(tables, "umount") == nr_of("umount2"));
	at = native(tables, "socketcall");
	CHECK(at & KWP_NATIVE_MANY);
	at &= ~KWP_NATIVE_MANY;
	CHECK(tables->many[at] == KWP_NATIVE_NONE);
	CHECK(tables->many[at + 1] == nr_of("socket"));
	CHECK(tables->many[at + 20] == nr_of("sendmmsg"));
	CHECK(tables->many[at + 21] == KWP_NATIVE_NONE);
	at = native(tables, "ipc") & ~KWP_NATIVE_MANY;
	CHECK(tables->many[at + 23] == nr_of("shmget"));
}

static void tables(void)
{
	static struct deny_tables hooks, bare;
	const uint32_t text = 1u << KWP_WAY_TEXTS;

	deny_tables(&hooks, true);
	deny_tables(&bare, false);
	CHECK(hooks.ways[nr_of("bpf")] == 1u << KWP_WAY_BPF);
	CHECK(hooks.ways[nr_of("memfd_create")] == (1u << KWP_WAY_FILE | text));
	CHECK(bare.ways[nr_of("bpf")] == ENTER);
	CHECK(bare.ways[nr_of("memfd_create")] == (ENTER | text));
	tables32(&hooks);
}

int main(void)
{
	ways();
	guards();
	tables();
	return check_end();
}
