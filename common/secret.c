/* SPDX-License-Identifier: GPL-2.0-only */
/* What secrets look like and what they are called. */
#include "secret.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_FLAT 63 /* longer names are judged by their end */
#define TOKEN_PROBE 64	 /* bytes that tell a token, whatever its length */

/* Ends of names, in lower case and without separators. */
static const struct ending {
	const char *text;
	size_t size;
	enum secret_kind kind;
} endings[] = {
#define ENDING(text, kind) { text, sizeof(text) - 1, kind }
	ENDING("password", SECRET_PASSWORD), ENDING("passwd", SECRET_PASSWORD),
	ENDING("passphrase", SECRET_PASSWORD), ENDING("passcode", SECRET_PASSWORD),
	ENDING("storepass", SECRET_PASSWORD), ENDING("keypass", SECRET_PASSWORD),
	ENDING("userpass", SECRET_PASSWORD), ENDING("dbpass", SECRET_PASSWORD),
	ENDING("rootpass", SECRET_PASSWORD), ENDING("sshpass", SECRET_PASSWORD),
	ENDING("requirepass", SECRET_PASSWORD), ENDING("masterauth", SECRET_PASSWORD),
	ENDING("proxyauthorization", SECRET_SCHEME), ENDING("authorization", SECRET_SCHEME),
	ENDING("cookie", SECRET_COOKIE), ENDING("secret", SECRET_TOKEN),
	ENDING("token", SECRET_TOKEN), ENDING("apikey", SECRET_TOKEN),
	ENDING("accesskey", SECRET_TOKEN), ENDING("secretkey", SECRET_TOKEN),
	ENDING("privatekey", SECRET_TOKEN), ENDING("encryptionkey", SECRET_TOKEN),
	ENDING("signingkey", SECRET_TOKEN), ENDING("masterkey", SECRET_TOKEN),
	ENDING("accountkey", SECRET_TOKEN), ENDING("authkey", SECRET_TOKEN),
	ENDING("sharedkey", SECRET_TOKEN), ENDING("credential", SECRET_TOKEN),
	ENDING("credentials", SECRET_TOKEN), ENDING("oauth2bearer", SECRET_TOKEN),
	ENDING("jwt", SECRET_TOKEN),
};

/* Last words that count only when they stand alone: "bypass" is no "pass". */
static const char password_words[] = "pass pwd pw psw otp totp";
/* What makes it another thing: --no-password, --image-pull-secret, eos_token of
 * a language model. */
static const char harmless_first[] = "no without disable skip";
static const char harmless_before[] =
	"eos bos pad unk sep cls mask stop max min num per image special pull";

/* Splits off the last word of a name ("db_adminPass" -> "Pass"). */
static size_t word_start(const char *name, size_t size)
{
	size_t at = size;

	while (at && isalnum((unsigned char)name[at - 1])) {
		at--;
		if (isupper((unsigned char)name[at]) &&
		    (!at || islower((unsigned char)name[at - 1])))
			break;
	}
	return at;
}

static bool name_harmless(const char *name, size_t size)
{
	size_t first = 0, last = word_start(name, size), end = last;

	while (first < size && isalnum((unsigned char)name[first]))
		first++;
	if (first < size && secret_listed(harmless_first, name, first))
		return true;
	while (end && !isalnum((unsigned char)name[end - 1]))
		end--;
	last = word_start(name, end);
	return end && secret_listed(harmless_before, name + last, end - last);
}

static bool starts_with(const char *bytes, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);

	return size >= length && !strncasecmp(bytes, prefix, length);
}

static enum secret_kind kind_of_end(const char *flat, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		const struct ending *e = &endings[i];

		if (size >= e->size && !memcmp(flat + size - e->size, e->text, e->size))
			return e->kind;
	}
	return SECRET_NONE;
}

enum secret_kind secret_name(const char *name, size_t size)
{
	char copy[NAME_MAX_FLAT + 1], flat[NAME_MAX_FLAT + 1];
	size_t start, length = 0;
	enum secret_kind kind;

