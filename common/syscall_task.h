/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls: processes, credentials, signals, memory, time.
 * syscall.c explains the columns.
 */
#ifndef KWP_SYSCALL_TASK_H
#define KWP_SYSCALL_TASK_H

/* Processes. */
#define SYSCALLS_PROCESSES(X)                                                                      \
	X(fork, 57, 2, -1, G_PROCESS)                                                              \
	X(vfork, 58, 190, -1, G_PROCESS)                                                           \
	X(clone, 56, 120, 220, G_PROCESS, A_CLONE, A_PTR, A_PTR, A_PTR, A_PTR)                     \
	X(clone3, 435, 435, 435, G_PROCESS, A_PTR, A_SIZE)                                         \
	X(execve, 59, 11, 221, G_PROCESS, A_PATH, A_PTR, A_PTR)                                    \
	X(execveat, 322, 358, 281, G_PROCESS, A_ATFD, A_PATH, A_PTR, A_PTR, A_AT)                  \
	X(exit, 60, 1, 93, G_PROCESS, A_INT)                                                       \
	X(exit_group, 231, 252, 94, G_PROCESS, A_INT)                                              \
	X(wait4, 61, 114, 260, G_PROCESS, A_INT, A_PTR, A_WAIT, A_PTR)                             \
	X(waitpid, -1, 7, -1, G_PROCESS, A_INT, A_PTR, A_WAIT)                                     \
	X(waitid, 247, 284, 95, G_PROCESS, A_WAIT_ID, A_INT, A_PTR, A_WAIT, A_PTR)                 \
	X(unshare, 272, 310, 97, 0, A_NAMESPACE)                                                   \
	X(setns, 308, 346, 268, 0, A_FD, A_NAMESPACE)                                              \
	X(ptrace, 101, 26, 117, 0, A_PTRACE, A_INT, A_PTR, A_PTR)                                  \
	X(process_vm_readv, 310, 347, 270, 0, A_INT, A_PTR, A_SIZE, A_PTR, A_SIZE, A_HEX)          \
	X(process_vm_writev, 311, 348, 271, 0, A_INT, A_PTR, A_SIZE, A_PTR, A_SIZE, A_HEX)         \
	X(process_madvise, 440, 440, 440, 0, A_FD, A_PTR, A_SIZE, A_MADVISE, A_HEX)                \
	X(process_mrelease, 448, 448, 448, 0, A_FD, A_HEX)                                         \
	X(kcmp, 312, 349, 272, 0, A_INT, A_INT, A_INT, A_HEX, A_HEX)                               \
	X(pidfd_open, 434, 434, 434, G_DESC, A_INT, A_DESCRIPTOR)                                  \
	X(pidfd_getfd, 438, 438, 438, 0, A_FD, A_FD, A_HEX)                                        \
	X(prctl, 157, 172, 167, G_CREDS, A_PRCTL, A_HEX, A_HEX, A_HEX, A_HEX)                      \
	X(arch_prctl, 158, 384, -1, 0, A_ARCH_PRCTL, A_PTR)                                        \
	X(seccomp, 317, 354, 277, 0, A_SECCOMP, A_HEX, A_PTR)                                      \
	X(landlock_create_ruleset, 444, 444, 444, G_DESC, A_PTR, A_SIZE, A_HEX)                    \
	X(landlock_add_rule, 445, 445, 445, 0, A_FD, A_INT, A_PTR, A_HEX)                          \
	X(landlock_restrict_self, 446, 446, 446, 0, A_FD, A_HEX)                                   \
	X(personality, 135, 136, 92, 0, A_PERSONALITY)                                             \
	X(getpid, 39, 20, 172, 0)                                                                  \
	X(getppid, 110, 64, 173, 0)                                                                \
	X(gettid, 186, 224, 178, 0)                                                                \
	X(getpgrp, 111, 65, -1, 0)                                                                 \
	X(getpgid, 121, 132, 155, 0, A_INT)                                                        \
	X(setpgid, 109, 57, 154, 0, A_INT, A_INT)                                                  \
	X(getsid, 124, 147, 156, 0, A_INT)                                                         \
	X(setsid, 112, 66, 157, 0)                                                                 \
	X(set_tid_address, 218, 258, 96, 0, A_PTR)                                                 \
	X(set_robust_list, 273, 311, 99, 0, A_PTR, A_SIZE)                                         \
	X(get_robust_list, 274, 312, 100, 0, A_INT, A_PTR, A_PTR)                                  \
	X(restart_syscall, 219, 0, 128, 0)                                                         \
	X(rseq, 334, 386, 293, 0, A_PTR, A_SIZE, A_HEX, A_HEX)                                     \
	X(membarrier, 324, 375, 283, 0, A_INT, A_HEX, A_INT)                                       \
	X(getcpu, 309, 318, 168, 0, A_PTR, A_PTR, A_PTR)                                           \
	X(getrlimit, 97, 76, 163, 0, A_RLIMIT, A_PTR)                                              \
	X(ugetrlimit, -1, 191, -1, 0, A_RLIMIT, A_PTR)                                             \
	X(setrlimit, 160, 75, 164, 0, A_RLIMIT, A_PTR)                                             \
	X(prlimit64, 302, 340, 261, 0, A_INT, A_RLIMIT, A_PTR, A_PTR)                              \
	X(getrusage, 98, 77, 165, 0, A_INT, A_PTR)                                                 \
	X(getpriority, 140, 96, 141, 0, A_INT, A_INT)                                              \
	X(setpriority, 141, 97, 140, 0, A_INT, A_INT, A_INT)                                       \
	X(nice, -1, 34, -1, 0, A_INT)                                                              \
	X(ioprio_get, 252, 290, 31, 0, A_INT, A_INT)                                               \
	X(ioprio_set, 251, 289, 30, 0, A_INT, A_INT, A_HEX)                                        \
	X(sched_yield, 24, 158, 124, 0)                                                            \
	X(sched_setparam, 142, 154, 118, 0, A_INT, A_PTR)                                          \
	X(sched_getparam, 143, 155, 121, 0, A_INT, A_PTR)                                          \
	X(sched_setscheduler, 144, 156, 119, 0, A_INT, A_SCHEDULER, A_PTR)                         \
	X(sched_getscheduler, 145, 157, 120, 0, A_INT)                                             \
	X(sched_get_priority_max, 146, 159, 125, 0, A_SCHEDULER)                                   \
	X(sched_get_priority_min, 147, 160, 126, 0, A_SCHEDULER)                                   \
	X(sched_rr_get_interval, 148, 161, 127, 0, A_INT, A_PTR)                                   \
	X(sched_rr_get_interval_time64, -1, 423, -1, 0, A_INT, A_PTR)                              \
	X(sched_setattr, 314, 351, 274, 0, A_INT, A_PTR, A_HEX)                                    \
	X(sched_getattr, 315, 352, 275, 0, A_INT, A_PTR, A_UINT, A_HEX)                            \
	X(sched_setaffinity, 203, 241, 122, 0, A_INT, A_SIZE, A_PTR)                               \
	X(sched_getaffinity, 204, 242, 123, 0, A_INT, A_SIZE, A_PTR)                               \
	X(set_thread_area, 205, 243, -1, 0, A_PTR)                                                 \
	X(get_thread_area, 211, 244, -1, 0, A_PTR)                                                 \
	X(modify_ldt, 154, 123, -1, 0, A_INT, A_PTR, A_SIZE)                                       \
	X(vm86old, -1, 113, -1, 0, A_PTR)                                                          \
	X(vm86, -1, 166, -1, 0, A_HEX, A_PTR)                                                      \
	X(iopl, 172, 110, -1, 0, A_INT)                                                            \
	X(ioperm, 173, 101, -1, 0, A_SIZE, A_SIZE, A_INT)

