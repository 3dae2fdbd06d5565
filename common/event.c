/* SPDX-License-Identifier: GPL-2.0-only */
#include "event.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	size_t facts;
} types[] = {
	[KWP_EXEC] = {"exec", sizeof(struct kwp_exec)},
	[KWP_FORK] = {"fork", sizeof(struct kwp_fork)},
	[KWP_EXIT] = {"exit", sizeof(struct kwp_exit)},
	[KWP_OPEN] = {"open", sizeof(struct kwp_file_act)},
	[KWP_CREATE] = {"create", sizeof(struct kwp_file_act)},
	[KWP_RENAME] = {"rename", sizeof(struct kwp_file_act)},
	[KWP_UNLINK] = {"unlink", sizeof(struct kwp_file_act)},
	[KWP_LINK] = {"link", sizeof(struct kwp_file_act)},
	[KWP_CHMOD] = {"chmod", sizeof(struct kwp_file_act)},
	[KWP_CHOWN] = {"chown", sizeof(struct kwp_file_act)},
	[KWP_TRUNCATE] = {"truncate", sizeof(struct kwp_file_act)},
	[KWP_XATTR] = {"xattr", sizeof(struct kwp_file_act)},
	[KWP_MOUNT] = {"mount", sizeof(struct kwp_file_act)},
	[KWP_UMOUNT] = {"umount", sizeof(struct kwp_file_act)},
	[KWP_CONNECT] = {"connect", sizeof(struct kwp_net)},
	[KWP_ACCEPT] = {"accept", sizeof(struct kwp_net)},
	[KWP_BIND] = {"bind", sizeof(struct kwp_net)},
	[KWP_LISTEN] = {"listen", sizeof(struct kwp_net)},
	[KWP_SOCKET] = {"socket", sizeof(struct kwp_net)},
	[KWP_DNS] = {"dns", sizeof(struct kwp_dns)},
	[KWP_DUP] = {"dup", sizeof(struct kwp_dup)},
	[KWP_SIGNAL] = {"signal", sizeof(struct kwp_task_act)},
	[KWP_PTRACE] = {"ptrace", sizeof(struct kwp_task_act)},
	[KWP_SETUID] = {"setuid", sizeof(struct kwp_task_act)},
	[KWP_CAPSET] = {"capset", sizeof(struct kwp_task_act)},
	[KWP_SETNS] = {"setns", sizeof(struct kwp_task_act)},
	[KWP_UNSHARE] = {"unshare", sizeof(struct kwp_task_act)},
	[KWP_CHROOT] = {"chroot", sizeof(struct kwp_file_act)},
	[KWP_MEMFD] = {"memfd", sizeof(struct kwp_file_act)},
	[KWP_MMAP_EXEC] = {"mmap-exec", sizeof(struct kwp_file_act)},
	[KWP_MPROTECT] = {"mprotect", sizeof(struct kwp_file_act)},
	[KWP_MODULE] = {"module", sizeof(struct kwp_file_act)},
	[KWP_BPF] = {"bpf", sizeof(struct kwp_bpf_act)},
	[KWP_SYSCTL] = {"sysctl", sizeof(struct kwp_sysctl)},
	[KWP_URING] = {"io-uring", sizeof(struct kwp_uring)},
	[KWP_SYSCALL] = {"syscall", sizeof(struct kwp_syscall)},
	[KWP_ARGS] = {"args", sizeof(struct kwp_args)},
	[KWP_LOSS] = {"loss", sizeof(struct kwp_loss)},
	[KWP_CONTAINER] = {"container", sizeof(struct kwp_container)},
};
_Static_assert(ARRAY_SIZE(types) == KWP_TYPE_COUNT, "a type has no row");
_Static_assert(KWP_TYPE_COUNT <= 64, "sets of types are 64 bits");

const char *event_type_name(unsigned type)
{
	return type < KWP_TYPE_COUNT ? types[type].name : NULL;
}

const char *event_backend_name(unsigned backend)
{
	static const char *const names[] = {NULL,	  "lsm",    "fmod_ret",
					    "tracepoint", "cgroup", "iterator"};
	_Static_assert(ARRAY_SIZE(names) == KWP_BACKEND_COUNT, "a backend has no name");

	return backend < KWP_BACKEND_COUNT ? names[backend] : NULL;
}

enum kwp_type event_type_find(const char *name, size_t size)
{
	for (unsigned i = 1; i < KWP_TYPE_COUNT; i++)
		if (strlen(types[i].name) == size && !memcmp(types[i].name, name, size))
			return i;
	return KWP_NONE;
}

size_t event_facts_size(unsigned type)
{
	return type < KWP_TYPE_COUNT ? types[type].facts : 0;
}

/* The lengths in the head must add up to the size, and each string must end
 * in the only place where it may. */
static int decode_strings(const struct kwp_record *r, const char *at, size_t left,
			  struct text out[KWP_STRINGS])
{
	for (unsigned i = 0; i < KWP_STRINGS; i++) {
		size_t size = r->length[i];

		if (!size)
			continue;
		if (i >= r->strings || size > left || at[size - 1])
			return -EBADMSG;
		out[i] = (struct text){at, size - 1};
		at += size;
		left -= size;
	}
	return left < 8 ? 0 : -EBADMSG;
}

int event_decode(const void *data, size_t size, struct event *out)
{
	const struct kwp_record *r = data;
	struct text string[KWP_STRINGS] = {};
	size_t facts;

	if (size < sizeof(*r) || size % 8 || r->size != size)
		return -EBADMSG;
	if (!r->type || r->strings > KWP_STRINGS || r->backend >= KWP_BACKEND_COUNT)
		return -EBADMSG;
	if (r->type >= KWP_TYPE_COUNT)
		return -EOPNOTSUPP;
	facts = types[r->type].facts;
	if (r->facts_size != facts || sizeof(*r) + facts > size)
		return -EBADMSG;
	if (!memchr(r->comm, 0, KWP_COMM) || !memchr(r->parent_comm, 0, KWP_COMM))
		return -EBADMSG;
	if (decode_strings(r, (const char *)(r + 1) + facts, size - sizeof(*r) - facts, string))
		return -EBADMSG;
	memset(out, 0, sizeof(*out));
	out->record = r;
	out->facts = r + 1;
	memcpy(out->string, string, sizeof(string));
	return 0;
}
