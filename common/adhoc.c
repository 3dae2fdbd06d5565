/* SPDX-License-Identifier: GPL-2.0-only */
#include "adhoc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "profile_say.h"

#define FILE_NAME "command line"

static const char *const options[] = {"--exec",    "--read-file", "--write-file", "--egress",
				      "--ingress", "--syscall",   "--detect",     "--except"};
_Static_assert(ARRAY_SIZE(options) == ADHOC_KIND_COUNT, "each kind has its option");

int adhoc_add(struct adhoc *adhoc, enum adhoc_kind kind, const char *text)
{
	struct adhoc_word *words;

	if (!*text)
		return -EINVAL;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return -EINVAL;
	words = reallocarray(adhoc->words, adhoc->words_count + 1, sizeof(*words));
	if (!words)
		return -ENOMEM;
	adhoc->words = words;
	words[adhoc->words_count++] = (struct adhoc_word){kind, text};
	adhoc->excepts |= kind == ADHOC_EXCEPT;
	return 0;
}

void adhoc_free(struct adhoc *adhoc)
{
	free(adhoc->words);
	*adhoc = (struct adhoc){};
}

bool adhoc_any(const struct adhoc *adhoc)
{
	return adhoc->profile || adhoc->words_count || adhoc->isolate;
}

/* ---- the text ---- */

/* A double-quoted text of YAML; adhoc_add() let no control bytes in. */
static void quote(FILE *out, const char *text, size_t size)
{
	fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"' || text[i] == '\\')
			fputc('\\', out);
		fputc(text[i], out);
	}
	fputc('"', out);
}

static bool has(const struct adhoc *adhoc, enum adhoc_kind kind)
{
	for (size_t i = 0; i < adhoc->words_count; i++)
		if (adhoc->words[i].kind == kind)
			return true;
	return false;
}

static const char *action(const struct adhoc *adhoc)
{
	return adhoc->kill ? "kill" : "block";
}

static void write_exec(const struct adhoc *adhoc, FILE *out)
{
	if (!has(adhoc, ADHOC_EXEC))
		return;
	fputs("process:\n  block:\n", out);
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];

		if (word->kind != ADHOC_EXEC)
			continue;
		fputs("    - {path: ", out);
		quote(out, word->text, strlen(word->text));
		fprintf(out, ", action: %s}\n", action(adhoc));
	}
}

/* Is this word the first one of its pattern, of --read-file and --write-file together? */
static bool first_of(const struct adhoc *adhoc, size_t index, bool *reads, bool *writes)
{
	*reads = *writes = false;
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];

		if ((word->kind != ADHOC_READ && word->kind != ADHOC_WRITE) ||
		    strcmp(word->text, adhoc->words[index].text))
			continue;
		if (i < index)
			return false;
		*reads |= word->kind == ADHOC_READ;
		*writes |= word->kind == ADHOC_WRITE;
	}
	return true;
}

static void write_files(const struct adhoc *adhoc, FILE *out)
{
	bool reads, writes;

	if (!has(adhoc, ADHOC_READ) && !has(adhoc, ADHOC_WRITE))
		return;
	fputs("file:\n", out);
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];

		if ((word->kind != ADHOC_READ && word->kind != ADHOC_WRITE) ||
		    !first_of(adhoc, i, &reads, &writes))
			continue;
		fputs("  - {path: ", out);
		quote(out, word->text, strlen(word->text));
		if (reads)
			fprintf(out, ", read: %s", action(adhoc));
		if (writes)
			fprintf(out, ", write: %s", action(adhoc));
		fputs("}\n", out);
	}
}

/* The words of one kind that begin with '!', or those that do not, as a list. */
static void write_addresses(const struct adhoc *adhoc, FILE *out, const char *key,
			    enum adhoc_kind kind, bool negated)
{
	bool any = false;

	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];
		const char *text = word->text + (*word->text == '!');

		if (word->kind != kind || (*word->text == '!') != negated)
			continue;
		if (!any)
			fprintf(out, "    %s:\n", key);
		any = true;
		fputs("      - ", out);
		quote(out, text, strlen(text));
		fputc('\n', out);
	}
}

static bool has_negated(const struct adhoc *adhoc, enum adhoc_kind kind)
{
	for (size_t i = 0; i < adhoc->words_count; i++)
		if (adhoc->words[i].kind == kind && *adhoc->words[i].text == '!')
			return true;
	return false;
}

static void write_way(const struct adhoc *adhoc, FILE *out, const char *way, enum adhoc_kind kind)
{
	if (!adhoc->isolate && !has(adhoc, kind))
		return;
	fprintf(out, "  %s:\n    default: %s\n", way,
		adhoc->isolate || has_negated(adhoc, kind) ? "block" : "allow");
	if (adhoc->isolate) /* exceptions have no '!' of their own */
		write_addresses(adhoc, out, "allow", ADHOC_EXCEPT, false);
	else
		write_addresses(adhoc, out, "allow", kind, true);
	write_addresses(adhoc, out, "block", kind, false);
}

