/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of sysctls on kernels without type information; kernel.bpf.c has those of others. */
#include "owner.bpf.h"
#include "sysctl.bpf.h"

#define SETTING_NAME 128 /* bytes of a name that a record has */

/* String 0 is the name, 1 room that it does not need. What was written is not told here. */
struct setting_record {
	struct kwp_record record;
	struct kwp_sysctl facts;
	char name[SETTING_NAME];
};

static __noinline int setting_tell(struct bpf_sysctl *ctx, const struct kwp_owner *owner,
				   u32 generation, u32 rule, u32 verdict)
{
	struct setting_record *out = bpf_ringbuf_reserve(&kwp_verdicts, sizeof(*out), 0);
	u32 size;

	if (!out) {
		__sync_fetch_and_add(&kwp_counters.lost[KWP_SYSCTL], 1);
		return 0;
	}
	owner_head(&out->record, &owner->head, sizeof(*out), sizeof(out->facts));
	owner_act(&out->record, KWP_SYSCTL, generation, rule, verdict);
	out->record.strings = 2;
	out->facts = (struct kwp_sysctl){.write = 1};
	__builtin_memset(out->name, 0, sizeof(out->name));
	size = bpf_sysctl_get_name(ctx, out->name, sizeof(out->name) - 1, 0);
	if (size > sizeof(out->name) - 2)
		size = sizeof(out->name) - 2;
	out->record.length[0] = size + 1;
	out->record.length[1] = sizeof(out->name) - 1 - size;
	bpf_ringbuf_submit(out, 0);
	return 0;
}

/* Functions each, so that their stacks are not there at once. */
static __noinline int setting_judge(struct bpf_sysctl *ctx, u32 generation, u32 rule, u32 verdict)
{
	struct kwp_owner owner = {};

	owner_note(&owner);
	if (!owner_covered(ctx, false, &owner, generation))
		return PASS;
	rule_hit(generation, rule);
	setting_tell(ctx, &owner, generation, rule, verdict);
	return verdict >= KWP_SAID_BLOCK ? DENY : PASS;
}

SEC("cgroup/sysctl")
int kwp_sysctl(struct bpf_sysctl *ctx)
{
	u32 generation = guard_generation(), rule, verdict;

	if (!ctx->write || !guard_on(KWP_CLASS_SYSCTL) || !generation)
		return PASS;
	rule = sysctl_rule(ctx, generation);
	verdict = rule_verdict(generation, rule);
	return verdict ? setting_judge(ctx, generation, rule, verdict) : PASS;
}
