/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls: sockets, messages, the kernel itself, and what is gone.
 * syscall.c explains the columns.
 */
#ifndef KWP_SYSCALL_SYSTEM_H
#define KWP_SYSCALL_SYSTEM_H

/* Sockets. */
#define SYSCALLS_SOCKETS(X)                                                                        \
	X(socket, 41, 359, 198, G_NETWORK, A_FAMILY, A_SOCKET, A_PROTOCOL_OF)                      \
	X(socketpair, 53, 360, 199, G_NETWORK, A_FAMILY, A_SOCKET, A_PROTOCOL_OF, A_PTR)           \
	X(bind, 49, 361, 200, G_NETWORK, A_FD, A_PTR, A_SIZE)                                      \
	X(connect, 42, 362, 203, G_NETWORK, A_FD, A_PTR, A_SIZE)                                   \
	X(listen, 50, 363, 201, G_NETWORK, A_FD, A_INT)                                            \
	X(accept, 43, -1, 202, G_NETWORK, A_FD, A_PTR, A_PTR)                                      \
	X(accept4, 288, 364, 242, G_NETWORK, A_FD, A_PTR, A_PTR, A_SOCKET)                         \
	X(getsockname, 51, 367, 204, G_NETWORK, A_FD, A_PTR, A_PTR)                                \
	X(getpeername, 52, 368, 205, G_NETWORK, A_FD, A_PTR, A_PTR)                                \
	X(sendto, 44, 369, 206, G_NETWORK, A_FD, A_PTR, A_SIZE, A_MESSAGE, A_PTR, A_SIZE)          \
	X(recvfrom, 45, 371, 207, G_NETWORK, A_FD, A_PTR, A_SIZE, A_MESSAGE, A_PTR, A_PTR)         \
	X(sendmsg, 46, 370, 211, G_NETWORK, A_FD, A_PTR, A_MESSAGE)                                \
	X(recvmsg, 47, 372, 212, G_NETWORK, A_FD, A_PTR, A_MESSAGE)                                \
	X(sendmmsg, 307, 345, 269, G_NETWORK, A_FD, A_PTR, A_UINT, A_MESSAGE)                      \
	X(recvmmsg, 299, 337, 243, G_NETWORK, A_FD, A_PTR, A_UINT, A_MESSAGE, A_PTR)               \
	X(recvmmsg_time64, -1, 417, -1, G_NETWORK, A_FD, A_PTR, A_UINT, A_MESSAGE, A_PTR)          \
	X(shutdown, 48, 373, 210, G_NETWORK, A_FD, A_SHUTDOWN)                                     \
	X(setsockopt, 54, 366, 208, G_NETWORK, A_FD, A_SOCKET_LEVEL, A_INT, A_PTR, A_SIZE)         \
	X(getsockopt, 55, 365, 209, G_NETWORK, A_FD, A_SOCKET_LEVEL, A_INT, A_PTR, A_PTR)          \
	X(socketcall, -1, 102, -1, G_NETWORK, A_INT, A_PTR)

/* Messages. */
#define SYSCALLS_MESSAGES(X)                                                                       \
	X(shmget, 29, 395, 194, G_IPC, A_INT, A_SIZE, A_HEX)                                       \
	X(shmat, 30, 397, 196, G_IPC | G_MEMORY | G_HEX, A_INT, A_PTR, A_HEX)                      \
	X(shmdt, 67, 398, 197, G_IPC | G_MEMORY, A_PTR)                                            \
	X(shmctl, 31, 396, 195, G_IPC, A_INT, A_INT, A_PTR)                                        \
	X(semget, 64, 393, 190, G_IPC, A_INT, A_INT, A_HEX)                                        \
	X(semop, 65, -1, 193, G_IPC, A_INT, A_PTR, A_UINT)                                         \
	X(semtimedop, 220, -1, 192, G_IPC, A_INT, A_PTR, A_UINT, A_PTR)                            \
	X(semtimedop_time64, -1, 420, -1, G_IPC, A_INT, A_PTR, A_UINT, A_PTR)                      \
	X(semctl, 66, 394, 191, G_IPC, A_INT, A_INT, A_INT, A_HEX)                                 \
	X(msgget, 68, 399, 186, G_IPC, A_INT, A_HEX)                                               \
	X(msgsnd, 69, 400, 189, G_IPC, A_INT, A_PTR, A_SIZE, A_HEX)                                \
	X(msgrcv, 70, 401, 188, G_IPC, A_INT, A_PTR, A_SIZE, A_LONG, A_HEX)                        \
	X(msgctl, 71, 402, 187, G_IPC, A_INT, A_INT, A_PTR)                                        \
	X(ipc, -1, 117, -1, G_IPC, A_UINT, A_INT, A_SIZE, A_SIZE, A_PTR, A_LONG)                   \
	X(mq_open, 240, 277, 180, G_DESC, A_TEXT, A_OPEN, A_OPEN_MODE, A_PTR)                      \
	X(mq_unlink, 241, 278, 181, 0, A_TEXT)                                                     \
	X(mq_timedsend, 242, 279, 182, 0, A_FD, A_PTR, A_SIZE, A_UINT, A_PTR)                      \
	X(mq_timedreceive, 243, 280, 183, 0, A_FD, A_PTR, A_SIZE, A_PTR, A_PTR)                    \
	X(mq_timedsend_time64, -1, 418, -1, 0, A_FD, A_PTR, A_SIZE, A_UINT, A_PTR)                 \
	X(mq_timedreceive_time64, -1, 419, -1, 0, A_FD, A_PTR, A_SIZE, A_PTR, A_PTR)               \
	X(mq_notify, 244, 281, 184, 0, A_FD, A_PTR)                                                \
	X(mq_getsetattr, 245, 282, 185, 0, A_FD, A_PTR, A_PTR)                                     \
	X(futex, 202, 240, 98, 0, A_PTR, A_FUTEX, A_HEX, A_PTR, A_PTR, A_HEX)                      \
	X(futex_time64, -1, 422, -1, 0, A_PTR, A_FUTEX, A_HEX, A_PTR, A_PTR, A_HEX)                \
	X(futex_waitv, 449, 449, 449, 0, A_PTR, A_UINT, A_HEX, A_PTR, A_CLOCK)                     \
	X(futex_wake, 454, 454, 454, 0, A_PTR, A_HEX, A_INT, A_HEX)                                \
	X(futex_wait, 455, 455, 455, 0, A_PTR, A_HEX, A_HEX, A_HEX, A_PTR, A_CLOCK)                \
	X(futex_requeue, 456, 456, 456, 0, A_PTR, A_HEX, A_INT, A_INT)