static void write_network(const struct adhoc *adhoc, FILE *out)
{
	if (!adhoc->isolate && !has(adhoc, ADHOC_EGRESS) && !has(adhoc, ADHOC_INGRESS))
		return;
	fputs("network:\n", out);
	write_way(adhoc, out, "egress", ADHOC_EGRESS);
	write_way(adhoc, out, "ingress", ADHOC_INGRESS);
}

static void write_calls(const struct adhoc *adhoc, FILE *out)
{
	if (!has(adhoc, ADHOC_SYSCALL))
		return;
	fprintf(out, "syscall:\n  %s:\n", action(adhoc));
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const char *text = adhoc->words[i].text;
		size_t size;

		for (; adhoc->words[i].kind == ADHOC_SYSCALL && *text; text += size + !!text[size]) {
			size = strcspn(text, ",");
			fputs("    - ", out);
			quote(out, text, size);
			fputc('\n', out);
		}
	}
}

static void write_detects(const struct adhoc *adhoc, FILE *out)
{
	if (!has(adhoc, ADHOC_DETECT))
		return;
	fputs("detect:\n", out);
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];

		if (word->kind != ADHOC_DETECT)
			continue;
		fputs("  ", out);
		quote(out, word->text, strlen(word->text));
		fprintf(out, ": %s\n", action(adhoc));
	}
}

char *adhoc_text(const struct adhoc *adhoc)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("kwp: 1\nname: command-line\n", out);
	if (adhoc->profile) {
		fputs("extends: ", out);
		quote(out, adhoc->profile, strlen(adhoc->profile));
		fputc('\n', out);
	}
	if (adhoc->dry)
		fputs("mode: monitor\n", out);
	write_exec(adhoc, out);
	write_files(adhoc, out);
	write_network(adhoc, out);
	write_calls(adhoc, out);
	write_detects(adhoc, out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- the profile ---- */

/* Which option a line of the text came from: the one whose word stands in it. */
static const struct adhoc_word *word_of_line(const struct adhoc *adhoc, const char *text,
					     unsigned line)
{
	size_t length;

	while (line-- > 1 && (text = strchr(text, '\n')))
		text++;
	if (!text)
		return NULL;
	length = strcspn(text, "\n");
	for (size_t i = 0; i < adhoc->words_count; i++) {
		const struct adhoc_word *word = &adhoc->words[i];

		if (memmem(text, length, word->text, strcspn(word->text, ",")))
			return word;
	}
	return NULL;
}

static void say(const struct adhoc *adhoc, const char *text, const struct profile_problem *problem)
{
	const struct adhoc_word *word = NULL;

	if (strcmp(problem->file, FILE_NAME)) {
		profile_problem_say(problem);
		return;
	}
	if (problem->line)
		word = word_of_line(adhoc, text, problem->line);
	if (problem->warning)
		log_warning("%s %s: %s", word ? options[word->kind] : "", word ? word->text : "",
			    problem->message);
	else if (word)
		log_error("%s %s: %s", options[word->kind], word->text, problem->message);
	else
		log_error("%s", problem->message);
}

int adhoc_profile(const struct adhoc *adhoc, struct profile **out)
{
	_cleanup_free_ char *text = adhoc_text(adhoc);
	struct profile_problems problems = {};
	int err;

	if (adhoc->profile && !adhoc->words_count && !adhoc->isolate) {
		err = profile_read_said(adhoc->profile, out);
		if (!err && adhoc->dry)
			(*out)->mode = KWP_MODE_MONITOR;
		return err;
	}
	if (!text)
		return log_errno(-ENOMEM, "cannot read the options");
	err = profile_parse(FILE_NAME, text, strlen(text), out, &problems);
	for (size_t i = 0; i < problems.count; i++)
		say(adhoc, text, &problems.list[i]);
	if (err && !problems.count)
		log_errno(err, "cannot read the options");
	profile_problems_free(&problems);
	return err;
}

/* ---- guard rail ---- */

static bool is_everything(const struct profile_pattern *pattern)
{
	return pattern->kind == PATTERN_SUBTREE && !strcmp(pattern->path, "/");
}

const char *adhoc_stops_all(const struct profile *profile)
{
	bool allows = false;

	if (profile->mode != KWP_MODE_ENFORCE)
		return NULL;
	for (size_t i = 0; i < profile->paths_count; i++) {
		const struct profile_path_rule *rule = &profile->paths[i];

		if (is_everything(&rule->pattern) && rule->action[KWP_EXECUTE] >= KWP_BLOCK)
			return "blocking every program";
		if (is_everything(&rule->pattern) && rule->action[KWP_WRITE] >= KWP_BLOCK)
			return "blocking every write";
		if (is_everything(&rule->pattern) && rule->action[KWP_READ] >= KWP_BLOCK)
			return "blocking every read";
		allows |= rule->action[KWP_EXECUTE] == KWP_ALLOW;
	}
	return profile->process_default >= KWP_BLOCK && !allows
		       ? "a default of block that allows no program" : NULL;
}