/* Credentials. */
#define SYSCALLS_CREDENTIALS(X)                                                                    \
	X(getuid, 102, 24, 174, G_CREDS)                                                           \
	X(geteuid, 107, 49, 175, G_CREDS)                                                          \
	X(getgid, 104, 47, 176, G_CREDS)                                                           \
	X(getegid, 108, 50, 177, G_CREDS)                                                          \
	X(setuid, 105, 23, 146, G_CREDS, A_UID)                                                    \
	X(setgid, 106, 46, 144, G_CREDS, A_UID)                                                    \
	X(setreuid, 113, 70, 145, G_CREDS, A_UID, A_UID)                                           \
	X(setregid, 114, 71, 143, G_CREDS, A_UID, A_UID)                                           \
	X(setresuid, 117, 164, 147, G_CREDS, A_UID, A_UID, A_UID)                                  \
	X(setresgid, 119, 170, 149, G_CREDS, A_UID, A_UID, A_UID)                                  \
	X(getresuid, 118, 165, 148, G_CREDS, A_PTR, A_PTR, A_PTR)                                  \
	X(getresgid, 120, 171, 150, G_CREDS, A_PTR, A_PTR, A_PTR)                                  \
	X(setfsuid, 122, 138, 151, G_CREDS, A_UID)                                                 \
	X(setfsgid, 123, 139, 152, G_CREDS, A_UID)                                                 \
	X(getgroups, 115, 80, 158, G_CREDS, A_INT, A_PTR)                                          \
	X(setgroups, 116, 81, 159, G_CREDS, A_INT, A_PTR)                                          \
	X(capget, 125, 184, 90, G_CREDS, A_PTR, A_PTR)                                             \
	X(capset, 126, 185, 91, G_CREDS, A_PTR, A_PTR)                                             \
	X(getuid32, -1, 199, -1, G_CREDS)                                                          \
	X(geteuid32, -1, 201, -1, G_CREDS)                                                         \
	X(getgid32, -1, 200, -1, G_CREDS)                                                          \
	X(getegid32, -1, 202, -1, G_CREDS)                                                         \
	X(setuid32, -1, 213, -1, G_CREDS, A_UID)                                                   \
	X(setgid32, -1, 214, -1, G_CREDS, A_UID)                                                   \
	X(setreuid32, -1, 203, -1, G_CREDS, A_UID, A_UID)                                          \
	X(setregid32, -1, 204, -1, G_CREDS, A_UID, A_UID)                                          \
	X(setresuid32, -1, 208, -1, G_CREDS, A_UID, A_UID, A_UID)                                  \
	X(setresgid32, -1, 210, -1, G_CREDS, A_UID, A_UID, A_UID)                                  \
	X(getresuid32, -1, 209, -1, G_CREDS, A_PTR, A_PTR, A_PTR)                                  \
	X(getresgid32, -1, 211, -1, G_CREDS, A_PTR, A_PTR, A_PTR)                                  \
	X(setfsuid32, -1, 215, -1, G_CREDS, A_UID)                                                 \
	X(setfsgid32, -1, 216, -1, G_CREDS, A_UID)                                                 \
	X(getgroups32, -1, 205, -1, G_CREDS, A_INT, A_PTR)                                         \
	X(setgroups32, -1, 206, -1, G_CREDS, A_INT, A_PTR)                                         \
	X(lsm_get_self_attr, 459, 459, 459, 0, A_UINT, A_PTR, A_PTR, A_HEX)                        \
	X(lsm_set_self_attr, 460, 460, 460, 0, A_UINT, A_PTR, A_UINT, A_HEX)                       \
	X(lsm_list_modules, 461, 461, 461, 0, A_PTR, A_PTR, A_HEX)

