/* SPDX-License-Identifier: GPL-2.0-only */
#include "event.h"

#include <errno.h>
#include <string.h>

#include "../bpf/policy.h"

static const char *const type_names[] = {
#define X(id, name) [KWP_##id] = name,
	KWP_TYPES(X)
#undef X
};

/* Bytes of the facts that a record of the type has. */
static const size_t facts_size[] = {
	[KWP_EXEC] = sizeof(struct kwp_exec),
	[KWP_FORK] = sizeof(struct kwp_fork),
	[KWP_EXIT] = sizeof(struct kwp_exit),
	[KWP_OPEN] = sizeof(struct kwp_file_act),
	[KWP_CREATE] = sizeof(struct kwp_file_act),
	[KWP_RENAME] = sizeof(struct kwp_file_act),
	[KWP_UNLINK] = sizeof(struct kwp_file_act),
	[KWP_LINK] = sizeof(struct kwp_file_act),
	[KWP_CHMOD] = sizeof(struct kwp_file_act),
	[KWP_CHOWN] = sizeof(struct kwp_file_act),
	[KWP_TRUNCATE] = sizeof(struct kwp_file_act),
	[KWP_XATTR] = sizeof(struct kwp_file_act),
	[KWP_MOUNT] = sizeof(struct kwp_file_act),
	[KWP_UMOUNT] = sizeof(struct kwp_file_act),
	[KWP_CONNECT] = sizeof(struct kwp_net),
	[KWP_ACCEPT] = sizeof(struct kwp_net),
	[KWP_BIND] = sizeof(struct kwp_net),
	[KWP_LISTEN] = sizeof(struct kwp_net),
	[KWP_SOCKET] = sizeof(struct kwp_net),
	[KWP_DNS] = sizeof(struct kwp_dns),
	[KWP_DUP] = sizeof(struct kwp_dup),
	[KWP_SIGNAL] = sizeof(struct kwp_task_act),
	[KWP_PTRACE] = sizeof(struct kwp_task_act),
	[KWP_SETUID] = sizeof(struct kwp_task_act),
	[KWP_CAPSET] = sizeof(struct kwp_task_act),
	[KWP_SETNS] = sizeof(struct kwp_task_act),
	[KWP_UNSHARE] = sizeof(struct kwp_task_act),
	[KWP_CHROOT] = sizeof(struct kwp_file_act),
	[KWP_MEMFD] = sizeof(struct kwp_file_act),
	[KWP_MMAP_EXEC] = sizeof(struct kwp_file_act),
	[KWP_MPROTECT] = sizeof(struct kwp_file_act),
	[KWP_MODULE] = sizeof(struct kwp_file_act),
	[KWP_BPF] = sizeof(struct kwp_bpf_act),
	[KWP_SYSCTL] = sizeof(struct kwp_sysctl),
	[KWP_URING] = sizeof(struct kwp_uring),
	[KWP_SYSCALL] = sizeof(struct kwp_syscall),
	[KWP_ARGS] = sizeof(struct kwp_args),
	[KWP_LOSS] = sizeof(struct kwp_loss),
	[KWP_CONTAINER] = sizeof(struct kwp_container),
	[KWP_RULE] = sizeof(struct kwp_rule_text),
	[KWP_SHED] = sizeof(struct kwp_shed),
	[KWP_DRIFT] = sizeof(struct kwp_file_act),
	[KWP_HEARTBEAT] = sizeof(struct kwp_heartbeat),
	[KWP_HELD] = sizeof(struct kwp_hold),
	[KWP_RELAY] = sizeof(struct kwp_relay),
	[KWP_CLOSE] = sizeof(struct kwp_close),
};
_Static_assert(ARRAY_SIZE(facts_size) == KWP_TYPE_COUNT, "a type has no row");
_Static_assert(KWP_TYPE_COUNT <= 64, "sets of types are 64 bits");

const char *event_type_name(unsigned type)
{
	return type < KWP_TYPE_COUNT ? type_names[type] : NULL;
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
		if (strlen(type_names[i]) == size && !memcmp(type_names[i], name, size))
			return i;
	return KWP_NONE;
}

size_t event_facts_size(unsigned type)
{
	return type < KWP_TYPE_COUNT ? facts_size[type] : 0;
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

/* What the policy in the kernel said, if it spoke. */
static bool verdict_valid(const struct kwp_record *r)
{
	if (r->verdict >= KWP_SAID_COUNT || r->signal >= KWP_SIGNAL_COUNT ||
	    r->access >= KWP_ACCESS_COUNT)
		return false;
	return !(r->flags & KWP_F_VERDICT) || r->verdict != KWP_SAID_NOTHING;
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
	if (!verdict_valid(r))
		return -EBADMSG;
	facts = facts_size[r->type];
	if (r->facts_size != facts || sizeof(*r) + facts > size)
		return -EBADMSG;
	if (r->comm[KWP_COMM - 1] || r->parent_comm[KWP_COMM - 1])
		return -EBADMSG;
	if (decode_strings(r, (const char *)(r + 1) + facts, size - sizeof(*r) - facts, string))
		return -EBADMSG;
	memset(out, 0, sizeof(*out));
	out->record = r;
	out->facts = r + 1;
	memcpy(out->string, string, sizeof(string));
	return 0;
}
