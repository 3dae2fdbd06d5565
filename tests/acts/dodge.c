/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dodge WAY WORD...: tries to get by a rule on files by one of the ways that shells lack. Prints
 * what it could read, or "done"; status 1: it could not.
 *	opath FILE		by a descriptor that only names it
 *	splice FILE		by splice(2)
 *	handle DIR NAME		by a handle instead of a path; DIR is of the same file system
 *	detached DIR NAME	by a copy of the mount that is nowhere
 *	moved DIR PLACE NAME	by one that is put elsewhere
 *	made TYPE		makes a mount that is nowhere of a file system of that type
 *	exchange A B		changes the places of two files
 *	write-map FILE		by memory
 *	exec-map FILE		maps it as code, by mprotect(2)
 *	exec-fd FILE		executes it by a descriptor that only names it
 *	deep DIR		reads "file" at the end of many directories, a step at a time
 *	race GOOD BAD SECONDS	a thread changes the path that another one opens
 *	give SOCKET FILE	opens it, says "ready" and hands it to the first who comes
 *	take SOCKET		reads what is handed over
 *	getfd PID FD		reads another process's descriptor
 *	hold FILE		opens it for both, and goes on at a line of input
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

extern char **environ;

/* Prints what the descriptor has. */
static int show(int fd)
{
	char bytes[256];
	ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	return size <= 0 || write(1, bytes, size) != size;
}

static int done(long ret)
{
	if (ret >= 0)
		puts("done");
	return ret < 0;
}

static int again(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : open(path, flags);
}

static int by_opath(char **a) { return show(again(open(a[0], O_PATH), O_RDONLY)); }

static int by_splice(char **a)
{
	int fd = open(a[0], O_RDONLY), ends[2];

	if (fd < 0 || pipe(ends) || splice(fd, NULL, ends[1], NULL, 64, 0) <= 0)
		return 1;
	return show(ends[0]);
}

static int by_handle(char **a)
{
	int dir = open(a[0], O_RDONLY | O_DIRECTORY), mount;
	struct {
		struct file_handle handle;
		char bytes[MAX_HANDLE_SZ];
	} to = {.handle.handle_bytes = MAX_HANDLE_SZ};

	if (name_to_handle_at(dir, a[1], &to.handle, &mount, 0))
		return 1;
	return show(open_by_handle_at(dir, &to.handle, O_RDONLY));
}

static int tree(const char *dir)
{
	return syscall(SYS_open_tree, AT_FDCWD, dir, OPEN_TREE_CLONE);
}

static int by_detached(char **a)
{
	return show(openat(tree(a[0]), a[1], O_RDONLY));
}

static int by_moved(char **a)
{
	char path[4096];

	if (syscall(SYS_move_mount, tree(a[0]), "", AT_FDCWD, a[1], MOVE_MOUNT_F_EMPTY_PATH))
		return 1;
	snprintf(path, sizeof(path), "%s/%s", a[1], a[2]);
	return show(open(path, O_RDONLY));
}

static int by_made(char **a)
{
	int context = syscall(SYS_fsopen, a[0], 0);

	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return 1;
	return done(syscall(SYS_fsmount, context, 0, 0));
}

static int by_exchange(char **a)
{
	return done(syscall(SYS_renameat2, AT_FDCWD, a[0], AT_FDCWD, a[1], RENAME_EXCHANGE));
}

static int by_write_map(char **a)
{
	int fd = open(a[0], O_RDWR);
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return 1;
	*at = '!';
	return done(msync(at, 4096, MS_SYNC));
}

