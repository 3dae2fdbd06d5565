/* SPDX-License-Identifier: GPL-2.0-only */
/* What descriptors are, the standard ones above all. */
#ifndef KWP_IO_BPF_H
#define KWP_IO_BPF_H

#include "socket.bpf.h"

/* A connected TCP socket that accept(2) made still has its listener's backlog;
 * one that connect(2) made never had any. */
static __always_inline bool sock_accepted(struct sock *sk)
{
	u32 backlog = 0;

	bpf_core_read(&backlog, sizeof(backlog), &sk->sk_max_ack_backlog);
	return backlog != 0;
}

#define INODE_SIZE 80 /* bytes of an inode that hold what is wanted of it here */

static __always_inline u8 io_device(u32 device)
{
	if (device == (1 << 20 | 3))
		return KWP_IO_NULL;
	/* tty, console, ptmx: 4, 5; pty slaves: 136 to 143; hvc, ttyAMA: 229, 204 */
	device >>= 20;
	return device == 4 || device == 5 || (device >= 136 && device <= 143) || device == 229 ||
			       device == 204
		       ? KWP_IO_TTY
		       : KWP_IO_OTHER;
}

/* copy: the first bytes of the inode. */
static __always_inline u8 io_kind(const char *copy, u64 inode)
{
	struct super_block *sb;

	switch (copy_get(copy, INODE_SIZE, inode, struct inode, i_mode) & S_IFMT) {
	case S_IFIFO:
		return KWP_IO_PIPE;
	case S_IFSOCK:
		return KWP_IO_SOCKET;
	case S_IFCHR:
		return io_device(copy_get(copy, INODE_SIZE, inode, struct inode, i_rdev));
	case S_IFREG:
		if (copy_get(copy, INODE_SIZE, inode, struct inode, i_nlink))
			return KWP_IO_FILE;
		sb = copy_get(copy, INODE_SIZE, inode, struct inode, i_sb);
		return BPF_CORE_READ(sb, s_magic) == TMPFS_MAGIC ? KWP_IO_MEMFD : KWP_IO_FILE;
	}
	return KWP_IO_OTHER;
}

/* The socket file of a unix socket's other end, its inode number. */
static __always_inline u64 unix_far(struct sock *sk)
{
	struct sock *peer = NULL;

	if (!bpf_core_type_exists(struct unix_sock))
		return 0;
	bpf_core_read(&peer, sizeof(peer), &((struct unix_sock *)sk)->peer);
	return peer ? BPF_CORE_READ(peer, sk_socket, file, f_inode, i_ino) : 0;
}

/* One that accept(2) made has the name of its listener. */
static __always_inline bool unix_accepted(struct sock *sk)
{
	u64 address = 0;

	if (bpf_core_type_exists(struct unix_sock))
		bpf_core_read(&address, sizeof(address), &((struct unix_sock *)sk)->addr);
	return address && BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_ESTABLISHED;
}

static __always_inline void io_socket(struct kwp_io *io, u64 file)
{
	struct sock *sk = socket_sock(file);

	if (!sk)
		return;
	addr_from_sock(&io->peer, (u64)sk, true);
	io->socket_type = BPF_CORE_READ(sk, sk_type);
	if (io->peer.family == AF_UNIX) {
		io->far = unix_far(sk);
		io->accepted = unix_accepted(sk);
	} else {
		io->accepted = sock_accepted(sk);
	}
}

/* The slave of a pseudo terminal whose master this file is. */
static __always_inline struct dentry *master_slave(u64 file)
{
	struct tty_file_private *private = NULL;

	if (!bpf_core_type_exists(struct tty_file_private))
		return NULL;
	bpf_core_read(&private, sizeof(private), &((struct file *)file)->private_data);
	return (struct dentry *)BPF_CORE_READ(private, tty, link, driver_data);
}

