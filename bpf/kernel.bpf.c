/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own surface: modules, bpf(2), sysctls. */
#include "file.bpf.h"
#include "protect.bpf.h"
#include "sysctl.bpf.h"

/* ---- modules: string 0 the file, 1 the name or the parameters ---- */

#define READING_MODULE 2 /* of enum kernel_read_file_id and kernel_load_data_id */

/* init_module (PLAIN: image, length, parameters), finit_module (FD: file,
 * parameters, flags), delete_module (A: name, flags). */
SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_module, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = task_is_compat(task);
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	slot = exit_begin(regs, ret, KWP_MODULE, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->fd = -1;
	switch (regs_form(regs, compat)) {
	case KWP_FORM_FD:
		act->fd = regs_arg(regs, compat, 0);
		act->flags = (u32)regs_arg(regs, compat, 2);
		record_file(slot, &act->file, 0, fd_file(task, act->fd));
		record_user_str(slot, 1, regs_arg(regs, compat, 1));
		break;
	case KWP_FORM_A:
		act->flags = (u32)regs_arg(regs, compat, 1);
		record_user_str(slot, 1, regs_arg(regs, compat, 0));
		break;
	default:
		act->extra = regs_arg(regs, compat, 1);
		record_user_str(slot, 1, regs_arg(regs, compat, 2));
	}
	record_end(slot);
	return 0;
}

/* The name that a module gives itself; its system call ends after this. */
SEC("tp_btf/module_load")
int BPF_PROG(kwp_module, struct module *module)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	slot = hook_begin(KWP_MODULE, KWP_BY_TRACEPOINT, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->fd = -1;
	record_kernel_str(slot, 1, (u64)&module->name);
	record_end(slot);
	return 0;
}

