/* SPDX-License-Identifier: GPL-2.0-only */
/* The DETAILS column: what an event of each type says in a few words. */
#include "detail.h"

#include <errno.h>
#include <string.h>

#include "digits.h"
#include "escape.h"
#include "redact.h"
#include "verdict.h"

/* A field and what stands before it. WORD: bytes that others chose, quoted as a
 * shell would need it, so that they can't pass for another part. */
struct part {
	const char *before, *field, *after;
	enum { RAW, WORD } how;
};

#define PATH {"", "file.path", "", WORD}
#define TARGET {" -> ", "file.target_path", "", WORD}
#define FLAGS {" flags=", "file.flags", "", RAW}
#define DESTINATION {"", "destination.ip", "", RAW}, {":", "destination.port", "", RAW}
#define SOURCE {"", "source.ip", "", RAW}, {":", "source.port", "", RAW}
#define SOCKET_PATH {" ", "kwp.socket.path", "", WORD}, {" cid=", "kwp.socket.cid", "", RAW}
#define FAR_TASK {" pid=", "kwp.target.pid", "", RAW}, {" name=", "kwp.target.name", "", WORD}

static const struct part parts[KWP_TYPE_COUNT][DETAIL_PARTS] = {
	[KWP_EXEC] = {PATH, {" [", "process.args", "]", WORD},
		      {" script=", "process.script.path", "", WORD},
		      {" cwd=", "process.working_directory", "", WORD},
		      {" parent=", "process.parent.name", "", WORD},
		      {":", "process.parent.pid", "", RAW}},
	[KWP_FORK] = {{"child=", "process.child.pid", "", RAW}},
	[KWP_EXIT] = {{"code=", "process.exit_code", "", RAW},
		      {" signal=", "process.exit_signal", "", RAW},
		      {" lived=", "event.duration", "ns", RAW}},
	[KWP_OPEN] = {PATH, FLAGS},
	[KWP_CREATE] = {PATH, FLAGS},
	[KWP_RENAME] = {PATH, TARGET, FLAGS},
	[KWP_UNLINK] = {PATH},
	[KWP_LINK] = {PATH, TARGET},
	[KWP_CHMOD] = {PATH, {" mode=", "file.permissions", "", RAW}},
	[KWP_CHOWN] = {PATH, {" owner=", "file.owner.id", "", RAW},
		       {" group=", "file.group.id", "", RAW}},
	[KWP_TRUNCATE] = {PATH},
	[KWP_XATTR] = {PATH, {" name=", "file.xattr", "", WORD}},
	[KWP_MOUNT] = {PATH, TARGET, {" type=", "file.mount_type", "", WORD}, FLAGS,
		       {" options=", "file.mount_options", "", WORD}},
	[KWP_UMOUNT] = {PATH, FLAGS},
	[KWP_CONNECT] = {DESTINATION, SOCKET_PATH, {" domain=", "destination.domain", "", WORD},
			 {" proto=", "network.transport", "", RAW}},
	[KWP_ACCEPT] = {SOURCE, {" -> ", "destination.ip", "", RAW},
			{":", "destination.port", "", RAW}, SOCKET_PATH},
	[KWP_BIND] = {SOURCE, DESTINATION, SOCKET_PATH,
		      {" proto=", "network.transport", "", RAW}},
	[KWP_LISTEN] = {SOURCE, DESTINATION, SOCKET_PATH,
			{" backlog=", "kwp.socket.backlog", "", RAW}},
	[KWP_SOCKET] = {{"", "kwp.socket.family", "", RAW}, {" ", "kwp.socket.type", "", RAW},
			{" ", "kwp.socket.protocol", "", RAW}},
	[KWP_DNS] = {{"", "dns.type", "", RAW}, {" ", "dns.question.name", "", WORD},
		     {" ", "dns.question.type", "", RAW},
		     {" ", "dns.response_code", "", RAW}, {" -> ", "dns.answers", "", WORD},
		     {" server=", "destination.ip", "", RAW}},
	[KWP_DUP] = {{"", "kwp.dup.from", "", RAW}, {" -> ", "kwp.dup.to", "", RAW},
		     {" remote=", "process.io.remote.ip", "", RAW},
		     {":", "process.io.remote.port", "", RAW}},
	[KWP_SIGNAL] = {{"", "kwp.signal", "", RAW}, FAR_TASK},
	[KWP_PTRACE] = {{"", "kwp.ptrace", "", RAW}, FAR_TASK},
	[KWP_SETUID] = {{"", "kwp.old.uid", "", RAW}, {" -> ", "kwp.new.uid", "", RAW}},
	[KWP_CAPSET] = {{"", "kwp.old.capabilities", "", RAW},
			{" -> ", "kwp.new.capabilities", "", RAW}},
	[KWP_SETNS] = {{"", "kwp.namespaces", "", RAW}, FAR_TASK},
	[KWP_UNSHARE] = {{"", "kwp.namespaces", "", RAW}},
	[KWP_CHROOT] = {PATH},
	[KWP_MEMFD] = {PATH, FLAGS},
	[KWP_MMAP_EXEC] = {PATH, {" prot=", "file.permissions", "", RAW}},
	[KWP_MPROTECT] = {PATH, {" prot=", "file.permissions", "", RAW}},
	[KWP_MODULE] = {PATH, FLAGS},
	[KWP_BPF] = {{"", "kwp.bpf.command", "", RAW}, {" ", "kwp.bpf.type", "", RAW},
		     {" ", "kwp.bpf.name", "", WORD}},
	[KWP_SYSCTL] = {{"", "kwp.sysctl.name", "", WORD},
			{"=", "kwp.sysctl.value", "", WORD}},
	[KWP_URING] = {{"", "kwp.io_uring", "", RAW}},
	[KWP_SYSCALL] = {{"", "kwp.syscall.text", "", RAW}},
	[KWP_LOSS] = {{"lost=", "kwp.loss.total", "", RAW},
		      {" ", "kwp.loss.events", "", WORD}},
	[KWP_DRIFT] = {{"", "file.use", " ", RAW}, PATH, {" signal=", "file.drift", "", RAW}},
	[KWP_SHED] = {{"lowered=", "kwp.shed.lowered", "", RAW},
		      {" rate=", "kwp.shed.events", "/s", RAW},
		      {" cpu=", "kwp.shed.cpu", "ppm", RAW}},
	[KWP_HEARTBEAT] = {{"records=", "kwp.heartbeat.records", "", RAW},
			   {" findings=", "kwp.heartbeat.findings", "", RAW},
			   {" repeats=", "kwp.heartbeat.repeats", "", RAW},
			   {" lost=", "kwp.heartbeat.lost", "", RAW},
			   {" evicted=", "kwp.heartbeat.evicted", "", RAW}},
	[KWP_RELAY] = {{"", "kwp.path", "", RAW}},
	[KWP_CLOSE] = {SOURCE, {" -> ", "destination.ip", "", RAW}, {":", "destination.port", "", RAW},
		       {" domain=", "destination.domain", "", WORD},
		       {" bytes=", "source.bytes", "", RAW}, {"/", "destination.bytes", "", RAW},
		       {" lasted=", "event.duration", "ns", RAW}},
	[KWP_CONTAINER] = {{"", "container.id", "", WORD},
			   {" name=", "container.name", "", WORD},
			   {" image=", "container.image.name", "", WORD}},
};

