/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions of what the kernel side decides. It can test two things, one at a time: which
 * executable the process runs, and its user. Anything else would be said and not done. */
#include "profile_reader.h"
#include "word.h"

#include <errno.h>
#include <string.h>

#define CAN_TEST "the kernel can only test process.executable (exact paths) or user.id here"

struct exceptions {
	struct profile_exception *list;
	size_t count;
};

void exceptions_free(struct profile_exception *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].executable);
	free(list);
}

static void exception_add(struct profile_reader *reader, const struct yaml_node *node,
			  struct exceptions *to, struct profile_exception exception)
{
	exception.place = place_of(reader, node);
	if (!reader_append(reader, to->list, to->count, exception))
		free(exception.executable);
}

static bool executable_add(struct profile_reader *reader, const struct yaml_node *node,
			   const char *path, size_t size, struct exceptions *to)
{
	const char *fault = path_fault(path, size);
	char *copy;

	if (fault) {
		reader_error(reader, node, "'%.*s' is no path of an executable: %s",
			     (int)MIN(size, 80u), path, fault);
		return false;
	}
	copy = reader_bytes(reader, path, size);
	if (copy)
		exception_add(reader, node, to, (struct profile_exception){copy, -1});
	return copy;
}

static bool user_add(struct profile_reader *reader, const struct yaml_node *node, int64_t uid,
		     struct exceptions *to)
{
	if (uid < 0 || uid >= UINT32_MAX) {
		reader_error(reader, node, "%lld is no user id", (long long)uid);
		return false;
	}
	exception_add(reader, node, to, (struct profile_exception){NULL, uid});
	return true;
}

static void read_executable(struct profile_reader *reader, const struct yaml_node *value,
			    void *into)
{
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *text = reader_text(reader, item);

		if (text)
			executable_add(reader, item, text, item->size, into);
	}
}

static void read_user(struct profile_reader *reader, const struct yaml_node *value, void *into)
{
	for (const struct yaml_node *item = yaml_node_first(value); item;
	     item = yaml_node_next(value, item)) {
		const char *text = reader_text(reader, item);
		int64_t uid;

		if (text && !word_number(text, item->size, false, &uid))
			user_add(reader, item, uid, into);
		else if (text)
			reader_error(reader, item, "'%.60s' is no number of a user", text);
	}
}

static const struct profile_key except_keys[] = {
	{"process.executable", read_executable,
	 "programs, by their exact path, that the entry is not about", "/usr/sbin/sshd"},
	{"user.id", read_user, "users, by their real id, that the entry is not about", "0"},
};
const struct profile_section file_except_section = {"file.except", except_keys,
						    ARRAY_SIZE(except_keys), CAN_TEST};

/* What an expression is taken apart into. */
struct reduction {
	struct profile_reader *reader;
	const struct yaml_node *node;
	struct exceptions *to;
};

static bool reduce_word(const struct filter_word *word, void *data)
{
	struct reduction *reduction = data;

	if (!strcmp(word->field->name, "process.executable"))
		return executable_add(reduction->reader, reduction->node, word->text.bytes,
				      word->text.size, reduction->to);
	if (!strcmp(word->field->name, "user.id"))
		return user_add(reduction->reader, reduction->node, word->number, reduction->to);
	return false;
}

static bool expression_read(struct profile_reader *reader, const struct yaml_node *node,
			    struct exceptions *to)
{
	_cleanup_filter_ struct filter *filter = reader_filter(reader, node);
	struct reduction reduction = {reader, node, to};
	unsigned errors = reader->errors;

	if (!filter)
		return false;
	if (filter_words(filter, reduce_word, &reduction))
		return true;
	if (errors == reader->errors && !reader->no_memory)
		reader_error(reader, node,
			     CAN_TEST "; write process.executable == PATH, "
				      "process.executable in (PATH, PATH) or user.id == NUMBER, "
				      "joined by 'or'");
	return false;
}

bool reader_except_when(struct profile_reader *reader, const struct yaml_node *node,
			struct profile_exception **list, size_t *count)
{
	struct exceptions to = {*list, *count};
	bool right = expression_read(reader, node, &to);

	*list = to.list;
	*count = to.count;
	return right;
}

/* A map with one key, as the kernel side tests one thing at a time. */
static void map_read(struct profile_reader *reader, const struct yaml_node *map,
		     struct exceptions *to)
{
	unsigned errors = reader->errors;

	reader_map(reader, map, &file_except_section, to);
	if (errors != reader->errors)
		return;
	if (!map->first)
		reader_error(reader, map, "process.executable or user.id is missing");
	else if (map->first->next)
		reader_error(reader, map,
			     "the kernel tests an executable or a user, not both at once; two "
			     "exceptions, in a list, each excuse what they name");
}

void reader_except(struct profile_reader *reader, const struct yaml_node *node,
		   struct profile_exception **list, size_t *count)
{
	struct exceptions to = {*list, *count};

	for (const struct yaml_node *item = yaml_node_first(node); item;
	     item = yaml_node_next(node, item)) {
		if (item->kind == YAML_MAP)
			map_read(reader, item, &to);
		else
			expression_read(reader, item, &to);
	}
	*list = to.list;
	*count = to.count;
}
