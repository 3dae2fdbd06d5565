/* SPDX-License-Identifier: GPL-2.0-only */
/* What enrich.c and enrich_facts.c share: what is remembered of a stream. */
#ifndef KWP_ENRICH_STATE_H
#define KWP_ENRICH_STATE_H

#include "container.h"
#include "dns.h"
#include "domain.h"
#include "enrich.h"
#include "kernel_rule.h"
#include "path.h"
#include "pending.h"
#include "process.h"
#include "relay.h"

struct enrich {
	struct enrich_options options;
	char host[64];
	size_t host_size;
	struct process_table *processes;
	struct container_table *containers;
	struct kernel_rules *rules;
	struct pending_table pending;
	struct domain_table domains;
	struct dns_message dns;
	char answers[DNS_ANSWERS * 160];
	struct path_room paths;
	char call[KWP_STRINGS_MAX * 2];
	struct buffer message; /* of a verdict */
	struct relay_table *relays; /* NULL: nobody asked */
	struct buffer relay;	    /* a RELAY record in the making */
};

/* Adds what else is known of the act. */
void enrich_facts(struct enrich *e, struct event *event);
/* What the policy in the kernel said, and which of its rules. */
void enrich_verdict(struct enrich *e, struct event *event);

#endif
