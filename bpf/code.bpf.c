/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that connected code runs; exec.bpf.c tells of all others. */
#include "code.bpf.h"
#include "exec.bpf.h"

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
	if (said_verdict(by))
		exec_hook(by, bprm);
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
