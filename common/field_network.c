/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <string.h>
#include <sys/socket.h>

#include "dns.h"
#include "names.h"

void value_address(struct value *out, const struct kwp_addr *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool v6 = addr->family == AF_INET6;
	const uint8_t *bytes = addr->addr;

	if (!v6 && addr->family != AF_INET)
		return;
	/* An IPv4 peer of an IPv6 socket is shown, and compared, as what it is. */
	if (v6 && !memcmp(bytes, mapped, sizeof(mapped))) {
		v6 = false;
		bytes += sizeof(mapped);
	}
	out->kind = VALUE_ADDRESS;
	out->address.v6 = v6;
	memcpy(out->address.bytes, bytes, v6 ? 16 : 4);
}

/* A connection that the other end began. */
static bool came_in(const struct event *event)
{
	if (RECORD(event)->type == KWP_CLOSE)
		return FACTS(event, kwp_close)->inbound;
	return RECORD(event)->type == KWP_ACCEPT;
}

/* The two ends: ECS calls the one that began "source". */
static const struct kwp_addr *event_end(const struct event *event, bool source)
{
	const struct kwp_addr *local, *remote;

	if (event_is_net(RECORD(event)->type)) {
		local = &FACTS(event, kwp_net)->local;
		remote = &FACTS(event, kwp_net)->remote;
	} else if (RECORD(event)->type == KWP_DNS) {
		local = &FACTS(event, kwp_dns)->local;
		remote = &FACTS(event, kwp_dns)->remote;
	} else {
		return NULL;
	}
	if (came_in(event))
		return source ? remote : local;
	if (RECORD(event)->type == KWP_BIND || RECORD(event)->type == KWP_LISTEN)
		return source ? NULL : local;
	return source ? local : remote;
}

static void get_ip(const struct event *event, bool source, struct value *out)
{
	static const uint8_t zero[16];
	const struct kwp_addr *end = event_end(event, source);

	/* A socket that never got as far has no address; one that listens has all. */
	if (end && (!source || memcmp(end->addr, zero, sizeof(zero))))
		value_address(out, end);
}

static void get_port(const struct event *event, bool source, struct value *out)
{
	const struct kwp_addr *end = event_end(event, source);

	if (end && end->port)
		value_number(out, end->port);
}

void get_source_ip(const struct event *event, struct value *out)
{
	get_ip(event, true, out);
}

void get_source_port(const struct event *event, struct value *out)
{
	get_port(event, true, out);
}

void get_destination_ip(const struct event *event, struct value *out)
{
	get_ip(event, false, out);
}

void get_destination_port(const struct event *event, struct value *out)
{
	get_port(event, false, out);
}

static void get_bytes(const struct event *event, bool source, struct value *out)
{
	const struct kwp_close *close = FACTS(event, kwp_close);

	if (RECORD(event)->type == KWP_CLOSE)
		value_number(out, source == !close->inbound ? close->sent : close->received);
}

void get_source_bytes(const struct event *event, struct value *out)
{
	get_bytes(event, true, out);
}

void get_destination_bytes(const struct event *event, struct value *out)
{
	get_bytes(event, false, out);
}

void get_destination_domain(const struct event *event, struct value *out)
{
	value_bytes(out, event->domain);
}

static const struct kwp_net *event_net(const struct event *event)
{
	return event_is_net(RECORD(event)->type) ? event->facts : NULL;
}

void get_network_transport(const struct event *event, struct value *out)
{
	const struct kwp_net *net = event_net(event);

	if (RECORD(event)->type == KWP_DNS)
		value_text(out, name_value(NAME_PROTOCOL_WORD, FACTS(event, kwp_dns)->protocol));
	else if (net && (net->family == AF_INET || net->family == AF_INET6))
		value_text(out, name_value(NAME_PROTOCOL_WORD, net->protocol));
}

void get_network_type(const struct event *event, struct value *out)
{
	const struct kwp_net *net = event_net(event);
	unsigned family = net ? net->family : 0;

	if (RECORD(event)->type == KWP_DNS)
		family = FACTS(event, kwp_dns)->remote.family;
	if (family == AF_INET || family == AF_INET6)
		value_text(out, family == AF_INET ? "ipv4" : "ipv6");
}

void get_network_direction(const struct event *event, struct value *out)
{
	switch (RECORD(event)->type) {
	case KWP_CONNECT:
		value_text(out, "egress");
		break;
	case KWP_ACCEPT:
		value_text(out, "ingress");
		break;
	case KWP_CLOSE:
		value_text(out, came_in(event) ? "ingress" : "egress");
		break;
	case KWP_DNS:
		value_text(out, FACTS(event, kwp_dns)->answer ? "ingress" : "egress");
	}
}

void get_socket_family(const struct event *event, struct value *out)
{
	if (event_net(event))
		value_flags(out, NAME_FAMILY_WORD, event_net(event)->family);
}

void get_socket_type(const struct event *event, struct value *out)
{
	if (event_net(event))
		value_flags(out, NAME_SOCKET_WORD, event_net(event)->type);
}

void get_socket_protocol(const struct event *event, struct value *out)
{
	if (event_net(event))
		value_number(out, event_net(event)->protocol);
}

void get_socket_path(const struct event *event, struct value *out)
{
	if (event_net(event))
		value_bytes(out, event->string[event->string[1].size ? 1 : 0]);
}

void get_socket_cid(const struct event *event, struct value *out)
{
	const struct kwp_net *net = event_net(event);
	const struct kwp_addr *end;

	if (!net || net->family != AF_VSOCK)
		return;
	end = RECORD(event)->type == KWP_CONNECT ? &net->remote : &net->local;
	value_number(out, end->scope);
}

void get_socket_backlog(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_LISTEN)
		value_number(out, event_net(event)->backlog);
}

/* ---- DNS ---- */

void get_dns_type(const struct event *event, struct value *out)
{
	if (event->dns)
		value_text(out, event->dns->response ? "answer" : "query");
}

void get_dns_id(const struct event *event, struct value *out)
{
	if (event->dns)
		value_number(out, event->dns->id);
}

void get_dns_question(const struct event *event, struct value *out)
{
	if (event->dns && event->dns->question.name[0])
		value_text(out, event->dns->question.name);
}

void get_dns_question_type(const struct event *event, struct value *out)
{
	if (event->dns && event->dns->question.name[0])
		value_flags(out, NAME_DNS_TYPE, event->dns->question.type);
}

void get_dns_answers(const struct event *event, struct value *out)
{
	value_bytes(out, event->dns_answers);
	if (out->kind == VALUE_TEXT)
		out->kind = VALUE_LIST;
}

void get_dns_addresses(const struct event *event, struct value *out)
{
	size_t used = 0;

	for (int i = 0; event->dns && i < event->dns->answers; i++) {
		const struct dns_answer *answer = &event->dns->answer[i];
		size_t size = strlen(answer->data) + 1;

		if (!answer->address_size || used + size > sizeof(out->buffer))
			continue;
		memcpy(out->buffer + used, answer->data, size);
		used += size;
	}
	if (!used)
		return;
	out->kind = VALUE_LIST;
	out->text = (struct text){out->buffer, used};
}

void get_dns_rcode(const struct event *event, struct value *out)
{
	if (event->dns && event->dns->response)
		value_flags(out, NAME_DNS_RCODE, event->dns->rcode);
}
