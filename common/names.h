/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the kernel's numbers: one table per vocabulary.
 *
 * A table holds values (errno, signals), or flags (mount), or flags of which
 * some bits hold one value (O_ACCMODE of open). The functions know which.
 */
#ifndef KWP_NAMES_H
#define KWP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "util.h"

/* One row per vocabulary: NAME_<upper>, the lower-case stem of its list. */
#define NAME_TABLES(X)                                                                             \
	X(ERRNO, error)			  /* ENOENT */                                             \
	X(SIGNAL, signal)		  /* SIGKILL, SIGRT+2 (kernel number 34) */                \
	X(CAPABILITY, capability)	  /* CAP_SYS_ADMIN; value is the bit's number */           \
	X(OPEN, open)			  /* O_RDONLY|O_CLOEXEC */                                 \
	X(DESCRIPTOR, descriptor)	  /* O_CLOEXEC: of pipe2, dup3, eventfd2 and their like */ \
	X(AT, at)			  /* AT_EMPTY_PATH */                                      \
	X(UNLINK_AT, unlink_at)		  /* AT_REMOVEDIR, the same bit as AT_EACCESS */           \
	X(ACCESS, access)		  /* R_OK */                                               \
	X(FILE_TYPE, file_type)		  /* regular; value is the S_IFMT part of a mode */        \
	X(SEEK, seek)			  /* SEEK_SET */                                           \
	X(FCNTL, fcntl)			  /* F_DUPFD */                                            \
	X(RENAME, rename)		  /* RENAME_EXCHANGE */                                    \
	X(XATTR, xattr)			  /* XATTR_CREATE */                                       \
	X(FALLOCATE, fallocate)		  /* FALLOC_FL_PUNCH_HOLE */                               \
	X(CLOSE_RANGE, close_range)	  /* CLOSE_RANGE_CLOEXEC */                                \
	X(MEMFD, memfd)			  /* MFD_CLOEXEC */                                        \
	X(MOUNT, mount)			  /* MS_BIND|MS_REC */                                     \
	X(UMOUNT, umount)		  /* MNT_DETACH */                                         \
	X(OPEN_TREE, open_tree)		  /* OPEN_TREE_CLONE */                                    \
	X(MOVE_MOUNT, move_mount)	  /* MOVE_MOUNT_F_EMPTY_PATH */                            \
	X(MOUNT_ATTR, mount_attr)	  /* MOUNT_ATTR_NOSUID */                                  \
	X(FILESYSTEM, filesystem)	  /* tmpfs; value is the magic of statfs(2) */             \
	X(EPOLL, epoll)			  /* EPOLL_CTL_ADD */                                      \
	X(PROT, prot)			  /* PROT_READ|PROT_EXEC */                                \
	X(MAP, map)			  /* MAP_PRIVATE|MAP_ANONYMOUS */                          \
	X(MREMAP, mremap)		  /* MREMAP_MAYMOVE */                                     \
	X(MADVISE, madvise)		  /* MADV_DONTNEED */                                      \
	X(CLONE, clone)			  /* SIGCHLD|CLONE_VM: the low byte is a signal */         \
	X(NAMESPACE, namespace)		  /* CLONE_NEWNS: of unshare and setns */                  \
	X(WAIT, wait)			  /* WNOHANG */                                            \
	X(WAIT_ID, wait_id)		  /* P_PIDFD */                                            \
	X(PTRACE, ptrace)		  /* PTRACE_ATTACH */                                      \
	X(PRCTL, prctl)			  /* PR_SET_NAME */                                        \
	X(ARCH_PRCTL, arch_prctl)	  /* ARCH_SET_FS */                                        \
	X(SECCOMP, seccomp)		  /* SECCOMP_SET_MODE_FILTER */                            \
	X(RLIMIT, rlimit)		  /* RLIMIT_NOFILE */                                      \
	X(SIGNAL_MASK, signal_mask)	  /* SIG_BLOCK */                                          \
	X(FUTEX, futex)			  /* FUTEX_WAIT|FUTEX_PRIVATE_FLAG */                      \
	X(CLOCK, clock)			  /* CLOCK_MONOTONIC */                                    \
	X(SCHEDULER, scheduler)		  /* SCHED_FIFO */                                         \
	X(PERSONALITY, personality)	  /* ADDR_NO_RANDOMIZE */                                  \
	X(FAMILY, family)		  /* AF_INET */                                            \
	X(FAMILY_WORD, family_word)	  /* inet */                                               \
	X(SOCKET, socket)		  /* SOCK_STREAM|SOCK_CLOEXEC */                           \
	X(SOCKET_WORD, socket_word)	  /* stream */                                             \
	X(PROTOCOL, protocol)		  /* IPPROTO_TCP */                                        \
	X(PROTOCOL_WORD, protocol_word)	  /* tcp */                                                \
	X(NETLINK, netlink)		  /* NETLINK_ROUTE */                                      \
	X(MESSAGE, message)		  /* MSG_PEEK */                                           \
	X(SHUTDOWN, shutdown)		  /* SHUT_WR */                                            \
	X(SOCKET_LEVEL, socket_level)	  /* SOL_SOCKET */                                         \
	X(DNS_TYPE, dns_type)		  /* AAAA */                                               \
	X(DNS_CLASS, dns_class)		  /* IN */                                                 \
	X(DNS_RCODE, dns_rcode)		  /* NXDOMAIN */                                           \
	X(BPF_COMMAND, bpf_command)	  /* BPF_PROG_LOAD */                                      \
	X(BPF_PROGRAM, bpf_program)	  /* BPF_PROG_TYPE_KPROBE */                               \
	X(BPF_ATTACH, bpf_attach)	  /* BPF_LSM_MAC */                                        \
	X(URING_OP, uring_op)		  /* IORING_OP_OPENAT */                                   \
	X(URING_SETUP, uring_setup)	  /* IORING_SETUP_SQPOLL */                                \
	X(URING_REGISTER, uring_register) /* IORING_REGISTER_BUFFERS */                            \
	X(MODULE, module)		  /* MODULE_INIT_IGNORE_VERMAGIC */                        \
	X(KEYCTL, keyctl)		  /* KEYCTL_READ */                                        \
	X(RANDOM, random)		  /* GRND_NONBLOCK */                                      \
	X(REBOOT, reboot)		  /* LINUX_REBOOT_CMD_RESTART */                           \
	X(IOCTL, ioctl)			  /* TIOCSTI: only those that matter to an audit */

