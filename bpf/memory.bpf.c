/* SPDX-License-Identifier: GPL-2.0-only */
/* Code in memory: memfd, executable mappings, mprotect. */
#include "call.bpf.h"
#include "detect.bpf.h"
#include "drift.bpf.h"
#include "basename.bpf.h"

#include <linux/mman.h>

#define SHM_EXEC 0100000 /* shmat(2) */
#define VM_PROT 7	 /* vm_flags: the bits of PROT_READ, PROT_WRITE and PROT_EXEC */

/* ---- memfd_create, memfd_secret ---- */

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_memfd, struct pt_regs *regs, long ret)
{
	struct call_regs from = call_regs(regs);
	bool secret = from.form == KWP_FORM_A;
	struct call call = CALL_NONE;

	call.flags = (u32)(secret ? call_arg(&from, 0) : call_arg(&from, 1));
	if (ret >= 0) {
		call.fd = ret;
	} else if (!secret) {
		call.path[0] = call_arg(&from, 0);
		call.text = 0;
	}
	call_record(regs, ret, KWP_MEMFD, &call);
	return 0;
}

/* ---- mappings ---- */

/* What is mapped, asked for or found. */
struct mapping {
	u64 address, prot, flags, length;
	s32 fd;
};

/* What the kernel takes readable memory for is the task's own choice. */
static __always_inline u64 prot_of_task(u64 prot)
{
	bool implied = bpf_get_current_task_btf()->personality & READ_IMPLIES_EXEC;

	return implied && (prot & PROT_READ) ? prot | PROT_EXEC : prot;
}

static __always_inline struct kwp_file_act *mapping_facts(struct kwp_slot *slot,
							  const struct mapping *map)
{
	struct kwp_file_act *act = record_facts(slot);

	act->flags = map->flags;
	act->mode = map->prot;
	act->extra = map->address;
	act->fd = map->fd;
	act->dirfd = AT_FDCWD;
	return act;
}

struct mapping_found {
	struct kwp_slot *slot;
	struct kwp_file *file;
};

/* Runs while the mapping is locked, so that its file stays. */
static long mapping_visit(struct task_struct *task, struct vm_area_struct *vma,
			  struct mapping_found *found)
{
	record_file(found->slot, found->file, 0, (u64)vma->vm_file);
	return 0;
}

struct mapping_plain {
	bool plain;
};

static long mapping_look(struct task_struct *task, struct vm_area_struct *vma,
			 struct mapping_plain *found)
{
	found->plain = file_is_plain(ADDRESS(vma->vm_file));
	return 0;
}

/* Is it one that nobody asked for? */
static __always_inline bool mapping_is_plain(u32 type, u64 address)
{
	struct mapping_plain found = {};

	if (kwp_settings.odd >> (type & 63) & 1)
		bpf_find_vma(bpf_get_current_task_btf(), address, mapping_look, &found, 0);
	return found.plain;
}

/* What is mapped now. If another thread unmaps it, its file is one still while this runs. */
struct mapped {
	struct place place;
	u64 file;
	u32 shared;
	u8 failed; /* the call; mprotect may have changed the first of several mappings */
	u8 known;  /* it was looked at, and is executable if the call failed */
};

static long mapped_visit(struct task_struct *task, struct vm_area_struct *vma, struct mapped *found)
{
	if (found->failed && !(vma->vm_flags & VM_EXEC))
		return 0;
	found->known = 1;
	found->file = ADDRESS(vma->vm_file);
	found->shared = vma->vm_flags & VM_SHARED;
	if (found->file)
		mapped_place(&found->place, found->file);
	return 0;
}

/* If another thread holds the lock of the memory, it is the file of the descriptor, which that
 * thread could have replaced. */
static __always_inline void mapped_read(struct mapped *found, const struct mapping *map, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();

	found->failed = ret < 0;
	if (!bpf_find_vma(task, map->address, mapped_visit, found, 0) || ret < 0)
		return;
	found->file = map->fd >= 0 ? fd_file(task, map->fd) : 0;
	found->shared = map->flags & MAP_SHARED;
	if (found->file)
		mapped_place(&found->place, found->file);
}

/* Code that no file of the machine has: which detection it is that this becomes executable. What
 * exec maps is asked of there. writes: that memory had its content by writing. */
