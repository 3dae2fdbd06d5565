/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls: descriptors, names, mounts.
 * syscall.c explains the columns.
 */
#ifndef KWP_SYSCALL_FILE_H
#define KWP_SYSCALL_FILE_H

/* Descriptors. */
#define SYSCALLS_DESCRIPTORS(X)                                                                    \
	X(read, 0, 3, 63, 0, A_FD, A_PTR, A_SIZE)                                                  \
	X(write, 1, 4, 64, 0, A_FD, A_PTR, A_SIZE)                                                 \
	X(pread64, 17, 180, 67, 0, A_FD, A_PTR, A_SIZE, A_LONG)                                    \
	X(pwrite64, 18, 181, 68, 0, A_FD, A_PTR, A_SIZE, A_LONG)                                   \
	X(readv, 19, 145, 65, 0, A_FD, A_PTR, A_UINT)                                              \
	X(writev, 20, 146, 66, 0, A_FD, A_PTR, A_UINT)                                             \
	X(preadv, 295, 333, 69, 0, A_FD, A_PTR, A_UINT, A_LONG, A_LONG)                            \
	X(pwritev, 296, 334, 70, 0, A_FD, A_PTR, A_UINT, A_LONG, A_LONG)                           \
	X(preadv2, 327, 378, 286, 0, A_FD, A_PTR, A_UINT, A_LONG, A_LONG, A_HEX)                   \
	X(pwritev2, 328, 379, 287, 0, A_FD, A_PTR, A_UINT, A_LONG, A_LONG, A_HEX)                  \
	X(open, 2, 5, -1, 0, A_PATH, A_OPEN, A_OPEN_MODE)                                          \
	X(openat, 257, 295, 56, 0, A_ATFD, A_PATH, A_OPEN, A_OPEN_MODE)                            \
	X(openat2, 437, 437, 437, 0, A_ATFD, A_PATH, A_PTR, A_SIZE)                                \
	X(open_by_handle_at, 304, 342, 265, 0, A_FD, A_PTR, A_OPEN)                                \
	X(name_to_handle_at, 303, 341, 264, 0, A_ATFD, A_PATH, A_PTR, A_PTR, A_AT)                 \
	X(creat, 85, 8, -1, G_DESC, A_PATH, A_MODE)                                                \
	X(close, 3, 6, 57, 0, A_FD)                                                                \
	X(close_range, 436, 436, 436, G_DESC, A_UINT, A_UINT, A_CLOSE_RANGE)                       \
	X(lseek, 8, 19, 62, 0, A_FD, A_LONG, A_SEEK)                                               \
	X(_llseek, -1, 140, -1, 0, A_FD, A_SIZE, A_SIZE, A_PTR, A_SEEK)                            \
	X(dup, 32, 41, 23, 0, A_FD)                                                                \
	X(dup2, 33, 63, -1, 0, A_FD, A_FD)                                                         \
	X(dup3, 292, 330, 24, 0, A_FD, A_FD, A_DESCRIPTOR)                                         \
	X(fcntl, 72, 55, 25, 0, A_FD, A_FCNTL, A_HEX)                                              \
	X(fcntl64, -1, 221, -1, 0, A_FD, A_FCNTL, A_HEX)                                           \
	X(ioctl, 16, 54, 29, 0, A_FD, A_IOCTL, A_HEX)                                              \
	X(flock, 73, 143, 32, 0, A_FD, A_HEX)                                                      \
	X(fsync, 74, 118, 82, 0, A_FD)                                                             \
	X(fdatasync, 75, 148, 83, 0, A_FD)                                                         \
	X(syncfs, 306, 344, 267, 0, A_FD)                                                          \
	X(sync, 162, 36, 81, 0)                                                                    \
	X(sync_file_range, 277, 314, 84, 0, A_FD, A_LONG, A_LONG, A_HEX)                           \
	X(fadvise64, 221, 250, 223, 0, A_FD, A_LONG, A_SIZE, A_INT)                                \
	X(fadvise64_64, -1, 272, -1, 0, A_FD, A_LONG, A_LONG, A_INT)                               \
	X(readahead, 187, 225, 213, 0, A_FD, A_LONG, A_SIZE)                                       \
	X(fallocate, 285, 324, 47, 0, A_FD, A_FALLOCATE, A_LONG, A_LONG)                           \
	X(ftruncate, 77, 93, 46, 0, A_FD, A_LONG)                                                  \
	X(ftruncate64, -1, 194, -1, 0, A_FD, A_LONG, A_LONG)                                       \
	X(truncate, 76, 92, 45, 0, A_PATH, A_LONG)                                                 \
	X(truncate64, -1, 193, -1, 0, A_PATH, A_LONG, A_LONG)                                      \
	X(copy_file_range, 326, 377, 285, 0, A_FD, A_PTR, A_FD, A_PTR, A_SIZE, A_HEX)              \
	X(sendfile, 40, 187, 71, G_DESC | G_NETWORK, A_FD, A_FD, A_PTR, A_SIZE)                    \
	X(sendfile64, -1, 239, -1, G_DESC | G_NETWORK, A_FD, A_FD, A_PTR, A_SIZE)                  \
	X(splice, 275, 313, 76, 0, A_FD, A_PTR, A_FD, A_PTR, A_SIZE, A_HEX)                        \
	X(tee, 276, 315, 77, 0, A_FD, A_FD, A_SIZE, A_HEX)                                         \
	X(vmsplice, 278, 316, 75, 0, A_FD, A_PTR, A_SIZE, A_HEX)                                   \
	X(pipe, 22, 42, -1, G_DESC, A_PTR)                                                         \
	X(pipe2, 293, 331, 59, G_DESC, A_PTR, A_DESCRIPTOR)                                        \
	X(getdents, 78, 141, -1, 0, A_FD, A_PTR, A_UINT)                                           \
	X(getdents64, 217, 220, 61, 0, A_FD, A_PTR, A_UINT)                                        \
	X(readdir, -1, 89, -1, 0, A_FD, A_PTR, A_UINT)                                             \
	X(poll, 7, 168, -1, G_DESC, A_PTR, A_UINT, A_INT)                                          \
	X(ppoll, 271, 309, 73, G_DESC, A_PTR, A_UINT, A_PTR, A_PTR, A_SIZE)                        \
	X(ppoll_time64, -1, 414, -1, G_DESC, A_PTR, A_UINT, A_PTR, A_PTR, A_SIZE)                  \
	X(select, 23, 82, -1, G_DESC, A_INT, A_PTR, A_PTR, A_PTR, A_PTR)                           \
	X(_newselect, -1, 142, -1, G_DESC, A_INT, A_PTR, A_PTR, A_PTR, A_PTR)                      \
	X(pselect6, 270, 308, 72, G_DESC, A_INT, A_PTR, A_PTR, A_PTR, A_PTR, A_PTR)                \
	X(pselect6_time64, -1, 413, -1, G_DESC, A_INT, A_PTR, A_PTR, A_PTR, A_PTR, A_PTR)          \
	X(epoll_create, 213, 254, -1, G_DESC, A_INT)                                               \
	X(epoll_create1, 291, 329, 20, G_DESC, A_DESCRIPTOR)                                       \
	X(epoll_ctl, 233, 255, 21, 0, A_FD, A_EPOLL, A_FD, A_PTR)                                  \
	X(epoll_wait, 232, 256, -1, 0, A_FD, A_PTR, A_INT, A_INT)                                  \
	X(epoll_pwait, 281, 319, 22, 0, A_FD, A_PTR, A_INT, A_INT, A_PTR, A_SIZE)                  \
	X(epoll_pwait2, 441, 441, 441, 0, A_FD, A_PTR, A_INT, A_PTR, A_PTR, A_SIZE)                \
	X(epoll_ctl_old, 214, -1, -1, 0, A_INT, A_INT, A_INT, A_PTR)                               \
	X(epoll_wait_old, 215, -1, -1, 0, A_INT, A_PTR, A_INT, A_INT)                              \
	X(eventfd, 284, 323, -1, G_DESC, A_UINT)                                                   \
	X(eventfd2, 290, 328, 19, G_DESC, A_UINT, A_DESCRIPTOR)                                    \
	X(inotify_init, 253, 291, -1, G_DESC)                                                      \
	X(inotify_init1, 294, 332, 26, G_DESC, A_DESCRIPTOR)                                       \
	X(inotify_add_watch, 254, 292, 27, 0, A_FD, A_PATH, A_HEX)                                 \
	X(inotify_rm_watch, 255, 293, 28, 0, A_FD, A_INT)                                          \
	X(fanotify_init, 300, 338, 262, G_DESC, A_HEX, A_OPEN)                                     \
	X(fanotify_mark, 301, 339, 263, 0, A_FD, A_HEX, A_HEX, A_ATFD, A_PATH)                     \
	X(memfd_create, 319, 356, 279, G_DESC, A_TEXT, A_MEMFD)                                    \
	X(memfd_secret, 447, 447, 447, G_DESC, A_DESCRIPTOR)                                       \
	X(userfaultfd, 323, 374, 282, G_DESC, A_DESCRIPTOR)                                        \
	X(io_setup, 206, 245, 0, G_MEMORY, A_UINT, A_PTR)                                          \
	X(io_destroy, 207, 246, 1, G_MEMORY, A_HEX)                                                \
	X(io_getevents, 208, 247, 4, 0, A_HEX, A_LONG, A_LONG, A_PTR, A_PTR)                       \
	X(io_pgetevents, 333, 385, 292, 0, A_HEX, A_LONG, A_LONG, A_PTR, A_PTR, A_PTR)             \
	X(io_pgetevents_time64, -1, 416, -1, 0, A_HEX, A_LONG, A_LONG, A_PTR, A_PTR, A_PTR)        \
	X(io_submit, 209, 248, 2, 0, A_HEX, A_LONG, A_PTR)                                         \
	X(io_cancel, 210, 249, 3, 0, A_HEX, A_PTR, A_PTR)                                          \
	X(io_uring_setup, 425, 425, 425, G_DESC, A_UINT, A_PTR)                                    \
	X(io_uring_enter, 426, 426, 426, 0, A_FD, A_UINT, A_UINT, A_HEX, A_PTR, A_SIZE)            \
	X(io_uring_register, 427, 427, 427, 0, A_FD, A_URING_REGISTER, A_PTR, A_UINT)

