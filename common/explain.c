/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "explain_word.h"
#include "field.h"
#include "log.h"
#include "word.h"

#define LINE 80	  /* columns */
#define INDENT 19 /* of texts behind their labels */

void word_item(FILE *out, const char *label, const char *text)
{
	int column = INDENT;

	if (!text)
		return;
	fprintf(out, "  %-*s", INDENT - 2, label);
	while (*(text += strspn(text, " \n"))) {
		int size = (int)strcspn(text, " \n");

		if (column > INDENT && column + 1 + size > LINE) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", size, text);
		column += size;
		text += size;
	}
	putc('\n', out);
}

static const char *const kinds[] = {
	[VALUE_NONE] = "nothing",
	[VALUE_NUMBER] = "number: == != < <= > >= in",
	[VALUE_BOOL] = "true or false: == !=",
	[VALUE_TEXT] = "text: == != ~ !~ in",
	[VALUE_LIST] = "list of texts: == != ~ !~ in",
	[VALUE_ADDRESS] = "address: == != in, with an address or a range",
	[VALUE_TIME] = "time: == != < <= > >= in",
	[VALUE_PROCESSES] = "list of processes: == != ~ !~ in, with a name or an executable",
};
_Static_assert(ARRAY_SIZE(kinds) == VALUE_KIND_COUNT, "words for each kind of value");

static bool field_print(const char *name, FILE *out)
{
	const struct field *field = field_find(name, strlen(name));

	if (!field)
		return false;
	fprintf(out, "field %s: %s\n", field->name, field->help);
	word_item(out, "kind", kinds[field->kind]);
	word_types(out, "events", field->types);
	word_item(out, "column", field->column);
	if (field->of_rule)
		word_item(out, "note", "only findings have it");
	if (field->extra)
		word_item(out, "note", "printed only if --fields names it");
	return true;
}

static int each_word(const struct word_visit *visit)
{
	for (size_t i = 0; i < fields_count; i++)
		visit->word(visit, "field", fields[i].name, fields[i].help);
	explain_events(visit);
	explain_keys(visit);
	return explain_detects(visit);
}

struct nearest {
	const char *name;
	char found[80];
	unsigned distance;
};

static void nearer(const struct word_visit *visit, const char *kind, const char *name,
		   const char *help)
{
	struct nearest *nearest = visit->data;
	size_t size = strlen(nearest->name);
	unsigned distance = word_distance(nearest->name, size, name, strlen(name));

	(void)kind;
	(void)help;
	if (distance >= nearest->distance || !word_close(nearest->name, size, name))
		return;
	nearest->distance = distance;
	snprintf(nearest->found, sizeof(nearest->found), "%s", name);
}

static int say_unknown(const char *name)
{
	struct nearest nearest = {.name = name, .distance = UINT_MAX};
	int err = each_word(&(struct word_visit){nearer, &nearest});

	if (err)
		return err;
	if (nearest.found[0])
		log_error("nothing is called '%.60s'; did you mean '%s'?", name, nearest.found);
	else
		log_error("nothing is called '%.60s': no field, event, detection or key of a "
			  "profile",
			  name);
	return -ENOENT;
}

int explain_print(const char *name, FILE *out)
{
	bool known = field_print(name, out);
	int err;

	known |= explain_event(name, out);
	known |= explain_key(name, out);
	err = explain_detect(name, out);
	if (err == -ENOENT)
		return known ? 0 : say_unknown(name);
	return err;
}

static void list_word(const struct word_visit *visit, const char *kind, const char *name,
		      const char *help)
{
	fprintf(visit->data, "%-10s %-28s %s\n", kind, name, help);
}

int explain_list(FILE *out)
{
	return each_word(&(struct word_visit){list_word, out});
}