SUBPROG u64 guard_memory(u64 file, u64 prot, bool writes, bool shared)
{
	u32 which = writes ? KWP_DETECT_MEMORY_EXECUTABLE : DETECT_NONE;

	if (writes && shared) /* the kernel makes a file in memory of it */
		which = KWP_DETECT_MEMORY_FILE_MAPPED;
	if (!(prot & PROT_EXEC) || BPF_CORE_READ_BITFIELD(bpf_get_current_task_btf(), in_execve))
		return 0;
	if (file)
		which = detect_file(file) == KWP_DETECT_FILELESS_EXEC
				? KWP_DETECT_MEMORY_FILE_MAPPED
				: DETECT_NONE;
	return which == DETECT_NONE ? 0 : guard_detected_own(which);
}

/* Who has to know what is mapped: the policy where no hook can deny, and drift where none asked. */
static __always_inline bool guard_asks_mapped(void)
{
	return kwp_settings.kill_only &&
	       (guard_on(KWP_CLASS_PROCESS) || guard_on(KWP_CLASS_DETECT));
}

static __always_inline bool drift_asks_mapped(void)
{
	return drift_on() && !kwp_settings.hooks;
}

/* What the policy says of what is mapped already. Nothing of it has run yet. */
static __always_inline u64 guard_mapped(struct mapped *found, u32 type, const struct mapping *map)
{
	u64 said = 0, next = 0;

	if (!guard_asks_mapped())
		return 0;
	if (guard_on(KWP_CLASS_PROCESS) && found->place.dentry)
		said = guard_place(&found->place, 1 << KWP_MAP);
	if (guard_on(KWP_CLASS_DETECT) && found->known)
		next = guard_memory(found->file, map->prot,
				    type == KWP_MPROTECT || map->prot & PROT_WRITE, false);
	return said_worse(said, next);
}

static __always_inline void drift_mapped(struct mapped *found)
{
	u64 said;

	if (!drift_asks_mapped() || !found->file)
		return;
	said = drift_map(&found->place, found->file, found->shared);
	if (said)
		drift_record(KWP_MMAP_EXEC, KWP_BY_TRACEPOINT | said, found->file, KWP_MAP);
}

/* The file is that of the mapping. If another thread holds the lock of the memory, it is the file
 * of the descriptor, which that thread could have replaced. */
static __always_inline void mapping_record(struct pt_regs *regs, long ret, u32 type, u64 said,
					   const struct mapping *map)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mapping_found found = {};
	struct kwp_slot *slot;

	if (!said_verdict(said) &&
	    (!(kwp_settings.types & 1ull << (type & 63)) || mapping_is_plain(type, map->address)))
		return;
	slot = exit_begin_said(regs, ret, type, said, sizeof(struct kwp_file_act));
	if (!slot)
		return;
	found.slot = slot;
	found.file = &mapping_facts(slot, map)->file;
	if (bpf_find_vma(task, map->address, mapping_visit, &found, 0) && map->fd >= 0)
		record_file(slot, found.file, 0, fd_file(task, map->fd));
	if (!found.file->mode)
		found.file->size = map->length;
	record_end(slot);
}

/* The first mmap of i386 has its arguments in memory. */
static __always_inline void mmap_args(struct mapping *map, const struct call_regs *from)
{
	u32 args[5] = {}; /* address, length, protection, flags, descriptor */

	if (from->compat && from->form == KWP_FORM_PLAIN) {
		bpf_probe_read_user(args, sizeof(args), (void *)call_arg(from, 0));
		map->length = args[1];
		map->prot = args[2];
		map->flags = args[3];
		map->fd = args[4];
		return;
	}
	map->length = call_arg(from, 1);
	map->prot = call_arg(from, 2);
	map->flags = call_arg(from, 3);
	map->fd = call_arg(from, 4);
}

static __always_inline void mmap_call(struct mapping *map, const struct call_regs *from)
{
	if (from->form == KWP_FORM_B) { /* shmat */
		map->prot = call_arg(from, 2) & SHM_EXEC ? PROT_READ | PROT_EXEC : PROT_READ;
		return;
	}
	mmap_args(map, from);
	if (map->flags & MAP_ANONYMOUS)
		map->fd = -1;
}

/* A function for its stack's sake. */
SUBPROG int mapping_read(struct mapping *map, struct pt_regs *regs, long ret, u32 type)
{
	struct call_regs from = call_regs(regs);

	*map = (struct mapping){.address = ret, .fd = -1};
	if (type == KWP_MPROTECT) {
		map->address = call_arg(&from, 0);
		map->length = call_arg(&from, 1);
		map->prot = call_arg(&from, 2);
	} else {
		mmap_call(map, &from);
	}
	map->prot = prot_of_task(map->prot);
	return 0;
}

