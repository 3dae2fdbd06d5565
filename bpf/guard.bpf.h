/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts: what the policy says to an act. A hook asks for the rule of the thing that is
 * acted on (place.bpf.h, address.bpf.h ...), guard_said() decides by it, and the record of
 * the act carries the decision:
 *
 *	u64 said = guard_said(generation, rule, KWP_WRITE);	// 0: nothing
 *	body(KWP_BY_LSM | said, ...);				// the record, if any
 *	return said_ret(said);					// 0 or -EPERM
 *
 * A verdict never depends on a record: it stands also when none can be sent.
 */
#ifndef KWP_GUARD_BPF_H
#define KWP_GUARD_BPF_H

#include "head.bpf.h"
#include "place.bpf.h"
#include "said.bpf.h"

/* With an access: the process is already its new program. */
#define GUARD_EXECED 0x100

static __always_inline bool guard_covers_cgroup(void)
{
	for (u32 level = 1; level <= CGROUP_LEVELS; level++) {
		u64 id = bpf_get_current_ancestor_cgroup_id(level);

		if (!id)
			return false;
		if (bpf_map_lookup_elem(&kwp_covered, &id))
			return true;
	}
	return false;
}

static __always_inline bool guard_exempts(struct task_struct *task)
{
	u32 pid = task->tgid;
	u64 *start = bpf_map_lookup_elem(&kwp_exempt, &pid);

	return start && *start == BPF_CORE_READ(task, group_leader, start_boottime);
}

/* When the content or the attributes of a file changed last, ns since 1970: nobody can set it. */
static __always_inline s64 inode_changed(u64 inode)
{
	struct timespec64 t = {};
	u32 nsec = 0;

	if (bpf_core_field_exists(((struct inode *)0)->i_ctime_sec)) {
		bpf_core_read(&t.tv_sec, 8, &((struct inode *)inode)->i_ctime_sec);
		bpf_core_read(&nsec, sizeof(nsec), &((struct inode *)inode)->i_ctime_nsec);
		t.tv_nsec = nsec;
	} else if (bpf_core_field_exists(((struct inode___uctime *)0)->__i_ctime)) {
		bpf_core_read(&t, sizeof(t), &((struct inode___uctime *)inode)->__i_ctime);
	} else {
		bpf_core_read(&t, sizeof(t), &((struct inode___ctime *)inode)->i_ctime);
	}
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* The inode of the file that the task executes. */
static __always_inline u64 task_program(struct task_struct *task)
{
	u64 file = task_exe((u64)task);

	return ADDRESS(((struct file *)file)->f_inode);
}

/* Has the inode the number of kwp's executable? */
static __always_inline bool inode_was_kwp(u64 inode)
{
	u64 number = 0;

	bpf_core_read(&number, sizeof(number), &((struct inode *)inode)->i_ino);
	return number && number == kwp_view.inode &&
	       BPF_CORE_READ((struct inode *)inode, i_sb, s_dev) == kwp_view.device;
}

/* Is it that still? */
static __always_inline bool inode_is_kwp(u64 inode)
{
	return inode_was_kwp(inode) && inode_changed(inode) == (s64)kwp_view.changed;
}

/* Is this kwp, by its file, run where the kwp was that loaded the policy and not in a container?
 * Only the child that proves the policy is not, and says so by its name. */
static __always_inline bool guard_is_kwp(struct task_struct *task)
{
	static const u64 canary = 0x6e61632d70776bull; /* "kwp-can" */
	u64 pid = ADDRESS(task->thread_pid);
	u32 level = 0;

	if (!inode_was_kwp(task_program(task)))
		return false;
	bpf_core_read(&level, sizeof(level), &((struct pid *)pid)->level);
	return level <= kwp_view.level && (*(u64 *)task->comm & ~0ull >> 8) != canary;
}

/* Is the policy about the current task? */
SUBPROG_ONCE int guard_covers(u32 cover)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 mnt_ns = 0;
	u64 proxy;

	if ((task->flags & PF_KTHREAD) || task->tgid == 1 || (u32)task->tgid == kwp_view.self)
		return 0;
	if (guard_exempts(task) || (guard_is_kwp(task) && inode_is_kwp(task_program(task))))
		return 0;
	if (cover == KWP_COVER_CONTAINERS) {
		proxy = ADDRESS(task->nsproxy);
		if (!proxy)
			return 1;
		bpf_core_read(&proxy, sizeof(proxy), &((struct nsproxy *)proxy)->mnt_ns);
		bpf_core_read(&mnt_ns, sizeof(mnt_ns), &((struct mnt_namespace *)proxy)->ns.inum);
		return mnt_ns != kwp_switch.guest_mnt_ns;
	}
	if (cover == KWP_COVER_CGROUPS)
		return guard_covers_cgroup();
	if (cover == KWP_COVER_SCOPE)
		return scope_has(task);
	return 1;
}

static __always_inline bool exception_has(u64 key, u32 access)
{
	struct kwp_node *node = guard_node(key);

	return node && node->flags & KWP_NODE_EXCEPT << (access & (KWP_ACCESS_COUNT - 1));
}

/* Do exceptions of the rule let who runs this executable through? */
SUBPROG_ONCE int guard_excepted(u32 generation, u32 rule, u32 access, u64 executable)
{
	struct kwp_policy *policy = guard_policy(generation);
	u64 key, uid;

	if (!policy)
		return 0;
	key = place_pair(&policy->seed, KWP_DOMAIN_EXCEPT, rule);
	uid = place_pair(&policy->seed, KWP_DOMAIN_UID, (u32)bpf_get_current_uid_gid());
	if (exception_has(place_pair(&policy->seed, key, uid), access))
		return 1;
	if (!executable)
		return 0;
	key = place_pair(&policy->seed, key, executable);
	return exception_has(key, access) ||
	       exception_has(place_pair(&policy->seed, key, uid), access);
}

