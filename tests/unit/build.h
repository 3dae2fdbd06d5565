/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds records as the kernel's side would, or wrong ones. */
#ifndef KWP_TESTS_BUILD_H
#define KWP_TESTS_BUILD_H

#include <stdlib.h>
#include <string.h>

#include "../../common/event.h"

/* A record in the making. String n is there when its bytes are not NULL; the NUL
 * that ends it is added. */
struct draft {
	struct kwp_record head;
	_Alignas(8) char facts[KWP_FACTS_MAX];
	struct text string[KWP_STRINGS];
};

/* A finished one, in exactly as many bytes, so that ASan sees any step beyond. */
struct built {
	struct kwp_record *record;
	size_t size;
};

static uint64_t draft_clock = 1000000;

/* Each process starts at a time of its own, the later the higher its pid. */
static inline uint64_t draft_start(uint32_t pid)
{
	return pid * 10ull;
}

/* An act of process pid, a child of parent (0: unknown). */
static inline struct draft draft_of(unsigned type, uint32_t pid, uint32_t parent)
{
	struct draft draft = {.head = {
		.type = type, .backend = KWP_BY_TRACEPOINT, .time = ++draft_clock,
		.start = draft_start(pid), .parent_start = draft_start(parent), .nr = -1,
		.pid = pid, .tid = pid, .parent_pid = parent, .view_pid = pid, .view_tid = pid,
		.view_parent_pid = parent, .own_pid = pid, .loginuid = ~0u, .session = 1,
		.pid_ns = 4026531836, .mnt_ns = 4026531840, .facts_size = event_facts_size(type)}};

	snprintf(draft.head.comm, KWP_COMM, "comm-%u", pid);
	snprintf(draft.head.parent_comm, KWP_COMM, "comm-%u", parent);
	return draft;
}

#define DRAFT_FACTS(draft, type) ((struct type *)(draft)->facts)

static inline void draft_bytes(struct draft *draft, unsigned n, const char *bytes, size_t size)
{
	draft->string[n] = (struct text){bytes, size};
	if (draft->head.strings <= n)
		draft->head.strings = n + 1;
}

static inline void draft_text(struct draft *draft, unsigned n, const char *text)
{
	draft_bytes(draft, n, text, strlen(text));
}

static inline struct draft draft_fork(uint32_t pid, uint32_t parent, uint32_t child)
{
	struct draft draft = draft_of(KWP_FORK, pid, parent);
	struct kwp_fork *fork = DRAFT_FACTS(&draft, kwp_fork);

	fork->child_pid = fork->child_tid = fork->child_view_pid = fork->child_own_pid = child;
	fork->child_view_tid = child;
	fork->child_start = draft_start(child);
	fork->child_pid_ns = draft.head.pid_ns;
	return draft;
}

/* args: of args_size bytes, each with its NUL, as the kernel lays them out. */
static inline struct draft draft_exec(uint32_t pid, uint32_t parent, const char *path,
				      const char *args, size_t args_size)
{
	struct draft draft = draft_of(KWP_EXEC, pid, parent);

	draft.head.flags = KWP_F_RET;
	DRAFT_FACTS(&draft, kwp_exec)->args_size = args_size;
	draft_text(&draft, 0, path);
	draft_bytes(&draft, 1, args, args_size);
	draft_text(&draft, 2, "/work");
	draft_text(&draft, 3, path);
	return draft;
}

static inline struct draft draft_exit(uint32_t pid, uint32_t parent, int code)
{
	struct draft draft = draft_of(KWP_EXIT, pid, parent);

	*DRAFT_FACTS(&draft, kwp_exit) = (struct kwp_exit){.code = code, .last = 1};
	return draft;
}

/* What the policy said of an act before it: rule number of the generation, enum kwp_verdict. */
static inline struct draft draft_verdict(unsigned type, uint32_t pid, uint32_t generation,
					 unsigned rule, unsigned verdict)
{
	struct draft draft = draft_of(type, pid, 1);

	draft.head.backend = KWP_BY_LSM;
	draft.head.flags = KWP_F_VERDICT;
	draft.head.generation = generation;
	draft.head.rule = rule;
	draft.head.verdict = verdict;
	return draft;
}

/* What a rule means; words: its name, profile, place and text, each may be NULL. */
static inline struct draft draft_rule(uint32_t generation, uint32_t rule, uint32_t class,
				      const char *const words[4])
{
	struct draft draft = {.head = {.type = KWP_RULE, .nr = -1, .time = ++draft_clock,
				       .facts_size = event_facts_size(KWP_RULE)}};

	*DRAFT_FACTS(&draft, kwp_rule_text) =
		(struct kwp_rule_text){.generation = generation, .rule = rule, .class = class};
	for (unsigned n = 0; n < 4; n++)
		if (words[n])
			draft_text(&draft, n, words[n]);
	return draft;
}

/* To be freed by built_free(). */
static inline struct built draft_build(const struct draft *draft)
{
	struct kwp_record head = draft->head;
	size_t size = sizeof(head) + head.facts_size, at = size;
	char *bytes;

	for (unsigned n = 0; n < KWP_STRINGS; n++) {
		head.length[n] = draft->string[n].bytes ? draft->string[n].size + 1 : 0;
		size += head.length[n];
	}
	size = (size + 7) & ~(size_t)7;
	head.size = size;
	bytes = calloc(1, size);
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), draft->facts, head.facts_size);
	for (unsigned n = 0; n < KWP_STRINGS; n++) {
		if (head.length[n])
			memcpy(bytes + at, draft->string[n].bytes, head.length[n] - 1);
		at += head.length[n];
	}
	return (struct built){(struct kwp_record *)bytes, size};
}

static inline void built_free(struct built *built)
{
	free(built->record);
}
#define _cleanup_built_ __attribute__((cleanup(built_free)))

#endif
