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
	bool header;
};

int output_new(const struct output_options *options, struct output **out)
{
	struct output *output = calloc(1, sizeof(*output));
	int err;

	if (!output)
		return -ENOMEM;
	output->header = options->header;
	if (options->format == FORMAT_JSON)
		err = json_new(fields, fields_count, options->fields, options->fields_count,
			       options->redact, &output->json);
	else
		err = columns_new(options, &output->columns);
	if (err) {
		free(output);
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
