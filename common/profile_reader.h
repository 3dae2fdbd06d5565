/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the profile_*.c files only. */
#ifndef KWP_PROFILE_READER_H
#define KWP_PROFILE_READER_H

#include "profile.h"
#include "profile_detect.h"
#include "profile_key.h"
#include "yaml.h"

#define PROFILE_LEVELS 8	 /* of extends, the first file included */
#define PROFILE_PROBLEMS_MAX 100 /* said; the rest is counted only */

/* A file of the chain of extends. */
struct profile_document {
	char *file;	 /* name in messages, handed over to profile->files */
	char *identity;	 /* two spellings of one file have the same */
	char *directory; /* that extends is relative to, NULL: the working directory */
	char *bytes;
	size_t size;
	struct yaml_node *root;
	const struct yaml_node *lists; /* part of root, NULL: none */
};

/* `lists:`, words that filters name as $name. */
struct profile_list {
	char *name;
	char **words;
	size_t count;
};

/* An item of the profile's own `except` for a detection that the kernel may decide. */
struct profile_excuse {
	enum kwp_detect detect;
	const struct profile_document *document;
	const struct yaml_node *when;
	bool ruled; /* a rule of the same id has the exception too */
};

struct profile_reader {
	struct profile *profile;
	struct profile_problems *problems;
	const struct profile_document *document;	   /* being read */
	const char *file;				   /* its name */
	struct profile_document documents[PROFILE_LEVELS]; /* the asked one first */
	size_t documents_count;
	struct profile_list *lists;
	size_t lists_count;
	struct profile_excuse *excuses;
	size_t excuses_count;
	void *index; /* profile_index.c */
	/* How many of these the bases have; an entry that takes the place of one of them does
	 * something, even if it is what would happen without both. */
	size_t base_paths, base_addresses;
	unsigned errors;
	bool no_memory;
};

/* profile_problem.c */
void reader_problem(struct profile_reader *reader, bool warning, unsigned line, unsigned column,
		    const char *format, ...) PRINTF(5, 6);
#define reader_error(reader, node, ...)                                                            \
	reader_problem(reader, false, (node)->line, (node)->column, __VA_ARGS__)
#define reader_warning(reader, node, ...)                                                          \
	reader_problem(reader, true, (node)->line, (node)->column, __VA_ARGS__)
/* About something that was read before, maybe in another file. */
void place_problem(struct profile_reader *reader, bool warning, const struct profile_place *place,
		   const char *format, ...) PRINTF(4, 5);
struct profile_place place_of(const struct profile_reader *reader, const struct yaml_node *node);
/* "line 7", or "base.yaml:7" if it is in another file than the one that is spoken of. */
#define PLACE_SHOWN 160
const char *place_show(const char *file, const struct profile_place *place, char out[PLACE_SHOWN]);

/* profile_node.c */
void reader_map(struct profile_reader *reader, const struct yaml_node *map,
		const struct profile_section *section, void *into);
/* The text of a node; NULL, said, if it has none. */
const char *reader_text(struct profile_reader *reader, const struct yaml_node *node);
/* Replaces *out by a copy of the text. */
void reader_copy(struct profile_reader *reader, const struct yaml_node *node, char **out);
/* The same for an id: lower-case words joined by '-'. */
void reader_id(struct profile_reader *reader, const struct yaml_node *node, char **out);
/* A copy of size bytes; NULL when memory is out. */
char *reader_bytes(struct profile_reader *reader, const char *bytes, size_t size);
/* Makes room for one more in array; NULL when memory is out. */
void *reader_grow(struct profile_reader *reader, void *array, size_t count, size_t size);
/* Adds an item to a list; false when memory is out. */
#define reader_append(reader, list, count, item)                                                   \
	({                                                                                         \
		__typeof__(list) kwp_larger_ = reader_grow(reader, list, count, sizeof(*(list)));  \
                                                                                                   \
		if (kwp_larger_) {                                                                 \
			(list) = kwp_larger_;                                                      \
			(list)[(count)++] = (item);                                                \
		}                                                                                  \
		kwp_larger_ != NULL;                                                               \
	})
/* Adds the word, which is taken over, to a list of words. */
void reader_word(struct profile_reader *reader, char *word, char ***list, size_t *count);

/* profile_index.c: where what was read is in its array, by a text that no two things share.
 * The place of `key`, made with the value `fresh` if there was none; NULL when memory is out. */
size_t *reader_index(struct profile_reader *reader, const char *key, size_t fresh, bool *found);
/* The same without making one; NULL: there is none. */
const size_t *reader_find(const struct profile_reader *reader, const char *key);
void reader_index_free(struct profile_reader *reader);
/* Was what is read at node said in the same file before, at place with the action old? Then it
 * is an error, and said. name: of what it is about. */