/* Signals. */
#define SYSCALLS_SIGNALS(X)                                                                        \
	X(kill, 62, 37, 129, G_PROCESS | G_SIGNAL, A_INT, A_SIGNAL)                                \
	X(tkill, 200, 238, 130, G_PROCESS | G_SIGNAL, A_INT, A_SIGNAL)                             \
	X(tgkill, 234, 270, 131, G_PROCESS | G_SIGNAL, A_INT, A_INT, A_SIGNAL)                     \
	X(pidfd_send_signal, 424, 424, 424, G_PROCESS | G_SIGNAL, A_FD, A_SIGNAL, A_PTR, A_HEX)    \
	X(rt_sigqueueinfo, 129, 178, 138, G_PROCESS | G_SIGNAL, A_INT, A_SIGNAL, A_PTR)            \
	X(rt_tgsigqueueinfo, 297, 335, 240, G_PROCESS | G_SIGNAL, A_INT, A_INT, A_SIGNAL, A_PTR)   \
	X(rt_sigaction, 13, 174, 134, G_SIGNAL, A_SIGNAL, A_PTR, A_PTR, A_SIZE)                    \
	X(rt_sigprocmask, 14, 175, 135, G_SIGNAL, A_SIGNAL_MASK, A_PTR, A_PTR, A_SIZE)             \
	X(rt_sigpending, 127, 176, 136, G_SIGNAL, A_PTR, A_SIZE)                                   \
	X(rt_sigsuspend, 130, 179, 133, G_SIGNAL, A_PTR, A_SIZE)                                   \
	X(rt_sigtimedwait, 128, 177, 137, G_SIGNAL, A_PTR, A_PTR, A_PTR, A_SIZE)                   \
	X(rt_sigtimedwait_time64, -1, 421, -1, G_SIGNAL, A_PTR, A_PTR, A_PTR, A_SIZE)              \
	X(rt_sigreturn, 15, 173, 139, G_SIGNAL)                                                    \
	X(sigaltstack, 131, 186, 132, G_SIGNAL, A_PTR, A_PTR)                                      \
	X(sigaction, -1, 67, -1, G_SIGNAL, A_SIGNAL, A_PTR, A_PTR)                                 \
	X(sigprocmask, -1, 126, -1, G_SIGNAL, A_SIGNAL_MASK, A_PTR, A_PTR)                         \
	X(sigpending, -1, 73, -1, G_SIGNAL, A_PTR)                                                 \
	X(sigsuspend, -1, 72, -1, G_SIGNAL, A_HEX, A_HEX, A_HEX)                                   \
	X(sigreturn, -1, 119, -1, G_SIGNAL)                                                        \
	X(signal, -1, 48, -1, G_SIGNAL, A_SIGNAL, A_PTR)                                           \
	X(sgetmask, -1, 68, -1, G_SIGNAL)                                                          \
	X(ssetmask, -1, 69, -1, G_SIGNAL, A_HEX)                                                   \
	X(pause, 34, 29, -1, G_SIGNAL)                                                             \
	X(signalfd, 282, 321, -1, G_SIGNAL, A_FD, A_PTR, A_SIZE)                                   \
	X(signalfd4, 289, 327, 74, G_SIGNAL, A_FD, A_PTR, A_SIZE, A_DESCRIPTOR)