	for (; size && *name == '-'; size--)
		name++;
	if (size > NAME_MAX_FLAT) {
		name += size - NAME_MAX_FLAT;
		size = NAME_MAX_FLAT;
	}
	memcpy(copy, name, size);
	copy[size] = '\0';
	if (!size || name_harmless(copy, size))
		return SECRET_NONE;
	start = word_start(copy, size);
	if (secret_listed(password_words, copy + start, size - start))
		/* PWD=/home/x is the shell's, Pwd=x; a database's. */
		return strcasecmp(copy, "pwd") ? SECRET_PASSWORD : SECRET_TOKEN;
	for (size_t i = 0; i < size; i++)
		if (isalnum((unsigned char)copy[i]))
			flat[length++] = (char)tolower((unsigned char)copy[i]);
	kind = kind_of_end(flat, length);
	if (kind == SECRET_TOKEN &&
	    (starts_with(copy, size, "x-") || starts_with(copy, size, "private-") ||
	     starts_with(copy, size, "job-") || starts_with(copy, size, "api-key")))
		return SECRET_HEADER;
	return kind;
}

/* A token: its first letters and how many more there are at least. */
static const struct shape {
	const char *prefix;
	size_t more;
	bool upper; /* capitals and digits only */
} shapes[] = {
	{ "ghp_", 20, false }, { "gho_", 20, false }, { "ghu_", 20, false },
	{ "ghs_", 20, false }, { "ghr_", 20, false }, { "github_pat_", 20, false },
	{ "glpat-", 16, false }, { "gldt-", 16, false }, { "glrt-", 16, false },
	{ "AKIA", 16, true }, { "ASIA", 16, true }, { "eyJ", 30, false },
	{ "xoxb-", 10, false }, { "xoxp-", 10, false }, { "xoxa-", 10, false },
	{ "xoxr-", 10, false }, { "xoxs-", 10, false }, { "xapp-", 10, false },
	{ "sk-", 20, false }, { "sk_live_", 16, false }, { "sk_test_", 16, false },
	{ "rk_live_", 16, false }, { "AIza", 35, false }, { "ya29.", 20, false },
	{ "npm_", 30, false }, { "pypi-", 30, false }, { "dop_v1_", 30, false },
	{ "hf_", 20, false }, { "SG.", 30, false }, { "hvs.", 20, false },
	{ "hvb.", 20, false }, { "glsa_", 20, false }, { "shpat_", 20, false },
	{ "dckr_pat_", 20, false }, { "AGE-SECRET-KEY-", 20, false },
	{ "tskey-", 16, false }, { "lin_api_", 20, false },
};

/* Secrets that are a part of a URL's path. */
static const char *const url_paths[] = {
	"hooks.slack.com/services/", "api.telegram.org/bot", "discord.com/api/webhooks/",
	"discordapp.com/api/webhooks/",
};

static size_t token_length(const char *bytes, size_t size, bool upper)
{
	size_t i = 0;

	while (i < size && (upper ? isupper((unsigned char)bytes[i]) ||
					    isdigit((unsigned char)bytes[i]) :
				    isalnum((unsigned char)bytes[i]) ||
					    (bytes[i] && strchr("_-.", bytes[i]))))
		i++;
	return i;
}

/* sk-learn-some-package is none: a token mixes digits in. */
static bool has_digit(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (isdigit((unsigned char)bytes[i]))
			return true;
	return false;
}

size_t secret_shape(const char *bytes, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		size_t more, length;

		if (*bytes != *shapes[i].prefix)
			continue;
		length = strlen(shapes[i].prefix);
		if (size < length + shapes[i].more || memcmp(bytes, shapes[i].prefix, length) != 0)
			continue;
		/* First a look at its start: text may be made of nothing but prefixes. */
		more = token_length(bytes + length, MIN(size - length, (size_t)TOKEN_PROBE),
				    shapes[i].upper);
		if (more >= shapes[i].more &&
		    (shapes[i].upper || has_digit(bytes + length, more)))
			return length + token_length(bytes + length, size - length,
						     shapes[i].upper);
	}
	return 0;
}

size_t secret_path(const char *bytes, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(url_paths); i++)
		if (starts_with(bytes, size, url_paths[i]))
			return strlen(url_paths[i]);
	return 0;
}

bool secret_scheme(const char *word, size_t size)
{
	return secret_listed("basic bearer token digest negotiate ntlm apikey aws4-hmac-sha256 "
			     "hawk mac key", word, size);
}
