/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of the domain name system (RFC 1035, 2782, 3596, 9460): the question
 * and the answers, as texts. Pure: no allocation, no memory but the caller's.
 */
#ifndef KWP_DNS_H
#define KWP_DNS_H

#include "util.h"

#include <stdbool.h>
#include <stdint.h>

#define DNS_ANSWERS 32
/* A name has 255 bytes on the wire; each may print as four (\DDD). */
#define DNS_NAME_TEXT 1024
#define DNS_DATA_TEXT 1280

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_DNAME = 39,
	DNS_SVCB = 64,
	DNS_HTTPS = 65
};

/*
 * Names are "example.com", the root is "."; letter case is as sent, and means
 * nothing to DNS. A dot or a backslash inside a label is "\." or "\\", a byte that is
 * no printable ASCII is "\DDD" in decimal (RFC 4343).
 */
struct dns_question {
	char name[DNS_NAME_TEXT];
	uint16_t type, class; /* NAME_DNS_TYPE, NAME_DNS_CLASS */
};

struct dns_answer {
	char name[DNS_NAME_TEXT];
	uint16_t type, class;
	uint32_t ttl;	      /* seconds */
	uint16_t size;	      /* of the data on the wire */
	uint8_t address[16];  /* A, AAAA: network order */
	uint8_t address_size; /* 4, 16; 0: not one of them */
	/*
	 * A, AAAA: "192.0.2.1"; CNAME, DNAME, PTR, NS: a name; MX: "10 mail.example";
	 * SRV: "1 2 443 host"; TXT: "\"a\" \"b\""; SVCB, HTTPS: "1 . alpn=h2,h3 port=443";
	 * any other: "\# SIZE HEX" (RFC 3597). Cut when longer.
	 */
	char data[DNS_DATA_TEXT];
};

struct dns_message {
	uint16_t id;
	bool response;
	bool truncated;	    /* by the server: the TC bit */
	bool malformed;	    /* the bytes ended early or break the rules: the rest is missing */
	uint8_t opcode;	    /* 0: query */
	uint8_t rcode;	    /* NAME_DNS_RCODE */
	uint16_t questions; /* as the header claims; only the first is kept, 32 are allowed */
	uint16_t answers_claimed;
	uint16_t answers;	      /* in answer[], DNS_ANSWERS at most */
	struct dns_question question; /* name "": none */
	struct dns_answer answer[DNS_ANSWERS];
};

/*
 * Reads size bytes of a message (without the length that TCP puts before it)
 * into *out; every field is set, of answer[] the first `answers` elements. What
 * was valid before a fault stays, with malformed set. *out is big (80 KiB).
 */
void dns_parse(const void *bytes, size_t size, struct dns_message *out);

#endif