/* Memory. */
#define SYSCALLS_MEMORY(X)                                                                         \
	X(brk, 12, 45, 214, G_MEMORY | G_HEX, A_PTR)                                               \
	X(mmap, 9, 90, 222, G_MEMORY | G_HEX, A_PTR, A_SIZE, A_PROT, A_MAP, A_FD, A_HEX)           \
	X(mmap2, -1, 192, -1, G_MEMORY | G_HEX, A_PTR, A_SIZE, A_PROT, A_MAP, A_FD, A_HEX)         \
	X(munmap, 11, 91, 215, G_MEMORY, A_PTR, A_SIZE)                                            \
	X(mremap, 25, 163, 216, G_MEMORY | G_HEX, A_PTR, A_SIZE, A_SIZE, A_MREMAP, A_PTR)          \
	X(mprotect, 10, 125, 226, G_MEMORY, A_PTR, A_SIZE, A_PROT)                                 \
	X(pkey_mprotect, 329, 380, 288, G_MEMORY, A_PTR, A_SIZE, A_PROT, A_INT)                    \
	X(pkey_alloc, 330, 381, 289, 0, A_HEX, A_HEX)                                              \
	X(pkey_free, 331, 382, 290, 0, A_INT)                                                      \
	X(madvise, 28, 219, 233, G_MEMORY, A_PTR, A_SIZE, A_MADVISE)                               \
	X(mincore, 27, 218, 232, G_MEMORY, A_PTR, A_SIZE, A_PTR)                                   \
	X(msync, 26, 144, 227, G_MEMORY, A_PTR, A_SIZE, A_HEX)                                     \
	X(mlock, 149, 150, 228, G_MEMORY, A_PTR, A_SIZE)                                           \
	X(mlock2, 325, 376, 284, G_MEMORY, A_PTR, A_SIZE, A_HEX)                                   \
	X(munlock, 150, 151, 229, G_MEMORY, A_PTR, A_SIZE)                                         \
	X(mlockall, 151, 152, 230, G_MEMORY, A_HEX)                                                \
	X(munlockall, 152, 153, 231, G_MEMORY)                                                     \
	X(remap_file_pages, 216, 257, 234, G_MEMORY, A_PTR, A_SIZE, A_PROT, A_SIZE, A_HEX)         \
	X(mbind, 237, 274, 235, G_MEMORY, A_PTR, A_SIZE, A_INT, A_PTR, A_SIZE, A_HEX)              \
	X(set_mempolicy, 238, 276, 237, G_MEMORY, A_INT, A_PTR, A_SIZE)                            \
	X(get_mempolicy, 239, 275, 236, G_MEMORY, A_PTR, A_PTR, A_SIZE, A_PTR, A_HEX)              \
	X(set_mempolicy_home_node, 450, 450, 450, G_MEMORY, A_PTR, A_SIZE, A_SIZE, A_HEX)          \
	X(migrate_pages, 256, 294, 238, G_MEMORY, A_INT, A_SIZE, A_PTR, A_PTR)                     \
	X(move_pages, 279, 317, 239, G_MEMORY, A_INT, A_SIZE, A_PTR, A_PTR, A_PTR, A_HEX)          \
	X(map_shadow_stack, 453, 453, 453, G_MEMORY | G_HEX, A_PTR, A_SIZE, A_HEX)                 \
	X(mseal, 462, 462, 462, G_MEMORY, A_PTR, A_SIZE, A_HEX)

