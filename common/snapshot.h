/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest is made of now, as items of a baseline: its files, by a walk that follows no
 * link, waits for nobody, and hashes with several threads; and its kernel, modules, sysctls,
 * mounts, BPF programs, sockets and processes.
 */
#ifndef KWP_SNAPSHOT_H
#define KWP_SNAPSHOT_H

#include <sys/stat.h>

#include "baseline.h"

#define SNAPSHOT_THREADS_MAX 64

struct snapshot_options {
	const char *root;  /* directory that the walk is about */
	bool all;	   /* every file, not only what can run or configures what runs */
	unsigned threads;  /* that hash */
	uint64_t examined; /* ns since 1970: files that did not change since, and that known()
			      does not know, are not looked into; 0: all are */
	dev_t device;	   /* that examined is true of */
	/* Files that are kwp's own: by device and inode. */
	struct snapshot_self {
		dev_t device;
		ino_t inode;
	} self[4];
	size_t self_count;
	/* What is known of the file (in order of the walk): if it has this stamp, its hash and
	 * attributes are taken from there. false: nothing. May be NULL. */
	bool (*known)(void *data, struct text path, struct item *out);
	/* Is it not to be looked at at all, nor what is below it? May be NULL. */
	bool (*ignored)(void *data, struct text path);
	/* Each file, in order. */
	void (*take)(void *data, const struct item *item, const struct stat *facts);
	/* A file that changed while it was read, or that somebody kept from being read: its hash
	 * is of what was read, or it has none. missed() was told. May be NULL. */
	void (*unsure)(void *data, const struct item *item, const struct stat *facts);
	/* What could not be looked at or into; a directory's tree goes with it. -ENOENT: it went
	 * meanwhile, -EAGAIN: it changed meanwhile. */
	void (*missed)(void *data, struct text path, int err);
	/* A file system that has no files, or a server that may not answer; by its name. */
	void (*skipped)(void *data, struct text path, const char *type);
	void *data;
};

struct snapshot_counts {
	uint64_t files;	  /* that take() got */
	uint64_t hashed, bytes;
	uint64_t missed;  /* unreadable, gone or changed meanwhile */
	uint64_t skipped; /* pseudo file systems: /proc, /sys ... */
};

/* Why a file was missed, in words. */
const char *snapshot_why(int err);
/* 0 or -errno, said: of the root, or memory. The rest is told by missed(). */
int snapshot_files(const struct snapshot_options *options,
		   struct snapshot_counts *counts) MUST_CHECK;

/* Each adds the items of its sections and marks them as looked at; what this user may not see is
 * left out, and *partly is set. */
void snapshot_kernel(struct items *out);
void snapshot_modules(struct items *out);
/* Of the mount namespace that root is in. */
void snapshot_mounts(const char *root, struct items *out);
void snapshot_bpf(struct items *out, bool *partly);
void snapshot_sysctls(struct items *out);
/* cgroup: only processes of this one and below, NULL: all that are visible. */
void snapshot_processes(struct items *out, const char *cgroup, bool *partly);
/* A container with a visible process, by the beginning of its id or the path of its cgroup: that
 * path, its id, and the process. 0; -ENOENT; -EEXIST: several containers have it. */
struct snapshot_container {
	char cgroup[2048], id[256];
	int pid;
};
int snapshot_container(const char *name, struct snapshot_container *out) MUST_CHECK;
void snapshot_sockets(struct items *out, bool *partly);

/* Reads a small file of /proc whole, without the newlines at its end: at most size bytes with the
 * NUL. Returns its length or -errno; never blocks. */
ssize_t snapshot_read(const char *path, char *out, size_t size);

#endif
