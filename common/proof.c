/* SPDX-License-Identifier: GPL-2.0-only */
#include "proof.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>

#include <bpf/bpf.h>

#include "guest.h"
#include "log.h"

/*
 * The canaries are a dozen instructions by hand: a BPF object would have libbpf
 * read the kernel's types once more for each.
 */
#define INSN(op, dest, source, offset, value)                                                      \
	((struct bpf_insn){.code = (op), .dst_reg = (dest), .src_reg = (source), .off = (offset),  \
			   .imm = (value)})
/* Register 1 = address of the map's value. */
#define MAP_VALUE(map)                                                                             \
	INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, map),                  \
		INSN(0, 0, 0, 0, 0)

/* What the programs and kwp share: the task that does the act, and whether a
 * canary saw it. */
struct cage {
	uint64_t task, fired;
};

static int load(enum bpf_prog_type type, enum bpf_attach_type attach, uint32_t btf_id,
		const struct bpf_insn *insns, size_t count)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach,
		    .attach_btf_id = btf_id);
	int fd = bpf_prog_load(type, "kwp_canary", "GPL", insns, count, &options);

	return fd < 0 ? -errno : fd;
}

/* Tells the cage who "I" am: runs in this task. */
static int cage_enter(int map)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_task),
		MAP_VALUE(map),
		INSN(BPF_STX | BPF_MEM | BPF_DW, BPF_REG_1, BPF_REG_0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	_cleanup_close_ int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, insns, ARRAY_SIZE(insns));

	return fd < 0 ? fd : bpf_prog_test_run_opts(fd, NULL);
}

static int canary_load(enum kwp_backend by, int map)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_task),
		MAP_VALUE(map),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_2, BPF_REG_1, 0, 0),
		INSN(BPF_JMP | BPF_JNE | BPF_X, BPF_REG_0, BPF_REG_2, 1, 0),
		INSN(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_1, 0, offsetof(struct cage, fired), 1),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	switch (by) {
	case KWP_BY_LSM:
		return load(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, guest_function_id("bpf_lsm_file_open"),
			    insns, ARRAY_SIZE(insns));
	case KWP_BY_FMOD_RET:
		return load(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN,
			    guest_function_id("security_file_open"), insns, ARRAY_SIZE(insns));
	default:
		return load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, insns, ARRAY_SIZE(insns));
	}
}

/* An act that every canary can see. */
static void act(void)
{
	_cleanup_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* 1: it fired, 0: it attached and stayed silent, -errno: the kernel refuses it. */
static int prove(enum kwp_backend by, int map)
{
	const char *tracepoint = by == KWP_BY_TRACEPOINT ? "sys_exit" : NULL;
	_cleanup_close_ int program = canary_load(by, map), link = -1;
	struct cage cage = {};
	uint32_t zero = 0;
	int err;

	if (program < 0)
		return program;
	err = cage_enter(map);
	if (err)
		return err;
	link = bpf_raw_tracepoint_open(tracepoint, program);
	if (link < 0)
		return -errno;
	act();
	if (bpf_map_lookup_elem(map, &zero, &cage) ||
	    bpf_map_update_elem(map, &zero, &(struct cage){}, BPF_ANY))
		return -errno;
	return cage.fired != 0;
}

uint32_t proof_backends(uint32_t wanted, uint32_t *silent)
{
	_cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "kwp_cage", sizeof(uint32_t),
						 sizeof(struct cage), 1, NULL);
	uint32_t proven = 0, quiet = 0;

	for (enum kwp_backend by = KWP_BY_LSM; map >= 0 && by <= KWP_BY_TRACEPOINT; by++) {
		int fired = wanted & 1u << by ? prove(by, map) : -ECANCELED;

		log_debug("backend %d: %s", by,
			  fired == 1 ? "fires" : fired ? strerror(-fired) : "stays silent");
		if (fired == 1)
			proven |= 1u << by;
		else if (!fired)
			quiet |= 1u << by;
	}
	if (silent)
		*silent = quiet;
	return proven;
}
