/* SPDX-License-Identifier: GPL-2.0-only */
/* One word of `network`: an address, a range, a domain or a port, "10.0.0.0/8:443/tcp". */
#include "profile_reader.h"
#include "digits.h"
#include "word.h"

#include <netinet/in.h>
#include <string.h>

#define MAPPED 96 /* bits of the prefix of IPv4 addresses */

/* A word while it is taken apart. */
struct parse {
	struct profile_reader *reader;
	const struct yaml_node *node;
	struct text host, ports, protocol; /* bytes == NULL: not there */
	struct profile_address_rule *rule;
};

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{"tcp", IPPROTO_TCP},
	{"udp", IPPROTO_UDP},
	{"icmp", IPPROTO_ICMP},
	{"sctp", IPPROTO_SCTP},
};

static bool is(struct text text, const char *word)
{
	return text.size == strlen(word) && !memcmp(text.bytes, word, text.size);
}

#define fail(parse, ...) (reader_error((parse)->reader, (parse)->node, __VA_ARGS__), false)
#define shown(text) (int)MIN((text).size, 80u), (text).bytes

/* Takes off the "/udp" of the end, if what follows the last slash is a word. */
static void protocol_split(struct text *rest, struct text *protocol)
{
	const char *slash = memrchr(rest->bytes, '/', rest->size);
	size_t at = slash ? (size_t)(slash - rest->bytes) : 0;

	if (!slash || (at + 1 < rest->size && slash[1] >= '0' && slash[1] <= '9'))
		return;
	*protocol = (struct text){slash + 1, rest->size - at - 1};
	rest->size = at;
}

/* Takes off ":443". Two colons are an IPv6 address without brackets, so without ports. */
static bool ports_split(struct parse *parse, struct text *rest)
{
	const char *colon = memrchr(rest->bytes, ':', rest->size);
	const char *close = memchr(rest->bytes, ']', rest->size);

	if (rest->size && *rest->bytes == '[') {
		if (!close)
			return fail(parse, "the '[' of '%.80s' is not closed", parse->node->text);
		parse->host = (struct text){rest->bytes + 1, (size_t)(close - rest->bytes) - 1};
		rest->size -= parse->host.size + 2;
		rest->bytes = close + 1;
		if (rest->size && *rest->bytes != ':')
			return fail(parse,
				    "only ':' and ports can follow the ']' of '%.80s'; a "
				    "prefix length stands before it",
				    parse->node->text);
		colon = rest->size ? rest->bytes : NULL;
	} else if (colon && memchr(rest->bytes, ':', (size_t)(colon - rest->bytes))) {
		colon = NULL;
		parse->host = *rest;
	} else {
		parse->host = *rest;
		parse->host.size = colon ? (size_t)(colon - rest->bytes) : rest->size;
	}
	if (colon)
		parse->ports =
			(struct text){colon + 1, (size_t)(rest->bytes + rest->size - colon) - 1};
	return true;
}

static bool port_number(struct text text, uint16_t *out)
{
	int64_t number;

	if (word_number(text.bytes, text.size, false, &number) || number < 1 || number > UINT16_MAX)
		return false;
	*out = (uint16_t)number;
	return true;
}

static bool ports_read(struct parse *parse)
{
	struct profile_address_rule *rule = parse->rule;
	struct text low = parse->ports, high = low;
	const char *dash;

	rule->low = 0;
	rule->high = UINT16_MAX;
	if (!parse->ports.bytes)
		return true;
	dash = memchr(low.bytes, '-', low.size);
	if (dash) {
		low.size = (size_t)(dash - low.bytes);
		high = (struct text){dash + 1, parse->ports.size - low.size - 1};
	}
	if (!port_number(low, &rule->low) || !port_number(high, &rule->high))
		return fail(parse, "'%.*s' is no port, 1 to 65535, or range such as 8000-8100",
			    shown(parse->ports));
	if (rule->low > rule->high)
		return fail(parse,
			    "the range of ports is the wrong way round; did you mean "
			    "'%u-%u'?",
			    rule->high, rule->low);
	return true;
}

static bool protocol_read(struct parse *parse)
{
	struct profile_address_rule *rule = parse->rule;
	struct text name = parse->protocol;

	rule->protocol = 0;
	if (!name.bytes)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (is(name, protocols[i].name))
			rule->protocol = protocols[i].number;
	}
	if (!rule->protocol)
		return fail(parse, "unknown protocol '%.*s'; there are tcp, udp, icmp and sctp",
			    shown(name));
	if (rule->protocol == IPPROTO_ICMP && parse->ports.bytes)
		return fail(parse, "icmp has no ports");
	return true;
}