/* Both sides of a pseudo terminal are known by the inode of its slave. */
static __always_inline void io_master(struct kwp_io *io, u64 file)
{
	struct dentry *slave = master_slave(file);

	io->master = 1;
	io->inode = BPF_CORE_READ(slave, d_inode, i_ino);
	io->device = BPF_CORE_READ(slave, d_sb, s_dev);
}

#define PTMX (5 << 20 | 2)

SUBPROG_ONCE int io_from_file(struct kwp_io *io, u64 file)
{
	char copy[INODE_SIZE] __attribute__((aligned(8))) = {};
	struct inode *inode = NULL;
	struct super_block *sb;

	if (!io || !file)
		return 0;
	bpf_core_read(&inode, sizeof(inode), &((struct file *)file)->f_inode);
	bpf_probe_read_kernel(copy, sizeof(copy), inode);
	io->inode = copy_get(copy, INODE_SIZE, inode, struct inode, i_ino);
	io->kind = io_kind(copy, (u64)inode);
	if (io->kind == KWP_IO_SOCKET)
		io_socket(io, file);
	if (io->kind != KWP_IO_PIPE && io->kind != KWP_IO_TTY)
		return 0;
	if (copy_get(copy, INODE_SIZE, (u64)inode, struct inode, i_rdev) == PTMX) {
		io_master(io, file);
		return 0;
	}
	sb = copy_get(copy, INODE_SIZE, (u64)inode, struct inode, i_sb);
	io->device = BPF_CORE_READ(sb, s_dev);
	return 0;
}

/* ---- the descriptors of a process ---- */

/* Of a struct files_struct: pointers to struct file, 0 where there is none. */
struct files {
	u64 array;
	u32 max, pad;
};

static __always_inline struct files files_of(u64 from)
{
	u64 table = ADDRESS(((struct files_struct *)from)->fdt);
	struct files files = {.array = ADDRESS(((struct fdtable *)table)->fd)};

	bpf_core_read(&files.max, sizeof(files.max), &((struct fdtable *)table)->max_fds);
	return files;
}

/* Reads count of them, from fd on. false: there are no more. */
static __always_inline bool files_read(const struct files *files, u32 fd, u64 *file, u32 count)
{
	return fd < files->max &&
	       !bpf_probe_read_kernel(file, count * sizeof(*file),
				      (void *)(files->array + fd * sizeof(*file)));
}

/* Descriptors 0, 1 and 2: each table has room for 64 or more. */
static __always_inline void files_standard(u64 *file, u64 from)
{
	u64 table = ADDRESS(((struct files_struct *)from)->fdt);

	bpf_probe_read_kernel(file, 3 * sizeof(*file),
			      (void *)ADDRESS(((struct fdtable *)table)->fd));
}

/* What those are; often the three are one file. */
SUBPROG_ONCE int stdio_of(struct kwp_stdio *out, u64 files)
{
	u64 file[3] = {};

	if (!out || !files)
		return 0;
	files_standard(file, files);
	io_from_file(&out->fd[0], file[0]);
	if (file[1] == file[0])
		out->fd[1] = out->fd[0];
	else
		io_from_file(&out->fd[1], file[1]);
	if (file[2] == file[1])
		out->fd[2] = out->fd[1];
	else
		io_from_file(&out->fd[2], file[2]);
	return 0;
}

static __always_inline void stdio_read(struct kwp_stdio *out, struct task_struct *task)
{
	stdio_of(out, ADDRESS(task->files));
}

/* The two below are for the current task, and verified once: each step from a task to its
 * files costs the verifier a search of all kernel types. */

SUBPROG_ONCE u64 own_file(s32 fd)
{
	return fd_file(bpf_get_current_task_btf(), fd);
}

SUBPROG_ONCE int own_stdio(struct kwp_stdio *out)
{
	if (!out)
		return 0;
	stdio_read(out, bpf_get_current_task_btf());
	return 0;
}

#endif
