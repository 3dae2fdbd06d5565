/* SPDX-License-Identifier: GPL-2.0-only */
/* Device files that are made, on kernels without type information; path.bpf.c has those of
 * others. */
#include "device.bpf.h"
#include "owner.bpf.h"

/* Neither the path nor the file is known here. */
struct device_record {
	struct kwp_record record;
	struct kwp_file_act facts;
};

static __always_inline bool device_is_block(const struct bpf_cgroup_dev_ctx *ctx)
{
	return (ctx->access_type & 0xffff) == BPF_DEVCG_DEV_BLOCK;
}

static __noinline int device_tell(const struct bpf_cgroup_dev_ctx *ctx,
				  const struct kwp_owner *owner, u32 generation, u32 rule,
				  u32 verdict)
{
	struct device_record *out = bpf_ringbuf_reserve(&kwp_verdicts, sizeof(*out), 0);

	if (!out) {
		__sync_fetch_and_add(&kwp_counters.lost[KWP_CREATE], 1);
		return 0;
	}
	owner_head(&out->record, &owner->head, sizeof(*out), sizeof(out->facts));
	owner_act(&out->record, KWP_CREATE, generation, rule, verdict);
	out->record.incomplete |= KWP_NO_PATH;
	out->facts = (struct kwp_file_act){.fd = -1, .dirfd = AT_FDCWD};
	out->facts.mode = device_is_block(ctx) ? S_IFBLK : S_IFCHR;
	out->facts.extra = ctx->major << 20 | ctx->minor;
	bpf_ringbuf_submit(out, 0);
	return 0;
}

/* Functions each, so that their stacks are not there at once. */
static __noinline int device_judge(struct bpf_cgroup_dev_ctx *ctx, u32 generation, u32 rule,
				   u32 verdict)
{
	struct kwp_owner owner = {};

	owner_note(&owner);
	if (!owner_covered(ctx, false, &owner, generation))
		return PASS;
	rule_hit(generation, rule);
	device_tell(ctx, &owner, generation, rule, verdict);
	return verdict >= KWP_SAID_BLOCK ? DENY : PASS;
}

SEC("cgroup/dev")
int kwp_device(struct bpf_cgroup_dev_ctx *ctx)
{
	u32 generation = guard_generation(), rule, verdict;
	struct kwp_policy *policy = guard_policy(generation);

	if (!(ctx->access_type >> 16 & BPF_DEVCG_ACC_MKNOD) ||
	    !device_is_meant(device_is_block(ctx), ctx->major, ctx->minor) ||
	    !guard_on(KWP_CLASS_DETECT) || !generation || !policy)
		return PASS;
	rule = policy->detect[KWP_DETECT_BLOCK_DEVICE];
	verdict = rule_verdict(generation, rule);
	return verdict ? device_judge(ctx, generation, rule, verdict) : PASS;
}
