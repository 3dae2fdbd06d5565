/* SPDX-License-Identifier: GPL-2.0-only */
#include "baseline_tell.h"

#include <errno.h>
#include <time.h>

#include "sink.h"

struct teller {
	const struct options *options;
	const char *host;
	uint64_t now;
	struct buffer lines;
	struct sink **sinks;
	size_t count;
	int error;
};

static void flush(struct teller *teller)
{
	for (size_t i = 0; i < teller->count; i++) {
		int err;

		sink_write(teller->sinks[i], teller->lines.bytes, teller->lines.size);
		err = sink_flush(teller->sinks[i]);
		teller->error = err ? err : teller->error;
	}
	if (teller->lines.failed)
		teller->error = -ENOMEM;
	teller->lines.size = 0;
}

int teller_open(const struct options *options, const char *host, struct teller **out)
{
	static const char *const standard[] = {"-"};
	const char *const *names = options->sinks_count ? options->sinks : standard;
	const size_t count = options->sinks_count ? options->sinks_count : 1;
	struct teller *teller = calloc(1, sizeof(*teller));
	struct timespec now;

	if (teller)
		teller->sinks = calloc(count, sizeof(*teller->sinks));
	if (!teller || !teller->sinks) {
		free(teller);
		return STATUS_USAGE;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	teller->now = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	teller->options = options;
	teller->host = host;
	for (; teller->count < count; teller->count++) {
		if (sink_open(names[teller->count], &teller->sinks[teller->count])) {
			teller_close(teller);
			return STATUS_USAGE;
		}
	}
	*out = teller;
	return STATUS_OK;
}

void teller_drift(const struct drift *drift, void *data)
{
	struct teller *teller = data;

	if (teller->options->output.format == FORMAT_JSON)
		drift_put_json(&teller->lines, drift, teller->now, teller->host);
	else
		drift_put_text(&teller->lines, drift);
	flush(teller);
}

struct buffer *teller_lines(struct teller *teller)
{
	return &teller->lines;
}

int teller_close(struct teller *teller)
{
	int error;

	flush(teller);
	for (size_t i = 0; i < teller->count; i++) {
		int err = sink_close(teller->sinks[i]);

		teller->error = err ? err : teller->error;
	}
	error = teller->error;
	buffer_free(&teller->lines);
	free(teller->sinks);
	free(teller);
	/* That a reader like head(1) has enough is no loss. */
	return error && error != -EPIPE ? STATUS_LOST : STATUS_OK;
}
