/* SPDX-License-Identifier: GPL-2.0-only */
/* Device files that give away what lies below files: disks, and the kernel's memory. */
#ifndef KWP_DEVICE_BPF_H
#define KWP_DEVICE_BPF_H

#include "core.bpf.h"

/* block: it is a disk; otherwise a character device, of which mem, kmem and port are meant. */
static __always_inline bool device_is_meant(bool block, u32 major, u32 minor)
{
	return block || (major == 1 && (minor == 1 || minor == 2 || minor == 4));
}

#endif