bool reader_repeats(struct profile_reader *reader, const struct yaml_node *node, const char *name,
		    const struct profile_place *place, enum kwp_action old, enum kwp_action action);

/* profile_action.c */
#define ACTION(id) (1u << KWP_##id) /* of sets of actions */
/* What the entries of a list are to do, by its key: `allow`, `monitor`, `block` or `kill`. */
enum kwp_action action_of_list(const struct yaml_node *list);
/* One of the allowed actions by name; false, said, if it is none. */
bool reader_action(struct profile_reader *reader, const struct yaml_node *node, unsigned allowed,
		   enum kwp_action *out);

/* profile_source.c: -errno, said, or 0. A file that another one extends must be a regular one. */
int source_open(struct profile_reader *reader, const char *name,
		const struct profile_document *from, struct profile_document *out) MUST_CHECK;
void document_free(struct profile_document *document);

/* profile_chain.c: makes the tree of the first document and of all that it extends. */
int chain_read(struct profile_reader *reader) MUST_CHECK;

/* profile_filter.c */
void reader_lists(struct profile_reader *reader, const struct yaml_node *map);
void reader_lists_free(struct profile_reader *reader);
/* Hands over the lists that the kernel side needs. */
void reader_lists_take(struct profile_reader *reader);
/* Reads a filter with its $lists; NULL, said, if it is none. */
struct filter *reader_filter(struct profile_reader *reader, const struct yaml_node *node);

/* profile_pattern.c */
bool reader_pattern(struct profile_reader *reader, const struct yaml_node *node,
		    struct profile_pattern *out);
void pattern_free(struct profile_pattern *pattern);
/* Why bytes are no absolute path in its normal form, with a hint; NULL: they are. */
const char *path_fault(const char *path, size_t size);
/* Does /usr hold, on most systems, what this path is said to be? */
bool path_is_linked(const char *path);

/* profile_path.c: takes the rule over, ended with path_rule_free() if it is not wanted. */
void reader_path(struct profile_reader *reader, const struct yaml_node *node,
		 struct profile_path_rule *rule);
void path_rule_free(struct profile_path_rule *rule);
/* The rule for exactly that pattern, by whatever name it is invoked; NULL: none. */
const struct profile_path_rule *path_rule_find(const struct profile_reader *reader,
					       enum kwp_class class, enum pattern_kind kind,
					       const char *path, size_t size);

/* profile_except.c: what kind of exceptions the kernel side knows. */
void reader_except(struct profile_reader *reader, const struct yaml_node *node,
		   struct profile_exception **list, size_t *count);
/* The same of an expression; false, said, if it tests something else. */
bool reader_except_when(struct profile_reader *reader, const struct yaml_node *node,
			struct profile_exception **list, size_t *count);
void exceptions_free(struct profile_exception *list, size_t count);

/* profile_address.c: one word of network; false, said, if it is wrong. */
bool reader_address(struct profile_reader *reader, const struct yaml_node *node,
		    struct profile_address_rule *out);
/* profile_network.c */
void address_free(struct profile_address_rule *rule);
/* profile_domain.c: why the text is no domain name; NULL: it is one. */
const char *domain_fault(const char *name, size_t size);

/* profile_process.c, profile_file.c ...: sections of the profile. into is not used. */
void reader_scope(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_limits(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_process(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_files(struct profile_reader *reader, const struct yaml_node *list, void *into);
void reader_network(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_calls(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_sysctls(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_rules(struct profile_reader *reader, const struct yaml_node *list, void *into);
void reader_severities(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_detects(struct profile_reader *reader, const struct yaml_node *map, void *into);
void reader_exceptions(struct profile_reader *reader, const struct yaml_node *list, void *into);

/* profile_rule.c */
struct rule *rule_find(const struct profile *profile, const char *id);
void rule_except_add(struct profile_reader *reader, struct rule *rule, struct filter *filter);

/* profile_detect.c. An id of a rule or detection that is close to this one, or NULL. */
const char *detect_suggest(const struct profile *profile, const char *id, size_t size);
struct profile_detect *profile_detect_find(const struct profile *profile, const char *id);
/* When all files were read: gives detections their exceptions, and takes away the rules that are
 * off. */
void reader_detects_end(struct profile_reader *reader);
void detect_free(struct profile_detect *detect);

/* profile_overlap.c, profile_range.c: when all files were read, warns of what changes nothing. */
void reader_overlaps(struct profile_reader *reader);
void reader_ranges(struct profile_reader *reader);

#endif