int detail_init(struct detail_fields *details)
{
	memset(details, 0, sizeof(*details));
	for (size_t type = 0; type < KWP_TYPE_COUNT; type++) {
		for (size_t i = 0; i < DETAIL_PARTS && parts[type][i].field; i++) {
			const char *name = parts[type][i].field;

			details->field[type][i] = field_find(name, strlen(name));
			if (!details->field[type][i])
				return -EINVAL;
			details->secret[type][i] = field_secret(details->field[type][i]);
		}
	}
	return 0;
}

static void list_add(struct text list, struct buffer *out)
{
	const char *end = list.bytes + list.size;

	for (const char *item = list.bytes; item < end;) {
		const char *nul = memchr(item, '\0', end - item);
		size_t size = (nul ? nul : end) - item;

		if (item > list.bytes)
			buffer_byte(out, ' ');
		escape_word(out, (struct text){item, size});
		item += size + 1;
	}
}

/* Numbers, times and names of processes, as value_print() has them. */
static void printed_add(const struct value *value, struct buffer *out)
{
	char text[512];
	size_t size = value_print(value, text, sizeof(text));
	_cleanup_free_ char *longer = NULL;

	if (size < sizeof(text)) {
		escape_text(out, (struct text){text, size});
		return;
	}
	longer = malloc(size + 1);
	if (longer)
		value_print(value, longer, size + 1);
	escape_text(out, longer ? (struct text){longer, size} :
				  (struct text){text, sizeof(text) - 1});
}

