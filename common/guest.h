/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine that kwp runs on: who it is, what its kernel can do, and where its
 * control groups and containers are.
 */
#ifndef KWP_GUEST_H
#define KWP_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "util.h"

struct btf;

/* Id of this virtual machine, NUL-terminated: the UUID that its firmware
 * shows, else the kernel's boot id. */
void guest_id(char *out, size_t size);
/* ns since 1970 at which CLOCK_BOOTTIME was 0. */
uint64_t guest_boot_time(void);

/* Does kwp run with what eBPF needs (CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN)? */
bool guest_is_privileged(void);
/* Does the kernel show its types (CONFIG_DEBUG_INFO_BTF)? */
bool guest_has_btf(void);
/* Does the kernel have a function, a tracepoint's type, of this name? */
bool guest_has_function(const char *name);
bool guest_has_tracepoint(const char *name);
/* The function's number among the kernel's types, 0: there is none. */
uint32_t guest_function_id(const char *name);
/* How many arguments it has; -ENOENT: there is none. */
int guest_function_arguments(const char *name);
/* How many arguments a tp_btf program on this tracepoint gets; -ENOENT: there is
 * no such tracepoint. */
int guest_tracepoint_arguments(const char *name);

/* A file of those of the kernel's types that wanted names, for programs to be fitted to: a search
 * in all of them costs half a millisecond a name. Its descriptor, or -1: none, because modules
 * have types of their own, or for want of memory. */
int guest_types_file(const struct btf *wanted);

/* What the kernel was built without, of what the event sources need: names
 * of options in words, comma separated, into out; returns how many are surely or
 * (where the kernel does not show its configuration) probably missing. */
unsigned guest_missing_options(char *out, size_t size);

/* Directory of the cgroup v2 hierarchy, or NULL: there is none. */
const char *guest_cgroup_root(void);
/* Mounts tracefs where the kernel has it and nobody mounted it, in a mount
 * namespace of kwp's own. false: there is none. */
bool guest_mount_tracefs(void);

/*
 * Makes the CONTAINER record of a cgroup id (record.h) at the end of out: path
 * from the cgroup tree, names from /run/kata-containers/ID/config.json where that is
 * visible. false: no such cgroup (any more) below the root that is visible here.
 */
bool guest_container_record(uint64_t cgroup, struct buffer *out);
/* Id and depth (root: 0) of the cgroup of the container whose id, or whose
 * cgroup path, begins with name. 0, -ENOENT, -EEXIST when several do. */
int guest_find_container(const char *name, uint64_t *cgroup, uint32_t *level) MUST_CHECK;
/* The same, its directory in the cgroup tree. */
int guest_container_directory(const char *name, char *out, size_t size) MUST_CHECK;

#endif
