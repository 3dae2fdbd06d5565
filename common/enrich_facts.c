/* SPDX-License-Identifier: GPL-2.0-only */
#include "enrich_state.h"

#include <string.h>

#include "names.h"
#include "relay_way.h"
#include "syscall.h"
#include "verdict.h"

static void add_dns(struct enrich *e, struct event *event)
{
	size_t used = 0;

	dns_parse(event->string[0].bytes, event->string[0].size, &e->dns);
	event->dns = &e->dns;
	domain_learn(&e->domains, &e->dns);
	for (int i = 0; i < e->dns.answers; i++) {
		char type[32];

		name_flags(NAME_DNS_TYPE, e->dns.answer[i].type, type, sizeof(type));
		used += 1 + snprintf(e->answers + used, sizeof(e->answers) - used, "%s %.100s",
				     type, e->dns.answer[i].data);
	}
	if (used)
		event->dns_answers = (struct text){e->answers, used};
}

/* The whole call in words. An exec's texts came with the record of its start. */
static void add_call(struct enrich *e, struct event *event)
{
	struct kwp_syscall call = *(const struct kwp_syscall *)event->facts;
	const struct text *texts = event->string;
	size_t length;

	if (event->hook_facts) {
		call.text = ((const struct kwp_syscall *)event->hook_facts)->text;
		texts = event->hook;
	}
	length = syscall_format(event->record, &call, texts, e->call, sizeof(e->call));
	event->call = (struct text){e->call, MIN(length, sizeof(e->call) - 1)};
}

void enrich_verdict(struct enrich *e, struct event *event)
{
	const struct kwp_record *r = event->record;

	if (!(r->flags & KWP_F_VERDICT))
		return;
	event->verdict = verdict_of(r->verdict);
	event->kernel_rule = kernel_rules_find(e->rules, r->generation, r->rule);
	e->message.size = 0;
	e->message.failed = false;
	verdict_message(event, &e->message);
	if (!e->message.failed)
		event->message = (struct text){e->message.bytes, e->message.size};
}

static void add_relay(struct enrich *e, struct event *event)
{
	const struct kwp_relay *relay = event->facts;

	event->peer = relay_process(e->processes, relay->peer_pid, relay->peer_start);
	event->relay = relay_process(e->processes, relay->relay_pid, relay->relay_start);
}

void enrich_facts(struct enrich *e, struct event *event)
{
	const unsigned type = event->record->type;
	const struct kwp_net *net = event->facts;

	if (type == KWP_EXEC) {
		path_of_exec(event, &e->paths);
	} else if (event_is_file(type)) {
		path_of_file(event, &e->paths);
	} else if (event_is_net(type)) {
		event->domain = event->string[2].bytes ? event->string[2]
						       : domain_find(&e->domains, &net->remote);
	} else if (type == KWP_DNS) {
		add_dns(e, event);
	} else if (type == KWP_SYSCALL) {
		add_call(e, event);
	} else if (type == KWP_RELAY) {
		add_relay(e, event);
	}
}
