/* SPDX-License-Identifier: GPL-2.0-only */
#include "burst.h"

#include <string.h>

#include "fnv.h"
#include "list.h"
#include "process.h"
#include "rule.h"

#define BURSTS 1024
#define BUCKETS 2048		 /* a power of two */
#define LINES 16		 /* of one rule on one process, before others join the first */
#define QUIET (5 * NS_PER_S)	 /* without a repeat: it is over */
#define AGAIN (60 * NS_PER_S)	 /* between two lines of one that goes on */
#define FORGET (600 * NS_PER_S)	 /* without a repeat: the next one is the first again */

/* By what a finding is known: what the process does it to; the words; the process alone. */
enum key { KEY_SUBJECT, KEY_WORDS, KEY_PROCESS, KEYS };

struct burst {
	uint64_t key[KEYS];
	struct burst *chain[KEYS], *newer, *older;
	struct burst_told told;
	uint64_t said;	    /* when its last line was */
	uint64_t said_count; /* and what it counted */
	unsigned lines;	    /* lines of its rule on its process, this one's and others' */
	bool head;	    /* is found by KEY_PROCESS */
	char *bytes;	    /* that told points to */
};

struct burst_table {
	struct burst *bucket[KEYS][BUCKETS];
	LIST_OF(struct burst) list;
	uint64_t repeats, evicted;
	void (*tell)(const struct burst_told *told, void *data);
	void *data;
};

struct burst_table *burst_table_new(void (*tell)(const struct burst_told *told, void *data),
				    void *data)
{
	struct burst_table *table = calloc(1, sizeof(*table));

	if (table) {
		table->tell = tell;
		table->data = data;
	}
	return table;
}

/* ---- keys ---- */

static uint64_t key_text(uint64_t key, struct text text)
{
	return fnv_add_sized(key, text.bytes, text.bytes ? text.size : 0);
}

/* A rule of kwp's own, or one of the policy in the kernel. */
static uint64_t key_rule(const struct event *event)
{
	const struct kwp_record *r = event->record;
	const uint64_t number = (uint64_t)r->generation << 32 | r->rule << 8 | event->verdict;

	if (event->rule)
		return fnv_add_sized(FNV_BEGIN, event->rule->id, strlen(event->rule->id));
	return fnv_add_sized(0x84222325cbf29ce4ull, &number, sizeof(number));
}

/* What the act is done to, as far as it matters: descriptors and ports of its own differ
 * from act to act. */
static uint64_t key_subject(uint64_t key, const struct event *event)
{
	const unsigned type = event->record->type;

	if (event_is_file(type) || type == KWP_EXEC)
		key = key_text(key_text(key, event->path), event->target_path);
	if (type == KWP_EXEC)
		key = key_text(key, event->string[1]);
	if (event_is_net(type))
		key = fnv_add_sized(key, &((const struct kwp_net *)event->facts)->remote,
				    sizeof(struct kwp_addr));
	if (event_is_task(type))
		key = fnv_add_sized(key, &((const struct kwp_task_act *)event->facts)->target_pid, 4);
	if (type == KWP_SYSCTL || type == KWP_BPF || type == KWP_RELAY || event_is_net(type))
		key = key_text(key_text(key, event->string[0]), event->string[1]);
	if (type == KWP_DNS && event->dns)
		key = key_text(key, event->string[0]);
	return fnv_add_sized(key, &type, sizeof(type));
}

static void keys_of(const struct event *event, const char *incident, uint64_t key[KEYS])
{
	const struct kwp_record *r = event->record;
	const uint64_t rule = key_rule(event);
	const char *cwd = event->process ? event->process->cwd : NULL;

	key[KEY_PROCESS] = fnv_add_sized(fnv_add_sized(rule, &r->pid, sizeof(r->pid)), &r->start,
					 sizeof(r->start));
	key[KEY_SUBJECT] = key_subject(key[KEY_PROCESS], event);
	key[KEY_WORDS] = key_text(fnv_add_sized(rule, incident, strlen(incident)), event->message);
	key[KEY_WORDS] = fnv_add_sized(key[KEY_WORDS], cwd ?: "", cwd ? strlen(cwd) : 0);
	/* Without words only the process tells one from another. */
	if (!event->message.bytes)
		key[KEY_WORDS] = key[KEY_SUBJECT];
}

/* ---- the table ---- */

static struct burst **bucket_of(struct burst_table *table, enum key by, uint64_t key)
{
	return &table->bucket[by][(key ^ key >> 32) & (BUCKETS - 1)];
}

static struct burst *burst_find(struct burst_table *table, enum key by, uint64_t key)
{
	struct burst *burst = *bucket_of(table, by, key);

	while (burst && burst->key[by] != key)
		burst = burst->chain[by];
	return burst;
}

