/* SPDX-License-Identifier: GPL-2.0-only */
#include "status.h"

#include <inttypes.h>

#include "class.h"
#include "digits.h"
#include "escape.h"
#include "profile.h"
#include "profile_detect.h"

static const char *mode_name(enum kwp_mode mode)
{
	static const char *const names[] = {"off", "monitor", "enforce"};

	return mode < ARRAY_SIZE(names) ? names[mode] : "?";
}

static void add_time(struct buffer *out, uint64_t time)
{
	static struct digits_times times;
	char *to = buffer_want(out, DIGITS_MAX);

	if (to)
		buffer_end(out, digits_put_time(to, time, &times));
}

static struct text text_of(const char *text)
{
	return (struct text){text, strlen(text)};
}

static uint64_t lost_total(const struct enforce_status *status)
{
	uint64_t total = 0;

	for (int i = 0; i < KWP_TYPE_COUNT; i++)
		total += status->lost[i];
	return total;
}

/* ---- text ---- */

static void add_name(struct buffer *out, size_t begin, const char *name)
{
	buffer_addf(out, "%s%s", out->size > begin ? ", " : "", name);
}

void status_classes(uint32_t guards, struct buffer *out)
{
	const size_t begin = out->size;

	for (int class = 1; class < KWP_CLASS_COUNT; class++)
		if (guards & 1u << class)
			add_name(out, begin, class_name(class));
	if (out->size == begin)
		buffer_string(out, "none");
}

void status_detects(uint32_t detects, struct buffer *out)
{
	const size_t begin = out->size;

	for (int detect = 0; detect < KWP_DETECT_COUNT; detect++)
		if (detects & 1u << detect)
			add_name(out, begin, detect_name(detect));
}

void status_enforced(uint32_t guards, bool kill_only, struct buffer *out)
{
	/* Those that have control groups' hooks, which deny on every kernel. */
	const uint32_t denied = 1u << KWP_CLASS_NETWORK | 1u << KWP_CLASS_SYSCTL;

	if (!kill_only || !(guards & ~denied)) {
		status_classes(guards, out);
		return;
	}
	if (guards & denied) {
		status_classes(guards & denied, out);
		buffer_string(out, "; ");
	}
	buffer_string(out, "by ending the process: ");
	status_classes(guards & ~denied, out);
}

static void text_head(const struct enforce_status *status, struct buffer *out)
{
	buffer_string(out, "profile      ");
	escape_text(out, text_of(status->profile));
	buffer_addf(out, "\ndigest       %s\ngeneration   %u\nmode         %s\nloaded       ",
		    status->digest, status->generation, mode_name(status->mode));
	add_time(out, status->loaded);
	buffer_addf(out, " by kwp %s\nenforced     ", status->version);
	status_enforced(status->guards, status->view.kill_only, out);
	if (status->unguarded) {
		buffer_string(out, "\nnot enforced ");
		status_classes(status->unguarded, out);
	}
	if (status->unstopped) {
		buffer_string(out, "\nnot stopped  ");
		status_detects(status->unstopped, out);
	}
	if (status->names)
		buffer_addf(out, "\nnames        %" PRIu64 " addresses, %" PRIu64 " had to go",
			    status->named, status->named_evicted);
	buffer_addf(out,
		    "\nmemory       %" PRIu64 " KiB maps, %" PRIu64 " KiB programs\n"
		    "lost         %" PRIu64 " records, %" PRIu64 " not made above the limits%s\n"
		    "not judged   %" PRIu64 " paths, %" PRIu64 " answers\nreader       ",
		    status->map_bytes >> 10, status->program_bytes >> 10, lost_total(status),
		    status->unmade, status->shed ? "; auditing is lowered" : "",
		    status->unwalked, status->unread);
	if (status->reader)
		buffer_addf(out, "pid %u\n", status->reader);
	else
		buffer_string(out, "nobody\n");
}

static void text_rules(const struct enforce_status *status, uint64_t boot, struct buffer *out)
{
	buffer_addf(out, "\n%10s  %-30s  %-7s  %-8s  %s\n", "HITS", "LAST", "ACTION", "RULE",
		    "WORDS");
	for (size_t i = 1; i < status->rules_count; i++) {
		const struct enforce_rule *rule = &status->rules[i];

		buffer_addf(out, "%10" PRIu64 "  ", (uint64_t)rule->hits.count);
		if (rule->hits.count)
			add_time(out, boot + rule->hits.last);
		else
			buffer_addf(out, "%-30s", "-");
		buffer_addf(out, "  %-7s  %-8s  ", action_name(rule->action),
			    class_name(rule->class));
		escape_text(out, text_of(rule->text.words));
		if (rule->text.reference[0]) {
			buffer_string(out, "  (");
			escape_text(out, text_of(rule->text.reference));
			buffer_byte(out, ')');
		}
		buffer_byte(out, '\n');
	}
}

