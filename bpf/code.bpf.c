/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that connected code runs; exec.bpf.c tells of all others. */
#include "code.bpf.h"

/* What the policy says of who executes it. */
SUBPROG u64 guard_code(struct linux_binprm *bprm)
{
	u32 generation = guard_generation();
	struct kwp_policy *policy = guard_policy(generation);

	if (!generation || !policy || !policy->detect[KWP_DETECT_CONNECTED_CODE])
		return 0;
	return guard_detected(generation, detect_code(generation, bprm->interp != bprm->filename),
			      ADDRESS(bprm->file));
}

static __always_inline void code_hook(u64 by, struct linux_binprm *bprm)
{
	struct kwp_slot *slot;
	struct kwp_exec *exec;

	if (!said_verdict(by))
		return;
	slot = record_begin(KWP_EXEC, by, sizeof(*exec));
	if (!slot)
		return;
	exec = record_facts(slot);
	own_stdio(&exec->io);
	exec->argc = bprm->argc;
	exec->envc = bprm->envc;
	record_file(slot, &exec->file, 0, ADDRESS(bprm->file));
	record_kernel_str(slot, 3, (u64)bprm->filename);
	record_end(slot);
}

SEC("lsm/bprm_check_security")
int BPF_PROG(kwp_l_code, struct linux_binprm *bprm, int ret)
{
	u64 said = guard_code(bprm);

	code_hook(KWP_BY_LSM | said, bprm);
	return ret ? ret : said_ret(said);
}

SEC("fmod_ret/security_bprm_check")
int BPF_PROG(kwp_m_code, struct linux_binprm *bprm, int ret)
{
	u64 said = guard_code(bprm);

	code_hook(KWP_BY_FMOD_RET | said, bprm);
	return said_ret(said);
}
