/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections of TCP that are open: whose they are, and since when. */
#ifndef KWP_CLOSE_BPF_H
#define KWP_CLOSE_BPF_H

#include "make.bpf.h"

#define CONNECTIONS 16384

struct connection {
	u64 began;
	u32 inbound;
	u32 pad;
	struct kwp_record owner; /* as it was when it began; pid 0: unknown */
};

/* By the address of the struct sock. What is left behind of one whose end was missed is
 * overwritten by the next that begins there. */
struct kwp_connections_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CONNECTIONS);
	__type(key, u64);
	__type(value, struct connection);
};
extern struct kwp_connections_map kwp_connections SEC(".maps");

/* Gives a connection to the process that a record is of, unless it is another's. */
static __always_inline void connection_own(u64 sock, const struct kwp_record *of)
{
	struct connection *connection = bpf_map_lookup_elem(&kwp_connections, &sock);

	if (connection && !connection->owner.pid)
		__builtin_memcpy(&connection->owner, of, sizeof(*of));
}

#endif
