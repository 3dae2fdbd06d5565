/* SPDX-License-Identifier: GPL-2.0-only */
/* What is a domain name, as DNS answers show them. */
#include "profile_reader.h"

#include <string.h>

#define DOMAIN_MAX 253
#define LABEL_MAX 63

static const char *label_fault(const char *label, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (!size)
		return "a dot in it has nothing before or after it";
	if (size > LABEL_MAX)
		return "a part of it has more than 63 letters";
	if (memchr(label, '*', size))
		return "a '*' can only be its first part, as in *.example.com";
	for (size_t i = 0; i < size; i++) {
		if (!label[i] || !strchr(letters, label[i]))
			return "letters, digits, '-' and '_' are its parts";
	}
	if (*label == '-' || label[size - 1] == '-')
		return "no part of it can begin or end with '-'";
	return NULL;
}

const char *domain_fault(const char *name, size_t size)
{
	const char *end = name + size, *label = name, *fault = NULL;

	if (size > DOMAIN_MAX)
		return "it has more than 253 bytes";
	if (size > 2 && !memcmp(name, "*.", 2))
		label += 2;
	if (!memchr(label, '.', (size_t)(end - label)) && label == name)
		return "the whole name is wanted, as in redis.default.svc.cluster.local";
	for (;;) {
		const char *dot = memchr(label, '.', (size_t)(end - label));

		fault = label_fault(label, (size_t)((dot ? dot : end) - label));
		if (fault || !dot)
			break;
		label = dot + 1;
	}
	/* No top-level domain is a number: this is an address that went wrong. */
	if (!fault && strspn(label, "0123456789") >= (size_t)(end - label))
		return "it is neither an address nor a name";
	return fault;
}