/* Names. */
#define SYSCALLS_NAMES(X)                                                                          \
	X(stat, 4, 106, -1, 0, A_PATH, A_PTR)                                                      \
	X(lstat, 6, 107, -1, 0, A_PATH, A_PTR)                                                     \
	X(fstat, 5, 108, 80, 0, A_FD, A_PTR)                                                       \
	X(newfstatat, 262, -1, 79, 0, A_ATFD, A_PATH, A_PTR, A_AT)                                 \
	X(stat64, -1, 195, -1, 0, A_PATH, A_PTR)                                                   \
	X(lstat64, -1, 196, -1, 0, A_PATH, A_PTR)                                                  \
	X(fstat64, -1, 197, -1, 0, A_FD, A_PTR)                                                    \
	X(fstatat64, -1, 300, -1, 0, A_ATFD, A_PATH, A_PTR, A_AT)                                  \
	X(oldstat, -1, 18, -1, 0, A_PATH, A_PTR)                                                   \
	X(oldlstat, -1, 84, -1, 0, A_PATH, A_PTR)                                                  \
	X(oldfstat, -1, 28, -1, 0, A_FD, A_PTR)                                                    \
	X(statx, 332, 383, 291, 0, A_ATFD, A_PATH, A_AT, A_HEX, A_PTR)                             \
	X(statfs, 137, 99, 43, 0, A_PATH, A_PTR)                                                   \
	X(fstatfs, 138, 100, 44, 0, A_FD, A_PTR)                                                   \
	X(statfs64, -1, 268, -1, 0, A_PATH, A_SIZE, A_PTR)                                         \
	X(fstatfs64, -1, 269, -1, 0, A_FD, A_SIZE, A_PTR)                                          \
	X(ustat, 136, 62, -1, 0, A_HEX, A_PTR)                                                     \
	X(access, 21, 33, -1, 0, A_PATH, A_ACCESS)                                                 \
	X(faccessat, 269, 307, 48, 0, A_ATFD, A_PATH, A_ACCESS)                                    \
	X(faccessat2, 439, 439, 439, 0, A_ATFD, A_PATH, A_ACCESS, A_AT)                            \
	X(chmod, 90, 15, -1, 0, A_PATH, A_MODE)                                                    \
	X(fchmod, 91, 94, 52, 0, A_FD, A_MODE)                                                     \
	X(fchmodat, 268, 306, 53, 0, A_ATFD, A_PATH, A_MODE)                                       \
	X(fchmodat2, 452, 452, 452, 0, A_ATFD, A_PATH, A_MODE, A_AT)                               \
	X(chown, 92, 182, -1, 0, A_PATH, A_UID, A_UID)                                             \
	X(lchown, 94, 16, -1, 0, A_PATH, A_UID, A_UID)                                             \
	X(fchown, 93, 95, 55, 0, A_FD, A_UID, A_UID)                                               \
	X(fchownat, 260, 298, 54, 0, A_ATFD, A_PATH, A_UID, A_UID, A_AT)                           \
	X(chown32, -1, 212, -1, 0, A_PATH, A_UID, A_UID)                                           \
	X(lchown32, -1, 198, -1, 0, A_PATH, A_UID, A_UID)                                          \
	X(fchown32, -1, 207, -1, 0, A_FD, A_UID, A_UID)                                            \
	X(umask, 95, 60, 166, 0, A_MODE)                                                           \
	X(rename, 82, 38, -1, 0, A_PATH, A_PATH)                                                   \
	X(renameat, 264, 302, 38, 0, A_ATFD, A_PATH, A_ATFD, A_PATH)                               \
	X(renameat2, 316, 353, 276, 0, A_ATFD, A_PATH, A_ATFD, A_PATH, A_RENAME)                   \
	X(link, 86, 9, -1, 0, A_PATH, A_PATH)                                                      \
	X(linkat, 265, 303, 37, 0, A_ATFD, A_PATH, A_ATFD, A_PATH, A_AT)                           \
	X(symlink, 88, 83, -1, 0, A_PATH, A_PATH)                                                  \
	X(symlinkat, 266, 304, 36, 0, A_PATH, A_ATFD, A_PATH)                                      \
	X(readlink, 89, 85, -1, 0, A_PATH, A_PTR, A_SIZE)                                          \
	X(readlinkat, 267, 305, 78, 0, A_ATFD, A_PATH, A_PTR, A_SIZE)                              \
	X(unlink, 87, 10, -1, 0, A_PATH)                                                           \
	X(unlinkat, 263, 301, 35, 0, A_ATFD, A_PATH, A_UNLINK_AT)                                  \
	X(mkdir, 83, 39, -1, 0, A_PATH, A_MODE)                                                    \
	X(mkdirat, 258, 296, 34, 0, A_ATFD, A_PATH, A_MODE)                                        \
	X(rmdir, 84, 40, -1, 0, A_PATH)                                                            \
	X(mknod, 133, 14, -1, 0, A_PATH, A_MODE, A_HEX)                                            \
	X(mknodat, 259, 297, 33, 0, A_ATFD, A_PATH, A_MODE, A_HEX)                                 \
	X(utime, 132, 30, -1, 0, A_PATH, A_PTR)                                                    \
	X(utimes, 235, 271, -1, 0, A_PATH, A_PTR)                                                  \
	X(futimesat, 261, 299, -1, 0, A_ATFD, A_PATH, A_PTR)                                       \
	X(utimensat, 280, 320, 88, 0, A_ATFD, A_PATH, A_PTR, A_AT)                                 \
	X(utimensat_time64, -1, 412, -1, 0, A_ATFD, A_PATH, A_PTR, A_AT)                           \
	X(getcwd, 79, 183, 17, G_FILE, A_PTR, A_SIZE)                                              \
	X(chdir, 80, 12, 49, 0, A_PATH)                                                            \
	X(fchdir, 81, 133, 50, 0, A_FD)                                                            \
	X(chroot, 161, 61, 51, 0, A_PATH)                                                          \
	X(setxattr, 188, 226, 5, 0, A_PATH, A_TEXT, A_PTR, A_SIZE, A_XATTR)                        \
	X(lsetxattr, 189, 227, 6, 0, A_PATH, A_TEXT, A_PTR, A_SIZE, A_XATTR)                       \
	X(fsetxattr, 190, 228, 7, 0, A_FD, A_TEXT, A_PTR, A_SIZE, A_XATTR)                         \
	X(getxattr, 191, 229, 8, 0, A_PATH, A_TEXT, A_PTR, A_SIZE)                                 \
	X(lgetxattr, 192, 230, 9, 0, A_PATH, A_TEXT, A_PTR, A_SIZE)                                \
	X(fgetxattr, 193, 231, 10, 0, A_FD, A_TEXT, A_PTR, A_SIZE)                                 \
	X(listxattr, 194, 232, 11, 0, A_PATH, A_PTR, A_SIZE)                                       \
	X(llistxattr, 195, 233, 12, 0, A_PATH, A_PTR, A_SIZE)                                      \
	X(flistxattr, 196, 234, 13, 0, A_FD, A_PTR, A_SIZE)                                        \
	X(removexattr, 197, 235, 14, 0, A_PATH, A_TEXT)                                            \
	X(lremovexattr, 198, 236, 15, 0, A_PATH, A_TEXT)                                           \
	X(fremovexattr, 199, 237, 16, 0, A_FD, A_TEXT)                                             \
	X(setxattrat, 463, 463, 463, 0, A_ATFD, A_PATH, A_AT, A_TEXT, A_PTR, A_SIZE)               \
	X(getxattrat, 464, 464, 464, 0, A_ATFD, A_PATH, A_AT, A_TEXT, A_PTR, A_SIZE)               \
	X(listxattrat, 465, 465, 465, 0, A_ATFD, A_PATH, A_AT, A_PTR, A_SIZE)                      \
	X(removexattrat, 466, 466, 466, 0, A_ATFD, A_PATH, A_AT, A_TEXT)                           \
	X(file_getattr, 468, 468, 468, 0, A_ATFD, A_PATH, A_PTR, A_SIZE, A_AT)                     \
	X(file_setattr, 469, 469, 469, 0, A_ATFD, A_PATH, A_PTR, A_SIZE, A_AT)