enum name_table {
#define X(id, stem) NAME_##id,
	NAME_TABLES(X)
#undef X
		NAME_TABLE_COUNT
};

/* The name of exactly this value; NULL: it has none, or no such table. */
const char *name_value(enum name_table table, uint64_t value);

/*
 * Writes the value in words, "O_WRONLY|O_CREAT|0x8000000"; of a table of plain
 * values the name, or the number if there is none. NUL-terminated, cut at
 * size. Returns the length that the whole text has.
 */
size_t name_flags(enum name_table table, uint64_t value, char *out, size_t size);

/*
 * The value of a name. Letter case does not matter and the table's prefix may
 * be left out: "SIGKILL", "sigkill" and "kill" are one. false: there is none,
 * *value is untouched.
 */
bool name_find(enum name_table table, const char *name, size_t size, uint64_t *value);

/*
 * Writes a set in which bit n stands for the table's value n (capabilities,
 * pending signals): names in order, separator between them. With '\0' as the
 * separator each name gets its NUL: the form of VALUE_LIST in field.h. A bit
 * without a name prints as its number. Names that do not fit whole are left out.
 * Returns the length (VALUE_LIST: with NULs) that the whole text has.
 */
size_t name_set(enum name_table table, uint64_t bits, char separator, char *out, size_t size);

/* Calls visit for each row until it returns false; for help texts and tests. */
void name_each(enum name_table table, bool (*visit)(const char *name, uint64_t value, void *data),
	       void *data);

#endif