void detail_value(const struct value *value, bool words, struct buffer *out)
{
	if (value->kind == VALUE_LIST)
		list_add(value->text, out);
	else if (value->kind != VALUE_TEXT)
		printed_add(value, out);
	else if (words)
		escape_word(out, value->text);
	else
		escape_text(out, value->text);
}

/* An exec that failed, or is only about to be, leaves its process as it was: the arguments
 * are the record's. */
static bool exec_failed_args(const struct event *event, struct value *value)
{
	const struct text *args = &event->string[1];
	const bool before = (event->record->flags & KWP_F_VERDICT) &&
			    !(event->record->flags & KWP_F_RET);

	if (event->record->type != KWP_EXEC || !(before || event_failed(event)))
		return false;
	if (!args->bytes)
		args = &event->hook[1];
	value->kind = args->bytes ? VALUE_LIST : VALUE_NONE;
	value->text = *args;
	return true;
}

/* An IPv6 address gets brackets, because a port may follow. */
static void part_add(const struct part *part, const struct value *value, struct buffer *out)
{
	bool bracket = value->kind == VALUE_ADDRESS && value->address.v6;

	if (bracket)
		buffer_byte(out, '[');
	detail_value(value, part->how == WORD, out);
	if (bracket)
		buffer_byte(out, ']');
}

/* What the policy in the kernel did, before all else. */
static void deed_add(const struct event *event, struct buffer *out)
{
	if (!(event->record->flags & KWP_F_VERDICT))
		return;
	buffer_string(out, verdict_deed(event->verdict));
	buffer_string(out, ": ");
}

/* By which of its rules, behind all else. */
static void rule_add(const struct event *event, size_t start, struct buffer *out)
{
	const struct kernel_rule *rule = event->kernel_rule;

	if (!(event->record->flags & KWP_F_VERDICT))
		return;
	buffer_string(out, out->size == start ? "rule=" : " rule=");
	if (rule && rule->name.bytes)
		escape_word(out, rule->name);
	else
		buffer_addf(out, "%u", event->record->rule);
	if (!rule || !rule->reference.bytes)
		return;
	buffer_string(out, " at=");
	escape_word(out, rule->reference);
}

void detail_add(const struct detail_fields *details, const struct event *event,
		struct buffer *scratch, struct buffer *out)
{
	unsigned type = event->record->type;
	size_t start;

	deed_add(event, out);
	start = out->size;
	for (size_t i = 0; i < DETAIL_PARTS && parts[type][i].field; i++) {
		const struct field *field = details->field[type][i];
		const struct part *part = &parts[type][i];
		const char *before = part->before;
		struct value value = {.kind = VALUE_NONE};

		if (field->kind != VALUE_LIST || !exec_failed_args(event, &value))
			field->get(event, &value);
		if (value.kind == VALUE_NONE)
			continue;
		if (scratch && details->secret[type][i])
			value_redact(&value, scratch);
		/* The first part that is there needs nothing before it. */
		if (out->size == start && *before == ' ')
			before++;
		buffer_string(out, before);
		part_add(part, &value, out);
		buffer_string(out, part->after);
	}
	rule_add(event, start, out);
}
