/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks that only kwp's protection of itself needs: whoever wants a descriptor of a map or program,
 * however it is named, comes by. */
#include "protect.bpf.h"
#include "task.bpf.h"

static __always_inline void object_tell(u64 by, u32 command, u32 map_type, u32 prog_type, u64 name)
{
	struct kwp_bpf_act *act;
	struct kwp_slot *slot;

	if (!said_verdict(by))
		return;
	slot = record_begin(KWP_BPF, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->command = command;
	act->map_type = map_type;
	act->prog_type = prog_type;
	record_kernel_str(slot, 0, name);
	record_end(slot);
}

static __always_inline void map_tell(u64 by, struct bpf_map *map)
{
	object_tell(by, BPF_MAP_GET_FD_BY_ID, map->map_type, 0, (u64)&map->name);
}

/* The map that says what the rules mean is made anew with each policy, so it goes by its name. */
static __always_inline u64 map_said(struct bpf_map *map)
{
	static const u64 about = 0x756f62615f70776bull; /* "kwp_abou" */
	u64 name = 0;

	if (!guard_on(KWP_CLASS_PROTECT))
		return 0;
	bpf_core_read(&name, sizeof(name), &map->name);
	return name == about ? protect_said() : protect_object(KWP_OWN_MAP, map->id);
}
HOOK(map, bpf_map, map_said(map), map_tell, (struct bpf_map * map, unsigned int mode), (map))

static __always_inline void prog_tell(u64 by, struct bpf_prog *prog)
{
	object_tell(by, BPF_PROG_GET_FD_BY_ID, 0, prog->type,
		    (u64) & ((struct bpf_prog_aux *)ADDRESS(prog->aux))->name);
}

static __always_inline u32 prog_id(struct bpf_prog *prog)
{
	u64 aux = ADDRESS(prog->aux);
	u32 id = 0;

	bpf_core_read(&id, sizeof(id), &((struct bpf_prog_aux *)aux)->id);
	return id;
}
HOOK(prog, bpf_prog, protect_object(KWP_OWN_PROGRAM, prog_id(prog)), prog_tell,
     (struct bpf_prog * prog), (prog))

/* ---- the scheduling and limits of kwp's processes ---- */

/* Told as a PTRACE of no request: another process's ways are changed. */
static __always_inline void process_tell(u64 by, struct task_struct *target)
{
	struct kwp_task_act *act;
	struct kwp_slot *slot;

	if (!said_verdict(by))
		return;
	slot = record_begin(KWP_PTRACE, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->signal = ~0u;
	record_target(slot, act, (u64)target);
	record_end(slot);
}
HOOK(scheduler, task_setscheduler, protect_process(target), process_tell,
     (struct task_struct * target), (target))
HOOK(nice, task_setnice, protect_process(target), process_tell,
     (struct task_struct * target, int nice), (target))
HOOK(ionice, task_setioprio, protect_process(target), process_tell,
     (struct task_struct * target, int ioprio), (target))
HOOK(rlimit, task_setrlimit, protect_process(target), process_tell,
     (struct task_struct * target, unsigned int resource, void *limit), (target))
