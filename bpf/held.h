/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of record.h about descriptors: what they are, and who holds their other ends. It is
 * included where the types that it needs are known and padding is an error.
 */
#ifndef KWP_HELD_H
#define KWP_HELD_H

enum kwp_io_kind {
	KWP_IO_NONE, /* closed */
	KWP_IO_FILE, KWP_IO_NULL, KWP_IO_TTY, KWP_IO_PIPE, KWP_IO_SOCKET,
	KWP_IO_MEMFD, KWP_IO_OTHER, KWP_IO_KIND_COUNT
};

/* What a descriptor is. */
struct kwp_io {
	__u64 inode;	      /* of either side of a pseudo terminal: that of its slave */
	__u64 far;	      /* AF_UNIX: inode of the socket at the other end, 0: none */
	struct kwp_addr peer; /* sockets; family is set even without a peer */
	__u32 device;	      /* pipes and terminals: kernel dev_t of the inode's file system */
	__u8 kind;	      /* enum kwp_io_kind */
	__u8 socket_type;     /* SOCK_STREAM, ... */
	__u8 accepted;	      /* the socket came from accept(2) */
	__u8 master;	      /* the master's side of a pseudo terminal */
};

struct kwp_stdio {
	struct kwp_io fd[3];
};

/* held: 0 what a process holds of pipes, pseudo terminals and sockets, as an array of
 * struct kwp_held. The process is the one of the head (iterator), or an ancestor of it: it
 * is about to execute a program that reads its commands from one of those. */
struct kwp_hold {
	__u64 start; /* of the holder */
	__u32 pid;
	__u32 count; /* of struct kwp_held */
	__u32 networks; /* of them, sockets that lead out of the machine */
	__u32 more;  /* that there was no room for */
	char comm[KWP_COMM];
};
struct kwp_held {
	struct kwp_io io;
	__s32 fd;
	__u8 mode;  /* 1: can be read, 2: can be written */
	__u8 state; /* of a socket: TCP_ESTABLISHED, ... */
	__u8 pad[2];
};

/* relay: user space's own: the streams of a program that reads its commands from them lead
 * to a connection that another process holds, or (KWP_RELAY_LOCAL) a program without one that is
 * known writes them. 0 the way in words */
#define KWP_RELAY_LOCAL 4
struct kwp_relay {
	struct kwp_stdio io;	/* of the program */
	struct kwp_addr remote; /* of the connection */
	__u64 peer_start, relay_start;
	__u32 peer_pid;	 /* who holds the other end of its streams */
	__u32 relay_pid; /* who holds the connection */
	__u8 streams;	 /* bits: 1 its input comes from there, 2 its output goes there; or
			    KWP_RELAY_LOCAL */
	__u8 hops;	 /* processes between the program and the connection */
	__u8 socket_type;
	__u8 accepted;	 /* the connection came in */
	__u8 listens;	 /* its holder waits for more of them */
	__u8 repeats;	 /* how often the program's parent has led input here by the same
			    command before, 255 at most */
	__u8 pad[2];
};

#endif
