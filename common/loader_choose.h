/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by loader*.c only: which programs and maps of the BPF object what was asked for
 * needs. */
#ifndef KWP_LOADER_CHOOSE_H
#define KWP_LOADER_CHOOSE_H

#include "loader.h"

struct bpf_object;
struct bpf_program;
struct kwp_bpf;
struct act_program;

struct loader {
	const struct sensor_options *options;
	struct kwp_bpf *bpf;
	struct bpf_object *object; /* of it */
	uint32_t backends; /* in use: 1 << enum kwp_backend */
	uint32_t guards;   /* as kwp_settings.guards */
	bool refused[2 * LOADER_ROWS]; /* by row of act_programs: this kernel can't load it */
	bool one_call;	   /* ACT_CALL instead of ACT_EXIT */
	char types[32];	   /* path of guest_types_file(), "": none */
};

/* No hook can deny here, so that verdicts are given when the act is over. */
bool choose_kills_only(const struct loader *loader);
/* Types whose acts are looked at: those that were asked for, and those that verdicts at the
 * ends of system calls are about. */
uint64_t choose_looked(const struct loader *loader);
/* Who tells of drift; KWP_BY_NONE: nobody asked. */
enum kwp_backend choose_drift(const struct loader *loader);
/* Types whose system calls' ends are looked at. */
uint64_t choose_ends(const struct loader *loader);
/* Is this row's program to be loaded? Rows can share one. */
bool choose_wants(const struct loader *loader, const struct act_program *row);
/* The program of a row; NULL: the object has none. */
struct bpf_program *choose_row(const struct loader *loader, const struct act_program *row);
/* Does the kernel have what this program attaches to? */
bool choose_has_target(const struct loader *loader, const struct bpf_program *program);
/* Marks what is to be loaded and made. */
void choose_programs(struct loader *loader);
void choose_maps(struct loader *loader);

#endif
