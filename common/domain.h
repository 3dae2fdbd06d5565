/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of addresses, learnt from the DNS answers that were seen. */
#ifndef KWP_DOMAIN_H
#define KWP_DOMAIN_H

#include "dns.h"
#include "event.h"

#define DOMAINS_MAX 1024 /* addresses; a new one takes the place of an old one of its bucket */

struct domain_table {
	struct {
		uint8_t address[16];
		uint8_t size; /* 4, 16; 0: free */
		char name[256];
	} slot[DOMAINS_MAX];
	uint64_t evicted;
};

/* Every address of the answer stands for the name that was asked for. */
void domain_learn(struct domain_table *table, const struct dns_message *message);
/* The name of an address, or an absent text. */
struct text domain_find(const struct domain_table *table, const struct kwp_addr *addr);

#endif
