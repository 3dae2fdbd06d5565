/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of policy.h that is about the network: ranges of addresses, ports, names. */
#ifndef KWP_NETWORK_H
#define KWP_NETWORK_H

#include <linux/types.h>

#define KWP_CIDRS_MAX 16384  /* entries of kwp_cidrs, the same */
#define KWP_PORTS_TOTAL 8192 /* port rules of a generation */
#define KWP_NAMES_MAX 4096   /* entries of kwp_names, the same as of kwp_nodes */
#define KWP_NAMED_MAX 4096   /* addresses that are known by a name */
#define KWP_NAMED_WAYS 4     /* names that rules know of one address */
#define KWP_RESOLVERS 16     /* name servers whose answers count */
#define KWP_TTL_LEAST 60     /* seconds that an answer is good for, whatever it says */
#define KWP_TTL_MOST 86400
#define KWP_PORTS_MAX 64      /* port rules of a range, those of the ones around it among them */
#define DNS_PORT 53

/* Keys of kwp_cidrs, a trie. IPv4 is ::ffff:a.b.c.d, so prefix lengths of it begin at 96. */
struct kwp_cidr {
	__u32 prefix; /* bits of what follows: 8 * 4 + those of the address */
	__u8 slot;    /* generation % KWP_GENERATIONS */
	__u8 ingress; /* 0: egress */
	__u8 pad[2];
	__u8 address[16]; /* network order */
};

/* Port rules of a range, the most specific range first, block before allow within one; the
 * first that fits decides, and none: address_fallback, which is not about loopback addresses.
 * In kwp_ports at KWP_AT() .first, the next number and so on. Rule 0 is none: it lets pass. */
struct kwp_cidr_rules {
	__u32 first, count; /* count <= KWP_PORTS_MAX */
};

struct kwp_port {
	__u16 low, high; /* host order, inclusive; 0 to 65535: any, also what has no ports */
	__u16 rule;
	__u8 protocol; /* IPPROTO_*, 0: any */
	__u8 pad;
};

/* Keys of kwp_names, a trie: a name from its end, "moc.elpmaxe." for all below example.com and
 * "moc.elpmaxe" with a 0 behind it for that one. The value is the pattern's id, by which
 * kwp_name_rules has its port rules (those of the broader patterns around it among them) and
 * kwp_named has addresses. It is the same in each generation that has the pattern. */
struct kwp_name {
	__u32 prefix; /* bits of what follows */
	__u8 slot;    /* generation % KWP_GENERATIONS */
	__u8 text[255];
};

struct kwp_name_key { /* of kwp_name_rules; the value is a struct kwp_cidr_rules */
	__u64 id;
	__u32 slot;
	__u32 pad;
};

/* What answers said of an address, by the address in kwp_named. What a range says of it goes
 * first: a name only stands before the default. */
struct kwp_named {
	__u64 id[KWP_NAMED_WAYS];
	__u64 until[KWP_NAMED_WAYS]; /* ns of CLOCK_BOOTTIME; written last */
};

/* The name that was asked for when an address was answered, in kwp_called: for people. */
#define KWP_CALLED_TEXT 252
struct kwp_called {
	__u32 size; /* of the text without its NUL, 0: too long to be told */
	char text[KWP_CALLED_TEXT];
};

#endif
