/* SPDX-License-Identifier: GPL-2.0-only */
/* A profile in YAML, in which each rule says what it stands for. */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "learn.h"
#include "word.h"

#define CROWD_FILES 8 /* files of one directory that become all of it */

/* Calls that few need and attackers want: blocked if calls were recorded and it is not among
 * them. */
static const char *const rare_calls[] = {
	"acct",
	"add_key",
	"bpf",
	"delete_module",
	"finit_module",
	"init_module",
	"kexec_file_load",
	"kexec_load",
	"keyctl",
	"mount",
	"move_mount",
	"open_by_handle_at",
	"perf_event_open",
	"pivot_root",
	"process_vm_readv",
	"process_vm_writev",
	"ptrace",
	"request_key",
	"setns",
	"swapoff",
	"swapon",
	"umount2",
	"unshare",
	"userfaultfd",
};

struct put {
	struct buffer *out;
	const struct learn_facts *facts;
};

uint64_t learn_times(const struct item *item)
{
	const struct text count = item->value[SEEN_COUNT];
	int64_t times;

	return !count.bytes || word_number(count.bytes, count.size, false, &times) || times < 1
		       ? 1
		       : (uint64_t)times;
}

static void put_word(struct buffer *out, const char *word)
{
	buffer_byte(out, '"');
	escape_json(out, text_of(word));
	buffer_byte(out, '"');
}

void learn_put_times(struct buffer *out, uint64_t times)
{
	buffer_addf(out, times == 1 ? "  # once" : "  # %" PRIu64 " times", times);
}

static void put_comment(struct buffer *out, const struct learn_pattern *pattern)
{
	const size_t size = strlen(pattern->text);

	learn_put_times(out, pattern->times);
	if (pattern->text[size - 1] != '*')
		return;
	buffer_addf(out, ", %u path%s, such as ", pattern->joined, pattern->joined == 1 ? "" : "s");
	escape_text(out, text_of(pattern->example));
}

static void put_unsaid(struct buffer *out, unsigned unsaid, const char *indent)
{
	if (unsaid)
		buffer_addf(out, "%s# Left out: %u paths that no pattern can say.\n", indent,
			    unsaid);
}

/* ---- sections ---- */

static void collect(const struct put *put, enum section section, const char *what,
		    enum name_kind least, struct learn_patterns *patterns)
{
	for (size_t i = 0; i < put->facts->items->count; i++) {
		const struct item *item = &put->facts->items->list[i];

		if (item->section == section &&
		    (!what || text_equal(item->value[SEEN_WHAT], text_of(what))))
			patterns_add(patterns, item->name, least, learn_times(item));
	}
}

static void put_processes(const struct put *put)
{
	static const struct {
		const char *as, *words;
		unsigned crowd;
	} kinds[] = {{"program", "Programs that were executed.", 0},
		     {"script", "Scripts.", 0},
		     {"library", "Files that were mapped as code.", CROWD_FILES}};
	bool any = false;

	buffer_string(put->out, "process:\n  default: block\n  allow:");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct learn_patterns patterns = {};

		collect(put, SECTION_PROGRAMS, kinds[i].as, NAME_PASSING, &patterns);
		patterns_join(&patterns, kinds[i].crowd);
		if (patterns.count)
			buffer_addf(put->out, "\n    # %s", kinds[i].words);
		for (size_t k = 0; k < patterns.count; k++) {
			buffer_string(put->out, "\n    - ");
			put_word(put->out, patterns.list[k].text);
			put_comment(put->out, &patterns.list[k]);
			any = true;
		}
		if (patterns.unsaid)
			buffer_byte(put->out, '\n');
		put_unsaid(put->out, patterns.unsaid, "    ");
		patterns_free(&patterns);
	}
	buffer_string(put->out, any ? "\n\n" : " []\n\n");
}

static void put_files(const struct put *put)
{
	struct learn_patterns patterns = {};

	buffer_string(put->out,
		      "file:\n  # Nothing else may be written, made, renamed or taken away.\n"
		      "  - {path: \"/**\", write: block}\n");
	collect(put, SECTION_OPENS, "write", NAME_VERSION, &patterns);
	patterns_join(&patterns, CROWD_FILES);
	for (size_t i = 0; i < patterns.count; i++) {
		buffer_string(put->out, "  - {path: ");
		put_word(put->out, patterns.list[i].text);
		buffer_string(put->out, ", write: allow}");
		put_comment(put->out, &patterns.list[i]);
		buffer_byte(put->out, '\n');
	}
	put_unsaid(put->out, patterns.unsaid, "  ");
	patterns_free(&patterns);
	buffer_byte(put->out, '\n');
}

/* ---- calls ---- */

static bool was_called(const struct items *items, const char *name)
{
	for (size_t i = 0; i < items->count; i++)
		if (items->list[i].section == SECTION_CALLS &&
		    text_equal(items->list[i].name, text_of(name)))
			return true;
	return false;
}

static void put_calls(const struct put *put)
{
	const struct items *items = put->facts->items;
	bool any = false, first = true;

	for (size_t i = 0; i < items->count; i++)
		any |= items->list[i].section == SECTION_CALLS;
	if (!any)
		return;
	buffer_string(put->out, "syscall:\n  # Rare ones that were not called.\n  block: [");
	for (size_t i = 0; i < ARRAY_SIZE(rare_calls); i++) {
		if (was_called(items, rare_calls[i]))
			continue;
		buffer_addf(put->out, "%s%s", first ? "" : ", ", rare_calls[i]);
		first = false;
	}
	buffer_string(put->out, "]\n\n");
}

/* ---- the whole ---- */

static void put_head(const struct put *put)
{
	const struct learn_facts *facts = put->facts;

	buffer_addf(put->out,
		    "# Learnt from %" PRIu64 " event%s in %" PRIu64 " second%s, %" PRIu64
		    " lost.\n",
		    facts->events, facts->events == 1 ? "" : "s", facts->seconds,
		    facts->seconds == 1 ? "" : "s", facts->lost);
	if (facts->growing)
		buffer_string(put->out, "# New things were still being seen at the end: record for "
					"longer before this is enforced.\n");
	buffer_string(
		put->out,
		"# Not in it: what may be read, capabilities, and system calls but rare ones.\n"
		"# Review it, try it in monitor mode, then enforce it.\n"
		"kwp: 1\nname: learnt\nmode: enforce\n");
	if (facts->container) {
		buffer_string(put->out, "scope: {containers: [");
		put_word(put->out, facts->container);
		buffer_string(put->out, "]}\n");
	}
	buffer_byte(put->out, '\n');
}

void learn_put(struct buffer *out, const struct learn_facts *facts)
{
	const struct put put = {out, facts};

	put_head(&put);
	put_processes(&put);
	put_files(&put);
	learn_put_network(out, facts->items);
	put_calls(&put);
	if (out->size > 1 && out->bytes[out->size - 2] == '\n')
		out->size--;
}