static void burst_drop(struct burst_table *table, struct burst *burst)
{
	for (enum key by = 0; by < KEYS; by++) {
		struct burst **at = bucket_of(table, by, burst->key[by]);

		while (*at && *at != burst)
			at = &(*at)->chain[by];
		if (*at)
			*at = burst->chain[by];
	}
	list_remove(&table->list, burst);
	free(burst->bytes);
	free(burst);
}

void burst_table_free(struct burst_table *table)
{
	if (!table)
		return;
	while (table->list.oldest)
		burst_drop(table, table->list.oldest);
	free(table);
}

/* Tells what was not told yet. */
static void burst_tell(struct burst_table *table, struct burst *burst, uint64_t now)
{
	if (burst->told.incident.count == burst->said_count)
		return;
	burst->said_count = burst->told.incident.count;
	burst->said = now;
	table->tell(&burst->told, table->data);
}

/* ---- keeping ---- */

static struct text keep_text(char **to, struct text text)
{
	struct text kept = {*to, text.size};

	if (!text.bytes)
		return (struct text){};
	memcpy(*to, text.bytes, text.size);
	*to += text.size;
	return kept;
}

/* Copies of all that the event only borrows. The record comes first, as it wants alignment. */
static bool burst_keep(struct burst *burst, const struct event *event)
{
	const size_t size = event->record->size;
	char *to = malloc(size + event->ruleset.size + event->message.size + event->path.size +
			  event->target_path.size);

	if (!to)
		return false;
	burst->bytes = memcpy(to, event->record, size);
	to += size;
	burst->told.record = burst->bytes;
	burst->told.size = size;
	burst->told.rule = event->rule;
	burst->told.verdict = event->verdict;
	burst->told.ruleset = keep_text(&to, event->ruleset);
	burst->told.message = keep_text(&to, event->message);
	burst->told.path = keep_text(&to, event->path);
	burst->told.target_path = keep_text(&to, event->target_path);
	return true;
}

static struct burst *burst_new(const struct event *event, const char *incident)
{
	struct burst *burst = calloc(1, sizeof(*burst));

	if (!burst || !burst_keep(burst, event)) {
		free(burst);
		return NULL;
	}
	snprintf(burst->told.incident.id, sizeof(burst->told.incident.id), "%s", incident);
	burst->told.incident.count = burst->said_count = 1;
	burst->told.incident.first = burst->told.incident.last = burst->said = event->time;
	return burst;
}

static void burst_add(struct burst_table *table, struct burst *burst, struct burst *head)
{
	if (table->list.count == BURSTS) {
		if (table->list.oldest == head)
			head = NULL;
		burst_tell(table, table->list.oldest, burst->told.incident.first);
		burst_drop(table, table->list.oldest);
		table->evicted++;
	}
	(head ?: burst)->lines++;
	burst->head = !head;
	for (enum key by = 0; by < (burst->head ? KEYS : KEY_PROCESS); by++) {
		struct burst **at = bucket_of(table, by, burst->key[by]);

		burst->chain[by] = *at;
		*at = burst;
	}
	list_add(&table->list, burst);
}

/* Another process that does the same, as long as the burst goes on; later it is news. */
static struct burst *burst_of_words(struct burst_table *table, uint64_t key, uint64_t now)
{
	struct burst *burst = burst_find(table, KEY_WORDS, key);

	return burst && now <= burst->told.incident.last + QUIET ? burst : NULL;
}

bool burst_take(struct burst_table *table, const struct event *event, const char *incident)
{
	struct burst *burst, *head;
	uint64_t key[KEYS];

	keys_of(event, incident, key);
	head = burst_find(table, KEY_PROCESS, key[KEY_PROCESS]);
	burst = burst_find(table, KEY_SUBJECT, key[KEY_SUBJECT])
		?: burst_of_words(table, key[KEY_WORDS], event->time);
	if (!burst && head && head->lines >= LINES)
		burst = head;
	if (burst) {
		burst->told.incident.count++;
		burst->told.incident.last = MAX(burst->told.incident.last, event->time);
		list_touch(&table->list, burst);
		table->repeats++;
		return false;
	}
	burst = burst_new(event, incident);
	if (burst) {
		memcpy(burst->key, key, sizeof(key));
		burst_add(table, burst, head);
	}
	return true;
}

void burst_flush(struct burst_table *table, uint64_t now)
{
	for (struct burst *burst = table->list.oldest, *newer; burst; burst = newer) {
		const uint64_t last = burst->told.incident.last;

		newer = burst->newer;
		if (now >= last + QUIET || now >= burst->said + AGAIN)
			burst_tell(table, burst, now);
		if (now >= last + FORGET)
			burst_drop(table, burst);
	}
}

uint64_t burst_repeats(const struct burst_table *table)
{
	return table->repeats;
}

uint64_t burst_evicted(const struct burst_table *table)
{
	return table->evicted;
}