/* The kernel reads a module from a file, or is given one (no file). */
static __always_inline void module_hook(u64 by, u32 id, u64 file)
{
	struct kwp_file_act *act;
	struct kwp_slot *slot;

	if (id != READING_MODULE)
		return;
	slot = hook_begin_other(KWP_MODULE, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->fd = -1;
	record_file(slot, &act->file, 0, file);
	record_end(slot);
}
HOOK(readfile, kernel_read_file, 0, module_hook, (struct file * file, u32 id, bool contents),
     (id, (u64)file))
HOOK(loaddata, kernel_load_data, 0, module_hook, (u32 id, bool contents), (id, 0))

/* ---- bpf ---- */

#define ATTR_SIZE 80 /* bytes of union bpf_attr that are looked at */
#define SIZE_MASK 127
_Static_assert(ATTR_SIZE <= SIZE_MASK && SIZE_MASK <= SNAP_SIZE, "attr would not fit");

/* Work on the elements of maps comes by the million and changes no program. */
static __always_inline bool bpf_matters(u32 command)
{
	return !(command >= BPF_MAP_LOOKUP_ELEM && command <= BPF_MAP_GET_NEXT_KEY) &&
	       command != BPF_MAP_LOOKUP_AND_DELETE_ELEM &&
	       !(command >= BPF_MAP_LOOKUP_BATCH && command <= BPF_MAP_DELETE_BATCH);
}

/* The object behind a descriptor, 0: none. */
static __always_inline u64 bpf_object(s32 fd)
{
	u64 file = fd_file(bpf_get_current_task_btf(), fd);

	return file ? (u64)BPF_CORE_READ((struct file *)file, private_data) : 0;
}

static __always_inline void bpf_map(struct kwp_slot *slot, struct kwp_bpf_act *act, s32 fd)
{
	struct bpf_map *map = (struct bpf_map *)bpf_object(fd);

	if (!map)
		return;
	act->map_type = BPF_CORE_READ(map, map_type);
	record_kernel_str(slot, 0, (u64)&map->name);
}

static __always_inline void bpf_program(struct kwp_slot *slot, struct kwp_bpf_act *act, s32 fd)
{
	struct bpf_prog *prog = (struct bpf_prog *)bpf_object(fd);
	struct bpf_prog_aux *aux;

	if (!prog)
		return;
	act->prog_type = BPF_CORE_READ(prog, type);
	if (act->command == BPF_PROG_LOAD)
		act->attach_type = BPF_CORE_READ(prog, expected_attach_type);
	aux = BPF_CORE_READ(prog, aux);
	record_kernel_str(slot, 0, (u64)&aux->name);
}

/* Facts of a call that has succeeded: of the object that it made or used. */
static __always_inline void bpf_done(struct kwp_slot *slot, struct kwp_bpf_act *act,
				     const union bpf_attr *attr)
{
	switch (act->command) {
	case BPF_MAP_CREATE:
		bpf_map(slot, act, slot->record.ret);
		break;
	case BPF_PROG_LOAD:
		bpf_program(slot, act, slot->record.ret);
		break;
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
		act->attach_type = attr->attach_type;
		bpf_program(slot, act, attr->attach_bpf_fd);
		break;
	case BPF_LINK_CREATE:
		act->attach_type = attr->link_create.attach_type;
		bpf_program(slot, act, attr->link_create.prog_fd);
		break;
	case BPF_RAW_TRACEPOINT_OPEN:
		bpf_program(slot, act, attr->raw_tracepoint.prog_fd);
		break;
	}
}

/* Facts of a call that failed or has yet to be done: what was asked for. */
static __always_inline void bpf_asked(struct kwp_slot *slot, struct kwp_bpf_act *act,
				      const union bpf_attr *attr)
{
	if (act->command == BPF_MAP_CREATE) {
		act->map_type = attr->map_type;
		record_kernel_str(slot, 0, (u64)attr->map_name);
	} else if (act->command == BPF_PROG_LOAD) {
		act->prog_type = attr->prog_type;
		act->attach_type = attr->expected_attach_type;
		record_kernel_str(slot, 0, (u64)attr->prog_name);
	}
}

SEC("tp_btf/sys_exit")
int BPF_PROG(kwp_x_bpf, struct pt_regs *regs, long ret)
{
	bool compat = task_is_compat(bpf_get_current_task_btf());
	u32 command = regs_arg(regs, compat, 0), size = regs_arg(regs, compat, 2);
	struct kwp_bpf_act *act;
	struct kwp_slot *slot;
	union bpf_attr *attr;

	if (!bpf_matters(command))
		return 0;
	slot = exit_begin(regs, ret, KWP_BPF, sizeof(*act));
	if (!slot)
		return 0;
	act = record_facts(slot);
	act->command = command;
	attr = (union bpf_attr *)slot->snap;
	__builtin_memset(slot->snap, 0, ATTR_SIZE);
	if (size > ATTR_SIZE)
		size = ATTR_SIZE;
	asm volatile("" : "+r"(size));
	size &= SIZE_MASK;
	bpf_probe_read_user(slot->snap, size, (void *)regs_arg(regs, compat, 1));
	if (ret < 0)
		bpf_asked(slot, act, attr);
	else
		bpf_done(slot, act, attr);
	if (command == BPF_OBJ_PIN || command == BPF_OBJ_GET)
		record_user_str(slot, 1, attr->pathname);
	record_end(slot);
	return 0;
}

static __always_inline void bpf_hook(u64 by, u32 command, u64 attr)
{
	struct kwp_bpf_act *act;
	struct kwp_slot *slot;

	if (!bpf_matters(command))
		return;
	slot = hook_begin_other(KWP_BPF, by, sizeof(*act));
	if (!slot)
		return;
	act = record_facts(slot);
	act->command = command;
	bpf_probe_read_kernel(slot->snap, ATTR_SIZE, (void *)attr);
	bpf_asked(slot, act, (union bpf_attr *)slot->snap);
	record_end(slot);
}

/* What kwp's protection of itself says: a link can be taken away, or given another program, by
 * who has it. */
static __always_inline u64 bpf_said(u32 command, u64 attr)
{
	struct bpf_link *link;
	u32 first = 0, id;

	if (command != BPF_LINK_GET_FD_BY_ID && command != BPF_LINK_UPDATE &&
	    command != BPF_LINK_DETACH)
		return 0;
	bpf_probe_read_kernel(&first, sizeof(first), (void *)attr); /* the id or descriptor */
	id = first;
	if (command != BPF_LINK_GET_FD_BY_ID) {
		link = (struct bpf_link *)bpf_object(first);
		id = link ? BPF_CORE_READ(link, id) : 0;
	}
	return protect_object(KWP_OWN_LINK, id);
}

/* The hook has a fourth argument since 6.15, so the earlier verdict has no
 * fixed place. It is 0: the kernel asks no further once a program has refused. */
SEC("lsm/bpf")
int BPF_PROG(kwp_l_bpf, int command, union bpf_attr *attr, unsigned int size)
{
	u64 said = bpf_said(command, (u64)attr);

	bpf_hook(KWP_BY_LSM | said, command, (u64)attr);
	return said_ret(said);
}

SEC("fmod_ret/security_bpf")
int BPF_PROG(kwp_m_bpf, int command, union bpf_attr *attr, unsigned int size)
{
	u64 said = bpf_said(command, (u64)attr);

	bpf_hook(KWP_BY_FMOD_RET | said, command, (u64)attr);
	return said_ret(said);
}

/* ---- sysctl ---- */

/* kernel.ftrace_enabled switches off what hooks and functions programs are attached to. */
static __noinline bool sysctl_is_ours(struct bpf_sysctl *ctx)
{
	static const char ours[24] __attribute__((aligned(8))) = "kernel/ftrace_enabled";
	const u64 *words = (const u64 *)ours;
	u64 name[3] = {};

	bpf_sysctl_get_name(ctx, (char *)name, sizeof(name), 0);
	return name[0] == words[0] && name[1] == words[1] && name[2] == words[2];
}

/* A program of this kind can't end a process. */
static __always_inline u64 sysctl_said(struct bpf_sysctl *ctx)
{
	u32 generation = guard_generation();
	u64 said = 0;

	if (!generation)
		return 0;
	if (guard_on(KWP_CLASS_PROTECT) && sysctl_is_ours(ctx))
		said = guard_denied(generation, protect_rule(generation));
	if (guard_on(KWP_CLASS_SYSCTL) && !said)
		said = guard_denied(generation, sysctl_rule(ctx, generation));
	return said;
}

static __always_inline void sysctl_tell(u64 by, struct bpf_sysctl *ctx)
{
	struct kwp_sysctl *facts;
	struct kwp_slot *slot;
	char *to;
	long size;

	if (!said_verdict(by) &&
	    (!(kwp_settings.types & 1ull << KWP_SYSCTL) || !scope_has(bpf_get_current_task_btf())))
		return;
	slot = record_begin(KWP_SYSCTL, by, sizeof(*facts));
	if (!slot)
		return;
	facts = record_facts(slot);
	facts->write = 1;
	to = record_room(slot);
	size = to ? bpf_sysctl_get_name(ctx, to, KWP_PATH_MAX, 0) : 0;
	if (size > 0)
		record_took(slot, 0, size);
	to = record_room(slot);
	size = to ? bpf_sysctl_get_new_value(ctx, to, KWP_PATH_MAX) : 0;
	if (size > 0)
		record_took(slot, 1, size);
	record_end(slot);
}

SEC("cgroup/sysctl")
int kwp_sysctl(struct bpf_sysctl *ctx)
{
	u64 said;

	if (!ctx->write)
		return 1;
	said = sysctl_said(ctx);
	sysctl_tell(KWP_BY_CGROUP | said, ctx);
	return !said_ret(said);
}
