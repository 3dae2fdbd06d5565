/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Storm: does one kind of act as often as it is told, and says what that cost.
 *
 *   storm [-w] [-1] KIND N     N acts as fast as it can
 *   storm [-w] threads T N     N getpid calls, shared by T threads
 *   storm [-w] mix RATE SECS   creates RATE files a second in the working directory
 *
 * Prints one line: acts, wall ns, CPU ns (user and system, with its children).
 * -w: waits for the end of stdin first, so that a tracer can be pointed at it.
 * -1: stays on processor 0, with its children.
 */
#define _GNU_SOURCE 1
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stamp.h"

#define SECOND UINT64_C(1000000000)
#define THREADS_MAX 64
#define NOTHING "./storm-nothing"
#define ADDRESS 0x7f535750 /* 127.83.87.80: nobody else's events have it */

/* One kind of act. once() may use what setup() made in `place`. */
struct kind {
	const char *name;
	void (*setup)(void);
	void (*once)(void);
};

/* What the acts work on; written by setup() only. */
static struct {
	int listener;
	struct sockaddr_in address; /* of the listener */
} place;

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		err(1, "clock");
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static uint64_t cpu_ns(int who)
{
	struct rusage use;

	if (getrusage(who, &use))
		err(1, "getrusage");
	return (uint64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * SECOND +
	       (uint64_t)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1000;
}

static uint64_t cpu_all_ns(void)
{
	return cpu_ns(RUSAGE_SELF) + cpu_ns(RUSAGE_CHILDREN);
}

static void reap(pid_t pid)
{
	int status;

	if (pid < 0)
		err(1, "fork");
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "a child failed");
}

/*
 * The program that the exec storm executes: exit_group(0) and nothing else. A static program
 * of the C library asks CPUID at its start, which in a virtual machine costs four times an exec.
 */
static const uint32_t nothing_code[] = {
#if defined(__x86_64__)
	0xe7b8ff31, /* xor %edi,%edi; mov $231,%eax */
	0x0f000000, /* syscall */
	0x00000005,
#elif defined(__aarch64__)
	0xd2800000, /* mov x0, #0 */
	0xd2800bc8, /* mov x8, #94 */
	0xd4000001, /* svc #0 */
#else
#error "no program that does nothing for this architecture"
#endif
};

static void exec_setup(void)
{
	const size_t heads = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
	const uint64_t base = 0x400000, size = heads + sizeof(nothing_code);
	const Elf64_Ehdr head = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_EXEC,
#if defined(__x86_64__)
		.e_machine = EM_X86_64,
#else
		.e_machine = EM_AARCH64,
#endif
		.e_version = EV_CURRENT,
		.e_entry = base + heads,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	};
	const Elf64_Phdr segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = base,
		.p_filesz = size,
		.p_memsz = size,
		.p_align = 0x10000,
	};
	const struct iovec parts[] = {
		{(void *)(uintptr_t)&head, sizeof(head)},
		{(void *)(uintptr_t)&segment, sizeof(segment)},
		{(void *)(uintptr_t)nothing_code, sizeof(nothing_code)},
	};
	/* Made under another name: the final one is in no event but the execs. */
	int fd = open("storm-made", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	if (fd < 0 || writev(fd, parts, 3) != (ssize_t)size || close(fd) ||
	    rename("storm-made", NOTHING))
		err(1, NOTHING);
}

static void exec_once(void)
{
	char name[] = NOTHING;
	char *args[] = {name, NULL}, *env[] = {NULL};
	pid_t pid = vfork();

	if (!pid) {
		execve(NOTHING, args, env);
		_exit(127);
	}
	reap(pid);
}

static void fork_once(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	reap(pid);
}