/* mmap and mprotect: one program for the reason that change.bpf.c is one. */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_mapping, struct pt_regs *regs, long ret)
{
	u32 type = regs_act(regs, task_is_compat(bpf_get_current_task_btf()));
	struct mapped found = {};
	struct mapping map;

	mapping_read(&map, regs, ret, type);
	if (!(map.prot & PROT_EXEC))
		return 0;
	if (guard_asks_mapped() || drift_asks_mapped())
		mapped_read(&found, &map, ret);
	drift_mapped(&found);
	mapping_record(regs, ret, type, guard_mapped(&found, type, &map), &map);
	return 0;
}

/* ---- hooks ---- */

static __always_inline void mapping_hook(u64 by, u32 type, struct file *file,
					 const struct mapping *map)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (!said_verdict(by) && (kwp_settings.odd >> type & 1) && file_is_plain((u64)file))
		return;
	slot = hook_begin(type, by, sizeof(struct kwp_file_act));
	if (!slot)
		return;
	act = mapping_facts(slot, map);
	record_file(slot, &act->file, 0, (u64)file);
	record_end(slot);
}

/* Code of a file: what exec maps is asked of as EXECUTE. */
static __always_inline u64 guard_map(struct file *file, u64 prot, bool shared)
{
	struct place place = {};
	u64 said = 0;

	if (!file || !(prot & PROT_EXEC))
		return 0;
	mapped_place(&place, (u64)file);
	if (guard_on(KWP_CLASS_PROCESS) &&
	    !BPF_CORE_READ_BITFIELD(bpf_get_current_task_btf(), in_execve))
		said = guard_place(&place, 1 << KWP_MAP);
	return said_worse(said, drift_map(&place, (u64)file, shared));
}

static __always_inline u64 guard_mmap(struct file *file, u64 prot, u64 flags)
{
	u64 at = 0;

	if (!(prot & PROT_EXEC))
		return 0;
	/* As a number, which the verifier does not take a pointer for. */
	bpf_probe_read_kernel(&at, sizeof(at), &file);
	return said_worse(guard_on(KWP_CLASS_DETECT)
				  ? guard_memory(at, prot, prot & PROT_WRITE, flags & MAP_SHARED)
				  : 0,
			  guard_map(file, prot, flags & MAP_SHARED));
}

static __always_inline u64 guard_mprotect(struct vm_area_struct *vma, u64 prot)
{
	if (!(prot & PROT_EXEC))
		return 0;
	return said_worse(guard_on(KWP_CLASS_DETECT)
				  ? guard_memory(ADDRESS(vma->vm_file), prot, true, false)
				  : 0,
			  guard_map(vma->vm_file, prot, vma->vm_flags & VM_SHARED));
}

/* What exec maps is told by EXEC, but for an interpreter that is not the image's. */
SUBPROG int mmap_hook(u64 by, struct file *file, u64 prot, u64 flags)
{
	struct mapping map = {.prot = prot_of_task(prot), .flags = flags, .fd = -1};

	if (!(map.prot & PROT_EXEC))
		return 0;
	if (!said_verdict(by) && BPF_CORE_READ_BITFIELD(bpf_get_current_task_btf(), in_execve))
		return 0;
	mapping_hook(by, KWP_MMAP_EXEC, file, &map);
	return 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(kwp_l_mmap, struct file *file, u64 asked, u64 prot, u64 flags, int ret)
{
	u64 said = guard_mmap(file, prot_of_task(prot), flags);

	mmap_hook(KWP_BY_LSM | said, file, prot, flags);
	return ret ? ret : said_ret(said);
}

SEC("fmod_ret/security_mmap_file")
int BPF_PROG(kwp_m_mmap, struct file *file, u64 prot, u64 flags)
{
	u64 said = guard_mmap(file, prot_of_task(prot), flags);

	mmap_hook(KWP_BY_FMOD_RET | said, file, prot, flags);
	return said_ret(said);
}

static __always_inline void mprotect_hook(u64 by, struct vm_area_struct *vma, u64 prot)
{
	struct mapping map = {.address = vma->vm_start, .prot = prot, .fd = -1};

	if (!(prot & PROT_EXEC))
		return;
	map.flags = vma->vm_flags & VM_PROT;
	mapping_hook(by, KWP_MPROTECT, vma->vm_file, &map);
}
HOOK(mprotect, file_mprotect, guard_mprotect(vma, prot), mprotect_hook,
     (struct vm_area_struct * vma, u64 asked, u64 prot), (vma, prot))
