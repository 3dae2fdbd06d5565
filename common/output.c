/* SPDX-License-Identifier: GPL-2.0-only */
/* One writer of events, whatever the format. */
#include "output.h"

#include <errno.h>

#include "columns.h"
#include "json.h"
#include "schema.h"

struct output {
	struct json *json;	 /* one of these two */
	struct columns *columns;
	const struct field **standard; /* the fields that nobody has to ask for */
	bool header;
};

/* JSON without --fields. */
static int json_standard(struct output *output, bool redact)
{
	size_t count = 0;

	output->standard = calloc(fields_count, sizeof(*output->standard));
	if (!output->standard)
		return -ENOMEM;
	for (size_t i = 0; i < fields_count; i++)
		if (!fields[i].extra)
			output->standard[count++] = &fields[i];
	return json_new(fields, fields_count, output->standard, count, redact, &output->json);
}

int output_new(const struct output_options *options, struct output **out)
{
	struct output *output = calloc(1, sizeof(*output));
	int err;

	if (!output)
		return -ENOMEM;
	output->header = options->header;
	if (options->format == FORMAT_JSON && !options->fields)
		err = json_standard(output, options->redact);
	else if (options->format == FORMAT_JSON)
		err = json_new(fields, fields_count, options->fields, options->fields_count,
			       options->redact, &output->json);
	else
		err = columns_new(options, &output->columns);
	if (err) {
		output_free(output);
		return err;
	}
	*out = output;
	return 0;
}

void output_free(struct output *output)
{
	if (!output)
		return;
	json_free(output->json);
	columns_free(output->columns);
	free(output->standard);
	free(output);
}

void output_event(struct output *output, const struct event *event, struct buffer *line)
{
	if (output->json)
		json_event(output->json, event, line);
	else
		columns_event(output->columns, event, line);
}

void output_header(struct output *output, bool findings, struct buffer *line)
{
	if (output->header && output->columns)
		columns_header(output->columns, findings, line);
}

void output_schema(struct buffer *out)
{
	schema_add(fields, fields_count, out);
}