/* Is the current task in a container: in a pid namespace that is not the one in which kwp
 * loaded the policy nor around it, or with mounts of its own? */
static __always_inline bool task_is_foreign(struct task_struct *task)
{
	u64 pid = ADDRESS(task->thread_pid), proxy = ADDRESS(task->nsproxy), ns = 0;
	u32 level = 0, mounts = 0;

	bpf_core_read(&level, sizeof(level), &((struct pid *)pid)->level);
	pid_number((struct pid *)pid, level, &ns);
	if (level > kwp_view.level || (level == kwp_view.level && ns != kwp_view.pid_ns))
		return true;
	if (!kwp_switch.guest_mnt_ns || !proxy)
		return false;
	bpf_core_read(&proxy, sizeof(proxy), &((struct nsproxy *)proxy)->mnt_ns);
	bpf_core_read(&mounts, sizeof(mounts), &((struct mnt_namespace *)proxy)->ns.inum);
	return mounts != kwp_switch.guest_mnt_ns;
}

/* What the program that asks can do about an act. */
enum guard_can {
	GUARD_CAN_DENY = 1 << 0,
	GUARD_CAN_KILL = 1 << 1,
	GUARD_CAN_EXCEPT = 1 << 2, /* rules of this kind can have exceptions */
	GUARD_AGAIN = 1 << 3,	   /* the act was counted already */
};
/* What a hook can. */
#define GUARD_CAN (GUARD_CAN_KILL | (kwp_settings.kill_only ? 0 : GUARD_CAN_DENY))

/* kwp protects itself also where all else is only reported. */
static __always_inline u32 guard_verdict(u32 class, u32 action, u32 can)
{
	if (action == KWP_MONITOR)
		return KWP_SAID_MONITOR;
	if (kwp_switch.mode != KWP_MODE_ENFORCE && class != KWP_CLASS_PROTECT)
		return KWP_SAID_WOULD_BLOCK;
	if (action == KWP_KILL)
		return can & GUARD_CAN_KILL ? KWP_SAID_KILL : KWP_SAID_BLOCK;
	return can & GUARD_CAN_DENY ? KWP_SAID_BLOCK : KWP_SAID_KILL;
}

/* What a rule of this generation says to an access (0 for classes without accesses) by the
 * current task. Counts it. */
static __always_inline u64 guard_judge(u32 generation, u32 rule, u32 access, u32 can)
{
	struct kwp_policy *policy = guard_policy(generation);
	struct kwp_rule *found = guard_rule(generation, rule);
	u32 action;

	if (!policy || !found)
		return 0;
	action = found->action[access & (KWP_ACCESS_COUNT - 1)];
	if (action < KWP_MONITOR || !guard_covers(policy->cover))
		return 0;
	if (found->class == KWP_CLASS_PROTECT && !task_is_foreign(bpf_get_current_task_btf()))
		return 0;
	/* Who did an exec is gone, but for the process that it was forked of. */
	if ((can & GUARD_CAN_EXCEPT) && (found->flags & KWP_RULE_EXCEPTED) &&
	    guard_excepted(generation, rule, access,
			   place_executable(generation, access & GUARD_EXECED)))
		return 0;
	if (!(can & GUARD_AGAIN))
		rule_hit(generation, rule);
	return SAID(generation, rule, access & 15, guard_verdict(found->class, action, can));
}

static __always_inline u64 guard_done(u64 said)
{
	if (said_verdict(said) == KWP_SAID_KILL)
		bpf_send_signal(SIGKILL);
	return said;
}

/* The same, and ends the process if that is the verdict. */
SUBPROG_ONCE u64 guard_said(u32 generation, u32 rule, u32 access)
{
	u32 can = GUARD_CAN | GUARD_CAN_EXCEPT;

	if (access & GUARD_EXECED)
		can &= ~GUARD_CAN_DENY;
	return guard_done(guard_judge(generation, rule, access, can));
}

/* The same by a rule that has no exceptions. */
SUBPROG_ONCE u64 guard_plain(u32 generation, u32 rule, u32 can)
{
	return guard_done(guard_judge(generation, rule, 0, can & ~GUARD_CAN_EXCEPT));
}

/* What the policy says of what was detected, about a program with this file. */
SUBPROG_ONCE u64 guard_detected(u32 generation, u32 which, u64 file)
{
	struct kwp_policy *policy = guard_policy(generation);
	struct kwp_rule *found;
	u32 rule;

	if (!policy || which >= KWP_DETECT_COUNT)
		return 0;
	rule = policy->detect[which];
	found = guard_rule(generation, rule);
	if (!found || ((found->flags & KWP_RULE_EXCEPTED) &&
		       guard_excepted(generation, rule, 0, place_program(generation, file))))
		return 0;
	return guard_plain(generation, rule, GUARD_CAN);
}

/* The same about what the current task does. */
static __always_inline u64 guard_detected_own(u32 which)
{
	u32 generation = guard_generation();

	return generation ? guard_detected(generation, which, task_exe(bpf_get_current_task())) : 0;
}

/* The same from a program that can't end a process. */
SUBPROG_ONCE u64 guard_denied(u32 generation, u32 rule)
{
	return guard_judge(generation, rule, 0, GUARD_CAN_DENY);
}

#endif