/* Words for people who set bits behind the prefix: a range or an address may be meant. */
static bool prefix_bits(struct parse *parse, const struct prefix *prefix, unsigned length)
{
	const char *slash = memchr(parse->host.bytes, '/', parse->host.size);
	struct prefix whole;
	char range[DIGITS_MAX];
	char *end;

	if (!slash)
		return true;
	if (word_prefix(parse->host.bytes, (size_t)(slash - parse->host.bytes), &whole))
		return fail(parse, "'%.*s' is no address", shown(parse->host));
	if (!memcmp(whole.bytes, prefix->bytes, sizeof(whole.bytes)))
		return true;
	end = digits_put_address(range, prefix->bytes, prefix->v6);
	return fail(parse, "'%.*s' has bits behind its prefix; did you mean '%.*s/%u'?",
		    shown(parse->host), (int)(end - range), range, length);
}

static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};

/* IPv4 is a part of some ranges of IPv6 in the kernel's table. */
static bool holds_ipv4(const struct prefix *prefix)
{
	unsigned bytes = prefix->bits / 8, rest = prefix->bits % 8;

	if (prefix->bits >= MAPPED || memcmp(prefix->bytes, mapped, bytes))
		return false;
	return !((prefix->bytes[bytes] ^ mapped[bytes]) >> (8 - rest));
}

static bool range_read(struct parse *parse)
{
	struct profile_address_rule *rule = parse->rule;
	struct prefix prefix;

	if (word_prefix(parse->host.bytes, parse->host.size, &prefix))
		return fail(parse, "'%.*s' is no address or range such as 10.0.0.0/8",
			    shown(parse->host));
	if (!prefix_bits(parse, &prefix, prefix.bits))
		return false;
	if (prefix.v6 && holds_ipv4(&prefix))
		return fail(parse,
			    "'%.*s' holds the IPv4 addresses too; write '*' for all of "
			    "both, or 2000::/3 for the IPv6 internet",
			    shown(parse->host));
	if (prefix.v6) {
		memcpy(rule->address, prefix.bytes, sizeof(rule->address));
		rule->prefix = prefix.bits;
		return true;
	}
	memcpy(rule->address, mapped, sizeof(mapped));
	memcpy(rule->address + MAPPED / 8, prefix.bytes, 4);
	rule->prefix = MAPPED + prefix.bits;
	return true;
}

static bool domain_read(struct parse *parse)
{
	struct profile_address_rule *rule = parse->rule;
	struct text name = parse->host;
	const char *fault;

	if (name.size > 1 && name.bytes[name.size - 1] == '.') /* the root */
		name.size--;
	fault = domain_fault(name.bytes, name.size);
	if (fault)
		return fail(parse, "'%.*s' is no domain: %s", shown(name), fault);
	if (rule->ingress)
		return fail(parse,
			    "who comes in has an address, no name; write the range of "
			    "'%.*s'",
			    shown(name));
	/* Its addresses can be reached without asking for its name. */
	if (rule->action == KWP_BLOCK)
		return fail(parse,
			    "a domain can't be blocked, because its addresses can be "
			    "reached without its name; write their range, or 'default: block' "
			    "and what is allowed");
	rule->domain = reader_bytes(parse->reader, name.bytes, name.size);
	for (char *at = rule->domain; at && *at; at++)
		*at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
	return rule->domain;
}

static bool dns_read(struct parse *parse)
{
	struct profile_address_rule *rule = parse->rule;

	if (parse->ports.bytes || parse->protocol.bytes)
		return fail(parse, "'dns' is the resolvers of the guest at port 53, without "
				   "further words");
	if (rule->ingress)
		return fail(parse, "'dns' is what goes out; ingress does not have it");
	rule->dns = true;
	rule->low = rule->high = 53;
	return true;
}

/* A host that has letters is a domain, but for those of IPv6. */
static bool is_range(const struct parse *parse)
{
	struct text host = parse->host;

	if (memchr(host.bytes, ':', host.size) || memchr(host.bytes, '/', host.size))
		return true;
	return strspn(host.bytes, "0123456789.") >= host.size;
}

static bool host_read(struct parse *parse)
{
	struct text host = parse->host;

	if (*parse->node->text == '[')
		return range_read(parse);
	if (is(host, "dns"))
		return dns_read(parse);
	if (is(host, "*") || (!host.size && (parse->ports.bytes || parse->protocol.bytes)))
		return true;
	return is_range(parse) ? range_read(parse) : domain_read(parse);
}

bool reader_address(struct profile_reader *reader, const struct yaml_node *node,
		    struct profile_address_rule *out)
{
	struct parse parse = {.reader = reader, .node = node, .rule = out};
	const char *text = reader_text(reader, node);
	struct text rest = {text, node->size};

	if (!text)
		return false;
	protocol_split(&rest, &parse.protocol);
	if (!ports_split(&parse, &rest) || !ports_read(&parse) || !protocol_read(&parse) ||
	    !host_read(&parse))
		return false;
	out->text = reader_bytes(reader, text, node->size);
	return out->text;
}