/* Where the kernel counts run times, which an operator has to ask for. */
static void text_programs(const struct enforce_status *status, struct buffer *out)
{
	buffer_addf(out, "\n%-16s %-40s %-11s %10s %8s %8s\n", "PROGRAM", "HOOK", "BACKEND", "RUNS",
		    "NS EACH", "BYTES");
	for (size_t i = 0; i < status->programs_count; i++) {
		const struct enforce_program *p = &status->programs[i];

		buffer_addf(out, "%-16s %-40s %-11s %10" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n",
			    p->name, p->hook, event_backend_name(p->backend) ?: "-", p->runs,
			    p->runs ? p->run_ns / p->runs : 0, p->bytes);
	}
}

void status_text(const struct enforce_status *status, uint64_t boot, struct buffer *out)
{
	text_head(status, out);
	text_rules(status, boot, out);
	text_programs(status, out);
}

/* ---- JSON ---- */

static void json_text(struct buffer *out, const char *key, const char *text)
{
	buffer_addf(out, "\"%s\":\"", key);
	escape_json(out, text_of(text));
	buffer_string(out, "\",");
}

static void json_time(struct buffer *out, const char *key, uint64_t time)
{
	buffer_addf(out, "\"%s\":\"", key);
	add_time(out, time);
	buffer_string(out, "\",");
}

static void json_number(struct buffer *out, const char *key, uint64_t number)
{
	buffer_addf(out, "\"%s\":%" PRIu64 ",", key, number);
}

/* The comma behind the last of a list becomes its end. */
static void json_end(struct buffer *out, char end)
{
	if (!out->failed && out->size && out->bytes[out->size - 1] == ',')
		out->size--;
	buffer_byte(out, end);
	buffer_byte(out, ',');
}

static void json_classes(struct buffer *out, const char *key, uint32_t guards)
{
	buffer_addf(out, "\"%s\":[", key);
	for (int class = 1; class < KWP_CLASS_COUNT; class++)
		if (guards & 1u << class)
			buffer_addf(out, "\"%s\",", class_name(class));
	json_end(out, ']');
}

static void json_detects(struct buffer *out, const char *key, uint32_t detects)
{
	buffer_addf(out, "\"%s\":[", key);
	for (int detect = 0; detect < KWP_DETECT_COUNT; detect++)
		if (detects & 1u << detect)
			buffer_addf(out, "\"%s\",", detect_name(detect));
	json_end(out, ']');
}

static void json_rules(struct buffer *out, const struct enforce_status *status, uint64_t boot)
{
	buffer_string(out, "\"rules\":[");
	for (size_t i = 1; i < status->rules_count; i++) {
		const struct enforce_rule *rule = &status->rules[i];

		buffer_byte(out, '{');
		json_number(out, "number", i);
		json_text(out, "class", class_name(rule->class));
		json_text(out, "name", rule->text.name);
		json_text(out, "words", rule->text.words);
		if (rule->text.reference[0])
			json_text(out, "reference", rule->text.reference);
		json_text(out, "action", action_name(rule->action));
		json_number(out, "hits", rule->hits.count);
		if (rule->hits.count)
			json_time(out, "last", boot + rule->hits.last);
		json_end(out, '}');
	}
	json_end(out, ']');
}

static void json_programs(struct buffer *out, const struct enforce_status *status)
{
	buffer_string(out, "\"programs\":[");
	for (size_t i = 0; i < status->programs_count; i++) {
		const struct enforce_program *p = &status->programs[i];

		buffer_byte(out, '{');
		json_text(out, "name", p->name);
		json_text(out, "hook", p->hook);
		json_text(out, "backend", event_backend_name(p->backend) ?: "none");
		json_number(out, "runs", p->runs);
		json_number(out, "run_ns", p->run_ns);
		json_number(out, "bytes", p->bytes);
		json_end(out, '}');
	}
	json_end(out, ']');
}

static void json_losses(struct buffer *out, const struct enforce_status *status)
{
	buffer_string(out, "\"lost\":{");
	for (int i = 1; i < KWP_TYPE_COUNT; i++)
		if (status->lost[i])
			json_number(out, event_type_name(i), status->lost[i]);
	json_end(out, '}');
}

void status_json(const struct enforce_status *status, uint64_t boot, struct buffer *out)
{
	buffer_byte(out, '{');
	json_text(out, "profile", status->profile);
	json_text(out, "digest", status->digest);
	json_text(out, "version", status->version);
	json_number(out, "generation", status->generation);
	json_text(out, "mode", mode_name(status->mode));
	json_time(out, "loaded", status->loaded);
	json_classes(out, "enforced", status->guards);
	json_classes(out, "not_enforced", status->unguarded);
	json_detects(out, "not_stopped", status->unstopped);
	buffer_addf(out, "\"kill_only\":%s,\"shed\":%s,", status->view.kill_only ? "true" : "false",
		    status->shed ? "true" : "false");
	json_number(out, "reader", status->reader);
	json_number(out, "map_bytes", status->map_bytes);
	json_number(out, "program_bytes", status->program_bytes);
	if (status->names) {
		json_number(out, "names", status->named);
		json_number(out, "names_evicted", status->named_evicted);
	}
	json_losses(out, status);
	json_number(out, "not_made", status->unmade);
	json_number(out, "not_walked", status->unwalked);
	json_number(out, "not_read", status->unread);
	json_rules(out, status, boot);
	json_programs(out, status);
	json_end(out, '}');
	if (!out->failed)
		out->bytes[out->size - 1] = '\n';
}