/* Kernel. */
#define SYSCALLS_KERNEL(X)                                                                         \
	X(bpf, 321, 357, 280, G_DESC, A_BPF_COMMAND, A_PTR, A_SIZE)                                \
	X(perf_event_open, 298, 336, 241, G_DESC, A_PTR, A_INT, A_INT, A_INT, A_HEX)               \
	X(init_module, 175, 128, 105, 0, A_PTR, A_SIZE, A_TEXT)                                    \
	X(finit_module, 313, 350, 273, 0, A_FD, A_TEXT, A_MODULE)                                  \
	X(delete_module, 176, 129, 106, 0, A_TEXT, A_DESCRIPTOR)                                   \
	X(kexec_load, 246, 283, 104, 0, A_PTR, A_SIZE, A_PTR, A_HEX)                               \
	X(kexec_file_load, 320, -1, 294, 0, A_FD, A_FD, A_SIZE, A_TEXT, A_HEX)                     \
	X(reboot, 169, 88, 142, 0, A_HEX, A_HEX, A_REBOOT, A_PTR)                                  \
	X(syslog, 103, 103, 116, 0, A_INT, A_PTR, A_INT)                                           \
	X(add_key, 248, 286, 217, 0, A_TEXT, A_TEXT, A_PTR, A_SIZE, A_INT)                         \
	X(request_key, 249, 287, 218, 0, A_TEXT, A_TEXT, A_TEXT, A_INT)                            \
	X(keyctl, 250, 288, 219, 0, A_KEYCTL, A_HEX, A_HEX, A_HEX, A_HEX)                          \
	X(getrandom, 318, 355, 278, 0, A_PTR, A_SIZE, A_RANDOM)                                    \
	X(uname, 63, 122, 160, 0, A_PTR)                                                           \
	X(olduname, -1, 109, -1, 0, A_PTR)                                                         \
	X(oldolduname, -1, 59, -1, 0, A_PTR)                                                       \
	X(sethostname, 170, 74, 161, 0, A_PTR, A_SIZE)                                             \
	X(setdomainname, 171, 121, 162, 0, A_PTR, A_SIZE)                                          \
	X(sysinfo, 99, 116, 179, 0, A_PTR)                                                         \
	X(vhangup, 153, 111, 58, 0)                                                                \
	X(uretprobe, 335, -1, -1, 0)                                                               \
	X(_sysctl, 156, 149, -1, 0, A_PTR)

/* Gone. */
#define SYSCALLS_GONE(X)                                                                           \
	X(create_module, 174, 127, -1, 0, A_TEXT, A_SIZE)                                          \
	X(get_kernel_syms, 177, 130, -1, 0, A_PTR)                                                 \
	X(query_module, 178, 167, -1, 0, A_TEXT, A_INT, A_PTR, A_SIZE, A_PTR)                      \
	X(getpmsg, 181, 188, -1, G_NETWORK, A_INT, A_PTR, A_PTR, A_PTR, A_PTR)                     \
	X(putpmsg, 182, 189, -1, G_NETWORK, A_INT, A_PTR, A_PTR, A_INT, A_INT)                     \
	X(afs_syscall, 183, 137, -1, 0, A_HEX, A_HEX, A_HEX, A_HEX, A_HEX)                         \
	X(tuxcall, 184, -1, -1, 0, A_HEX, A_HEX, A_HEX)                                            \
	X(security, 185, -1, -1, 0, A_HEX, A_HEX, A_HEX)                                           \
	X(vserver, 236, 273, -1, 0, A_HEX, A_HEX, A_HEX, A_HEX, A_HEX)                             \
	X(break, -1, 17, -1, 0)                                                                    \
	X(stty, -1, 31, -1, 0)                                                                     \
	X(gtty, -1, 32, -1, 0)                                                                     \
	X(prof, -1, 44, -1, 0)                                                                     \
	X(lock, -1, 53, -1, 0)                                                                     \
	X(mpx, -1, 56, -1, 0)                                                                      \
	X(ulimit, -1, 58, -1, 0)                                                                   \
	X(profil, -1, 98, -1, 0)                                                                   \
	X(idle, -1, 112, -1, 0)

#endif