/* Time. */
#define SYSCALLS_TIME(X)                                                                           \
	X(time, 201, 13, -1, 0, A_PTR)                                                             \
	X(stime, -1, 25, -1, 0, A_PTR)                                                             \
	X(gettimeofday, 96, 78, 169, 0, A_PTR, A_PTR)                                              \
	X(settimeofday, 164, 79, 170, 0, A_PTR, A_PTR)                                             \
	X(adjtimex, 159, 124, 171, 0, A_PTR)                                                       \
	X(times, 100, 43, 153, 0, A_PTR)                                                           \
	X(ftime, -1, 35, -1, 0)                                                                    \
	X(alarm, 37, 27, -1, 0, A_UINT)                                                            \
	X(nanosleep, 35, 162, 101, 0, A_PTR, A_PTR)                                                \
	X(getitimer, 36, 105, 102, 0, A_INT, A_PTR)                                                \
	X(setitimer, 38, 104, 103, 0, A_INT, A_PTR, A_PTR)                                         \
	X(clock_settime, 227, 264, 112, 0, A_CLOCK, A_PTR)                                         \
	X(clock_gettime, 228, 265, 113, 0, A_CLOCK, A_PTR)                                         \
	X(clock_getres, 229, 266, 114, 0, A_CLOCK, A_PTR)                                          \
	X(clock_nanosleep, 230, 267, 115, 0, A_CLOCK, A_HEX, A_PTR, A_PTR)                         \
	X(clock_adjtime, 305, 343, 266, 0, A_CLOCK, A_PTR)                                         \
	X(clock_settime64, -1, 404, -1, 0, A_CLOCK, A_PTR)                                         \
	X(clock_gettime64, -1, 403, -1, 0, A_CLOCK, A_PTR)                                         \
	X(clock_getres_time64, -1, 406, -1, 0, A_CLOCK, A_PTR)                                     \
	X(clock_nanosleep_time64, -1, 407, -1, 0, A_CLOCK, A_HEX, A_PTR, A_PTR)                    \
	X(clock_adjtime64, -1, 405, -1, 0, A_CLOCK, A_PTR)                                         \
	X(timer_create, 222, 259, 107, 0, A_CLOCK, A_PTR, A_PTR)                                   \
	X(timer_settime, 223, 260, 110, 0, A_INT, A_HEX, A_PTR, A_PTR)                             \
	X(timer_gettime, 224, 261, 108, 0, A_INT, A_PTR)                                           \
	X(timer_settime64, -1, 409, -1, 0, A_INT, A_HEX, A_PTR, A_PTR)                             \
	X(timer_gettime64, -1, 408, -1, 0, A_INT, A_PTR)                                           \
	X(timer_getoverrun, 225, 262, 109, 0, A_INT)                                               \
	X(timer_delete, 226, 263, 111, 0, A_INT)                                                   \
	X(timerfd_create, 283, 322, 85, G_DESC, A_CLOCK, A_DESCRIPTOR)                             \
	X(timerfd_settime, 286, 325, 86, 0, A_FD, A_HEX, A_PTR, A_PTR)                             \
	X(timerfd_gettime, 287, 326, 87, 0, A_FD, A_PTR)                                           \
	X(timerfd_settime64, -1, 411, -1, 0, A_FD, A_HEX, A_PTR, A_PTR)                            \
	X(timerfd_gettime64, -1, 410, -1, 0, A_FD, A_PTR)

#endif
