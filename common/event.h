/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event: a record that was decoded, checked and enriched.
 *
 * An event borrows everything that it points to. It lives as long as the
 * call that it is passed to; who keeps one copies the record.
 */
#ifndef KWP_EVENT_H
#define KWP_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <linux/types.h>

#include "../bpf/record.h"
#include "util.h"

struct process;
struct container;
struct rule;
struct kernel_rule;
struct incident;
struct dns_message;

enum verdict {
	VERDICT_NONE, VERDICT_ALLOW, VERDICT_AUDIT, VERDICT_WOULD_BLOCK,
	VERDICT_BLOCK, VERDICT_KILL, VERDICT_COUNT
};

/* Bytes that need no NUL; bytes == NULL: absent. */
struct text {
	const char *bytes;
	size_t size;
};

/* What comes behind the last '/' of a path, all if there is none. */
static inline struct text path_name(struct text path)
{
	const char *slash = path.bytes ? memrchr(path.bytes, '/', path.size) : NULL;

	if (!slash)
		return path;
	return (struct text){slash + 1, path.bytes + path.size - (slash + 1)};
}

#define TYPE(id) (1ull << KWP_##id) /* of sets of types */

struct event {
	const struct kwp_record *record;
	const void *facts;	       /* struct kwp_<type> of record->type */
	struct text string[KWP_STRINGS]; /* without the NUL */
	struct text hook[KWP_STRINGS];   /* those of the hook's record that this completes */
	const void *hook_facts;	       /* its facts, NULL: there was none */

	uint64_t time; /* ns since 1970 */
	/* Enrichment (enrich.h), any may be NULL: */
	struct text path;   /* file acts and exec: of the file, absolute where possible */
	struct text target_path; /* rename, link, mount: the second path */
	const struct dns_message *dns;
	struct text dns_answers; /* list: "A 192.0.2.1" */
	const struct process *process;
	const struct process *target; /* fork: the child; signal, ptrace: the other one */
	const struct process *peer;   /* relay: who holds the other end of the streams */
	const struct process *relay;  /* relay: who holds the connection */
	const struct container *container;
	struct text call; /* syscall: the whole of it, as syscall_format() writes it */
	struct text host; /* host.id: the VM */
	struct text domain; /* name by which the remote address was looked up */

	/* Set when a rule matched: */
	const struct rule *rule; /* one that kwp itself matches */
	const struct kernel_rule *kernel_rule; /* one of the policy in the kernel, if it is known */
	struct text ruleset; /* name of the profile */
	struct text message; /* the finding in words */
	enum verdict verdict;
	const struct incident *incident; /* that the finding belongs to */
};

/* Is it about kwp itself? Such lines are always shown, and count as none. */
static inline bool event_is_metric(const struct event *event)
{
	return event->record->type == KWP_LOSS || event->record->type == KWP_SHED ||
	       event->record->type == KWP_HEARTBEAT;
}

/* Did a rule make a finding of it? */
static inline bool event_is_finding(const struct event *event)
{
	return event->rule || event->verdict > VERDICT_ALLOW;
}

/* Denied by kwp before it happened: nobody else tells its result. */
static inline bool event_denied(const struct event *event)
{
	if (event->record->flags & KWP_F_RET)
		return false;
	return event->verdict == VERDICT_BLOCK ||
	       (event->verdict == VERDICT_KILL && event->record->backend != KWP_BY_TRACEPOINT);
}

/* Did it fail, as far as is known? */
static inline bool event_failed(const struct event *event)
{
	return event_denied(event) || ((event->record->flags & KWP_F_RET) && event->record->ret < 0);
}

/* Text name of a type ("exec"); NULL when out of range. */
const char *event_type_name(unsigned type);
/* Text name of a backend ("lsm"); NULL when out of range or none. */
const char *event_backend_name(unsigned backend);
/* The type of that name, KWP_NONE if none. */
enum kwp_type event_type_find(const char *name, size_t size);
/* Bytes of facts a record of that type has. */
size_t event_facts_size(unsigned type);
/* Does this type use struct kwp_file_act (kwp_net, which is the first of kwp_close too;
 * kwp_task_act)? */
static inline bool event_is_file(unsigned type)
{
	return (type >= KWP_OPEN && type <= KWP_UMOUNT) ||
	       (type >= KWP_CHROOT && type <= KWP_MODULE) || type == KWP_DRIFT;
}

static inline bool event_is_net(unsigned type)
{
	return (type >= KWP_CONNECT && type <= KWP_SOCKET) || type == KWP_CLOSE;
}

static inline bool event_is_task(unsigned type)
{
	return type >= KWP_SIGNAL && type <= KWP_UNSHARE;
}

/* A device as records have it: the kernel's own dev_t. */
static inline uint32_t event_device(unsigned major, unsigned minor)
{
	return major << 20 | minor;
}

/*
 * Checks size bytes at data (8-aligned) and points out at them. Trusts
 * nothing: -EBADMSG if any length, type or terminator is off, -EOPNOTSUPP for
 * a type of a newer kwp; *out is untouched then. Does not enrich.
 */
int event_decode(const void *data, size_t size, struct event *out) MUST_CHECK;

#endif
