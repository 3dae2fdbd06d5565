/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of a process's own identity: ids and capabilities. */
#include "hook.bpf.h"

/* ---- ids ---- */

#define LSM_SETID_FS 8 /* flag of a hook: setfsuid, setfsgid */

/* fs: the filesystem ids take the place of the effective ones. */
static __always_inline void ids_new(struct kwp_task_act *act, const struct cred *cred, bool fs)
{
	act->new_uid = cred->uid.val;
	act->new_euid = fs ? cred->fsuid.val : cred->euid.val;
	act->new_gid = cred->gid.val;
	act->new_egid = fs ? cred->fsgid.val : cred->egid.val;
}

static __always_inline void ids_old(struct kwp_task_act *act, const struct cred *cred, bool fs)
{
	act->old_uid = cred->uid.val;
	act->old_euid = fs ? cred->fsuid.val : cred->euid.val;
	act->old_gid = cred->gid.val;
	act->old_egid = fs ? cred->fsgid.val : cred->egid.val;
}

/* What the caller asked for in vain, ~0: no change. One id is for both. */
static __always_inline void ids_asked(struct kwp_task_act *act, struct pt_regs *regs, u32 form)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());
	u32 id = regs_arg(regs, compat, 0);
	u32 second = form == KWP_FORM_A || form == KWP_FORM_C ? regs_arg(regs, compat, 1) : id;

	if (form == KWP_FORM_B || form == KWP_FORM_C) {
		act->new_gid = id;
		act->new_egid = second;
	} else {
		act->new_uid = id;
		act->new_euid = second;
	}
}

/* setuid (PLAIN), setreuid and setresuid (A), setgid (B), setregid and setresgid
 * (C), setfsuid and setfsgid (D), which never fail. Only hooks know what was before. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_setuid, struct pt_regs *regs, long ret)
{
	const struct cred *cred = bpf_get_current_task_btf()->cred;
	bool compat = task_is_compat(bpf_get_current_task_btf());
	u32 form = regs_form(regs, compat);
	struct kwp_task_act *act;
	struct kwp_slot *slot;

	slot = exit_begin(regs, ret, KWP_SETUID, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	slot->record.incomplete |= KWP_NO_OLD;
	act->old_uid = act->old_euid = act->old_gid = act->old_egid = ~0u;
	ids_new(act, cred, form == KWP_FORM_D);
	if (ret < 0)
		ids_asked(act, regs, form);
	record_end(slot);
	return 0;
}

/* Called with the credentials that will be and that were, before the change. */
static __always_inline void ids_hook(u64 by, const struct cred *new, const struct cred *old,
				     int flags)
{
	struct kwp_slot *slot = hook_begin(KWP_SETUID, by, sizeof(struct kwp_task_act));
	struct kwp_task_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	ids_old(act, old, flags & LSM_SETID_FS);
	ids_new(act, new, flags & LSM_SETID_FS);
	record_end(slot);
}
HOOK(setuid, task_fix_setuid, 0, ids_hook, (struct cred * new, const struct cred *old, int flags),
     (new, old, flags))
HOOK(setgid, task_fix_setgid, 0, ids_hook, (struct cred * new, const struct cred *old, int flags),
     (new, old, flags))

/* ---- capabilities ---- */

static __always_inline u64 caps_effective(const struct cred *cred)
{
	u64 caps = 0;

	bpf_core_read(&caps, sizeof(caps), &cred->cap_effective);
	return caps;
}

/* The effective set of a capset that failed: two of struct __user_cap_data_struct. */
static __always_inline u64 caps_asked(u64 from)
{
	u32 data[6] = {};

	bpf_probe_read_user(data, sizeof(data), (void *)from);
	return data[0] | (u64)data[3] << 32;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_capset, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kwp_task_act *act;
	struct kwp_slot *slot;

	slot = exit_begin(regs, ret, KWP_CAPSET, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	slot->record.incomplete |= KWP_NO_OLD;
	act->old_caps = ~0ull;
	act->new_caps = ret < 0 ? caps_asked(regs_arg(regs, task_is_compat(task), 1))
				: caps_effective(task->cred);
	record_end(slot);
	return 0;
}

static __always_inline void caps_hook(u64 by, const struct cred *old, const kernel_cap_t *effective)
{
	struct kwp_slot *slot = hook_begin(KWP_CAPSET, by, sizeof(struct kwp_task_act));
	struct kwp_task_act *act;

	if (!slot)
		return;
	act = record_facts(slot);
	act->old_caps = caps_effective(old);
	bpf_probe_read_kernel(&act->new_caps, sizeof(act->new_caps), effective);
	record_end(slot);
}
HOOK(capset, capset, 0, caps_hook,
     (struct cred * new, const struct cred *old, const kernel_cap_t *effective,
      const kernel_cap_t *inheritable, const kernel_cap_t *permitted),
     (old, effective))
