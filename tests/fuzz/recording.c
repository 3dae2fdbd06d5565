/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as the records of a file: read until the end or a fault, never beyond. */
#include <errno.h>
#include <stdlib.h>

#include "../../common/enrich.h"
#include "../../common/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_event(const struct event *event, void *data)
{
	++*(unsigned *)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned events = 0, records = 0;
	struct enrich_options options = {.emit = on_event, .data = &events};
	_cleanup_free_ char *bytes = NULL;
	_cleanup_fclose_ FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct enrich *enrich;
	size_t room = 0;
	int got;

	if (!file || enrich_new(&options, &enrich))
		return 0;
	while ((got = recording_next(file, &bytes, &room)) == 1) {
		const struct kwp_record *record = (const struct kwp_record *)bytes;

		if (record->size > room || record->size > size)
			abort();
		records++;
		enrich_record(enrich, record, record->size);
	}
	enrich_flush(enrich, ~0ull);
	enrich_free(enrich);
	if ((got && got != -EBADMSG) || events > records)
		abort();
	return 0;
}