static int by_exec_map(char **a)
{
	int fd = open(a[0], O_RDONLY);
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	return at == MAP_FAILED || done(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int by_exec_fd(char **a)
{
	char *argv[] = {"true", "RAN", NULL};

	syscall(SYS_execveat, open(a[0], O_PATH), "", argv, environ, AT_EMPTY_PATH);
	return 1;
}

static int by_deep(char **a)
{
	for (int i = 0; !chdir(i ? "d" : a[0]); i++)
		;
	return show(open("file", O_RDONLY));
}

/* ---- a path that changes ---- */

static char raced[4096];
static atomic_int over;

static void *change(void *words)
{
	char **a = words;

	while (!over) {
		strcpy(raced, a[0]);
		strcpy(raced, a[1]);
	}
	return NULL;
}

static int by_race(char **a)
{
	time_t end = time(NULL) + atoi(a[2]);
	pthread_t thread;
	char byte[64];
	int got = 0;

	if (strlen(a[0]) != strlen(a[1]))
		return 2;
	strcpy(raced, a[0]);
	pthread_create(&thread, NULL, change, a);
	while (time(NULL) < end) {
		int fd = open(raced, O_RDONLY);
		ssize_t size = fd < 0 ? -1 : read(fd, byte, sizeof(byte));

		got += size > 0 && memmem(byte, size, "SECRET", 6);
		close(fd);
	}
	over = 1;
	pthread_join(thread, NULL);
	printf("%d got\n", got);
	return !got;
}

/* ---- descriptors of others ---- */

static int at_socket(const char *path, int (*how)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	return how(fd, (const void *)&at, sizeof(at)) ? -1 : fd;
}

struct parcel {
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec io;
	struct msghdr message;
};

static struct cmsghdr *parcel(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->io = (struct iovec){&p->byte, 1};
	p->message = (struct msghdr){.msg_iov = &p->io, .msg_iovlen = 1, .msg_control = p->control,
				     .msg_controllen = sizeof(p->control)};
	return CMSG_FIRSTHDR(&p->message);
}

static int by_give(char **a)
{
	int listener = at_socket(a[0], bind), fd = open(a[1], O_RDONLY);
	struct parcel p;
	struct cmsghdr *head = parcel(&p);

	if (listener < 0 || fd < 0 || listen(listener, 1))
		return 1;
	puts("ready");
	fflush(stdout);
	*head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(accept(listener, NULL, NULL), &p.message, 0) != 1;
}

static int by_take(char **a)
{
	int from = at_socket(a[0], connect), fd = -1;
	struct parcel p;
	struct cmsghdr *head = parcel(&p);

	if (recvmsg(from, &p.message, 0) != 1 || p.message.msg_controllen < CMSG_LEN(sizeof(int)))
		return 1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return show(fd);
}

static int by_getfd(char **a)
{
	int pid = syscall(SYS_pidfd_open, atoi(a[0]), 0);

	return show(syscall(SYS_pidfd_getfd, pid, atoi(a[1]), 0));
}

static int by_hold(char **a)
{
	int fd = open(a[0], O_RDWR);
	char line[8];

	puts("holds");
	fflush(stdout);
	if (fd < 0 || read(0, line, sizeof(line)) < 0 || show(fd))
		return 1;
	return done(pwrite(fd, "!", 1, 0));
}

static const struct {
	const char *name;
	int words;
	int (*go)(char **words);
} ways[] = {
	{"opath", 1, by_opath}, {"splice", 1, by_splice}, {"handle", 2, by_handle},
	{"detached", 2, by_detached}, {"moved", 3, by_moved}, {"made", 1, by_made},
	{"exchange", 2, by_exchange},
	{"write-map", 1, by_write_map}, {"exec-map", 1, by_exec_map}, {"exec-fd", 1, by_exec_fd},
	{"deep", 1, by_deep}, {"race", 3, by_race}, {"give", 2, by_give}, {"take", 1, by_take},
	{"getfd", 2, by_getfd}, {"hold", 1, by_hold},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(ways[i].name, argv[1]) && argc == 2 + ways[i].words)
			return ways[i].go(argv + 2);
	fprintf(stderr, "dodge: no such way, or not its words\n");
	return 2;
}
