/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grab [keep]: takes hold of every BPF object of the machine by its number, and without "keep"
 * tries to take links away. Prints for each kind how many it got, of maps and programs only those
 * whose name begins with kwp, and how many were refused.
 * grab fill NUMBER: fills that map, of keys and values of four bytes, to the last place.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Name of the object at a descriptor, by what the kernel says of it. */
static int is_kwp(int fd, size_t at)
{
	char info[256] = "";
	union bpf_attr attr = {
		.info = {.bpf_fd = fd, .info_len = sizeof(info), .info = (unsigned long)info}};

	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) || strncmp(info + at, "kwp", 3))
		return 0;
	fprintf(stderr, "got %s\n", info + at);
	return 1;
}

static void grab(const char *kind, int next, int get, size_t name, int keep)
{
	union bpf_attr at = {0};
	int got = 0, refused = 0;

	while (!bpf(next, &at)) {
		union bpf_attr attr = {.map_id = at.next_id};
		int fd = bpf(get, &attr);

		at.start_id = at.next_id;
		if (fd < 0 && errno == EPERM)
			refused++;
		if (fd < 0)
			continue;
		got += !name || is_kwp(fd, name);
		attr = (union bpf_attr){.link_detach = {.link_fd = fd}};
		if (!name && !keep && bpf(BPF_LINK_DETACH, &attr) && errno == EPERM)
			refused++;
		close(fd);
	}
	printf("%s got %d refused %d\n", kind, got, refused);
}

/* With numbers that no process has. */
static int fill(unsigned number)
{
	unsigned key = 1u << 24, value = 1;
	union bpf_attr map = {.map_id = number}, attr = {.map_fd = bpf(BPF_MAP_GET_FD_BY_ID, &map)};

	attr.key = (unsigned long)&key;
	attr.value = (unsigned long)&value;
	while (!bpf(BPF_MAP_UPDATE_ELEM, &attr))
		key++;
	return errno != E2BIG;
}

int main(int argc, char **argv)
{
	const int keep = argc > 1 && !strcmp(argv[1], "keep");

	if (argc > 2 && !strcmp(argv[1], "fill"))
		return fill(strtoul(argv[2], NULL, 10));

	grab("maps", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, offsetof(struct bpf_map_info, name),
	     keep);
	grab("programs", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID,
	     offsetof(struct bpf_prog_info, name), keep);
	grab("links", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, 0, keep);
	return 0;
}