static void file_open(const char *name, int flags)
{
	int fd = openat(AT_FDCWD, name, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		err(1, "%s", name);
	close(fd);
}

/* Made under another name: the storm alone opens the final one. */
static void open_setup(void)
{
	file_open("storm-made", O_WRONLY | O_CREAT);
	if (rename("storm-made", "storm-read"))
		err(1, "storm-read");
}

static void open_once(void)
{
	file_open("storm-read", O_RDONLY);
}

static void write_once(void)
{
	file_open("storm-write", O_WRONLY | O_CREAT);
}

static void connect_setup(void)
{
	socklen_t size = sizeof(place.address);

	place.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	place.address.sin_family = AF_INET;
	place.address.sin_addr.s_addr = htonl(ADDRESS);
	if (place.listener < 0 ||
	    bind(place.listener, (struct sockaddr *)&place.address, sizeof(place.address)) ||
	    listen(place.listener, 8) ||
	    getsockname(place.listener, (struct sockaddr *)&place.address, &size))
		err(1, "listen");
}

static void connect_once(void)
{
	/* Closing with a reset leaves no TIME_WAIT: the ports don't run out. */
	const struct linger reset = {.l_onoff = 1};
	int near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), far;

	if (near < 0 || setsockopt(near, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    connect(near, (struct sockaddr *)&place.address, sizeof(place.address)))
		err(1, "connect");
	far = accept4(place.listener, NULL, NULL, SOCK_CLOEXEC);
	if (far < 0)
		err(1, "accept");
	close(near);
	close(far);
}

static void getpid_once(void)
{
	syscall(SYS_getpid);
}

static const struct kind kinds[] = {
	{"exec", exec_setup, exec_once},	  {"fork", NULL, fork_once},
	{"open", open_setup, open_once},	  {"write-open", NULL, write_once},
	{"connect", connect_setup, connect_once}, {"getpid", NULL, getpid_once},
};

static void *getpid_thread(void *arg)
{
	for (uint64_t left = *(const uint64_t *)arg; left; left--)
		getpid_once();
	return NULL;
}

static void threads_run(uint64_t count, uint64_t acts)
{
	uint64_t share = acts / count;
	pthread_t threads[THREADS_MAX];

	if (count > THREADS_MAX || acts % count)
		errx(2, "%" PRIu64 " acts can't be shared by that many threads", acts);
	for (uint64_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, getpid_thread, &share))
			errx(1, "cannot make a thread");
	for (uint64_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

/* Creates a file whose name is the time, so that who reads of it knows the delay. */
static void mix_once(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), STAMP "%" PRIu64, clock_ns(CLOCK_REALTIME));
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || close(fd) || unlink(name))
		err(1, "%s", name);
}

static void mix_run(uint64_t rate, uint64_t acts)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);

	for (uint64_t i = 0; i < acts; i++) {
		uint64_t due = start + i * SECOND / rate;
		struct timespec at = {(time_t)(due / SECOND), (long)(due % SECOND)};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		mix_once();
	}
}

static uint64_t number(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (*end || !value || value > UINT32_MAX)
		errx(2, "%s: not a number from 1 to 2^32 - 1", text);
	return value;
}

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	errx(2, "%s: no such storm", name);
}

static void kind_run(const struct kind *kind, uint64_t acts)
{
	for (uint64_t i = 0; i < acts; i++)
		kind->once();
}

/* Whatever directory this was started in is left as it was. */
static void files_remove(void)
{
	static const char *const names[] = {NOTHING, "storm-made", "storm-read", "storm-write"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
}

/* Runs the named acts and prints the line. `second` is NULL for the plain kinds. */
static void storm_run(const char *name, const char *first, const char *second)
{
	const struct kind *kind = second ? NULL : kind_find(name);
	uint64_t a = number(first), b = second ? number(second) : 0, acts = a, wall, cpu;
	bool mix = !strcmp(name, "mix");

	if (second)
		acts = mix ? a * b : b;
	if (second && !mix && strcmp(name, "threads"))
		errx(2, "%s: takes one number", name);
	if (kind && kind->setup)
		kind->setup();
	wall = clock_ns(CLOCK_MONOTONIC);
	cpu = cpu_all_ns();
	if (kind)
		kind_run(kind, acts);
	else if (mix)
		mix_run(a, acts);
	else
		threads_run(a, acts);
	cpu = cpu_all_ns() - cpu;
	wall = clock_ns(CLOCK_MONOTONIC) - wall;
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", acts, wall, cpu);
	files_remove();
}

static void stay(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor 0");
}

int main(int argc, char **argv)
{
	bool wait = false;
	char byte;
	int option;

	while ((option = getopt(argc, argv, "w1")) != -1) {
		if (option == 'w')
			wait = true;
		else if (option == '1')
			stay();
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	if (argc < 2 || argc > 3)
		errx(2, "usage: storm [-w] [-1] KIND N | threads T N | mix RATE SECS");
	if (wait)
		while (read(0, &byte, 1) > 0)
			;
	storm_run(argv[0], argv[1], argv[2]);
	return 0;
}