/* Mounts. */
#define SYSCALLS_MOUNTS(X)                                                                         \
	X(mount, 165, 21, 40, 0, A_PATH, A_PATH, A_TEXT, A_MOUNT, A_PTR)                           \
	X(umount, -1, 22, -1, 0, A_PATH)                                                           \
	X(umount2, 166, 52, 39, 0, A_PATH, A_UMOUNT)                                               \
	X(pivot_root, 155, 217, 41, 0, A_PATH, A_PATH)                                             \
	X(open_tree, 428, 428, 428, 0, A_ATFD, A_PATH, A_OPEN_TREE)                                \
	X(open_tree_attr, 467, 467, 467, 0, A_ATFD, A_PATH, A_OPEN_TREE, A_PTR, A_SIZE)            \
	X(move_mount, 429, 429, 429, 0, A_ATFD, A_PATH, A_ATFD, A_PATH, A_MOVE_MOUNT)              \
	X(fsopen, 430, 430, 430, G_DESC, A_TEXT, A_HEX)                                            \
	X(fsconfig, 431, 431, 431, 0, A_FD, A_INT, A_TEXT, A_PTR, A_INT)                           \
	X(fsmount, 432, 432, 432, 0, A_FD, A_HEX, A_MOUNT_ATTR)                                    \
	X(fspick, 433, 433, 433, 0, A_ATFD, A_PATH, A_HEX)                                         \
	X(mount_setattr, 442, 442, 442, 0, A_ATFD, A_PATH, A_AT, A_PTR, A_SIZE)                    \
	X(statmount, 457, 457, 457, 0, A_PTR, A_PTR, A_SIZE, A_HEX)                                \
	X(listmount, 458, 458, 458, 0, A_PTR, A_PTR, A_SIZE, A_HEX)                                \
	X(quotactl, 179, 131, 60, 0, A_HEX, A_PATH, A_UID, A_PTR)                                  \
	X(quotactl_fd, 443, 443, 443, 0, A_FD, A_HEX, A_UID, A_PTR)                                \
	X(swapon, 167, 87, 224, 0, A_PATH, A_HEX)                                                  \
	X(swapoff, 168, 115, 225, 0, A_PATH)                                                       \
	X(acct, 163, 51, 89, 0, A_PATH)                                                            \
	X(sysfs, 139, 135, -1, 0, A_INT, A_HEX, A_HEX)                                             \
	X(lookup_dcookie, 212, 253, 18, 0, A_HEX, A_PTR, A_SIZE)                                   \
	X(cachestat, 451, 451, 451, 0, A_FD, A_PTR, A_PTR, A_HEX)                                  \
	X(nfsservctl, 180, 169, 42, 0, A_INT, A_PTR, A_PTR)                                        \
	X(uselib, 134, 86, -1, 0, A_PATH)                                                          \
	X(bdflush, -1, 134, -1, 0, A_INT, A_LONG)

#endif
