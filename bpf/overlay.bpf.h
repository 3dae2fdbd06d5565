/* SPDX-License-Identifier: GPL-2.0-only */
/* What lies beneath a file of an overlay. struct ovl_inode is in a module's BTF at times; what
 * follows the embedded inode has been the same since 4.19, but for what is said below. */
#ifndef KWP_OVERLAY_BPF_H
#define KWP_OVERLAY_BPF_H

#include "kernel.h"

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define OVERLAY_LOWERS 3 /* layers of a file that are looked at */

/* The dentry in the upper layer, 0: it has none there. */
static __always_inline u64 overlay_upper(u64 inode)
{
	u64 upper = 0;

	bpf_probe_read_kernel(&upper, sizeof(upper),
			      (void *)inode + bpf_core_type_size(struct inode));
	return upper;
}

/* The nth dentry in lower layers; the first is the one that is shown if there is no upper one. */
static __always_inline u64 overlay_lower(u64 inode, u32 n)
{
	u64 after = inode + bpf_core_type_size(struct inode) + 8, lower = 0;
	u32 count = 1;

	/* To 6.4 { layer, dentry }; since 6.5 a pointer to a number and such pairs. */
	if (!bpf_core_field_exists(((struct inode___ctime *)0)->i_ctime)) {
		bpf_probe_read_kernel(&after, 8, (void *)after);
		bpf_probe_read_kernel(&count, 4, (void *)after);
	} else {
		after -= 8;
	}
	if (n < count)
		bpf_probe_read_kernel(&lower, 8, (void *)after + 16 + 16 * n);
	return lower;
}

#endif
