/* SPDX-License-Identifier: GPL-2.0-only */
#include "learn_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "log.h"
#include "run.h"

/* What activity.c makes something of. */
#define RECORDED                                                                                   \
	(TYPE(EXEC) | TYPE(EXIT) | TYPE(OPEN) | TYPE(CREATE) | TYPE(RENAME) | TYPE(UNLINK) |       \
	 TYPE(LINK) | TYPE(CHMOD) | TYPE(CHOWN) | TYPE(TRUNCATE) | TYPE(XATTR) | TYPE(MOUNT) |     \
	 TYPE(UMOUNT) | TYPE(MMAP_EXEC) | TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(LISTEN) |            \
	 TYPE(DNS) | TYPE(MODULE) | TYPE(SYSCTL))

#define NOT_RUN 126 /* as shells and kwp's wrapper have it */
#define NOT_FOUND 127

/* The recording has it; what is printed is counted, and goes nowhere. */
static void on_event(struct run *run, const struct event *event, void *data)
{
	run_print(run, event);
}

static int watch(const struct options *from, const struct selection *selection,
		 const char *recording)
{
	static const char *nowhere[] = {"/dev/null"};
	struct options options = *from;
	struct run_request request = {
		.options = &options,
		.types = selection->any ? selection->types : RECORDED,
		.syscalls = selection->syscalls,
		.on_event = on_event,
	};

	/* What the pinned programs have kept is there at once. */
	if (options.attached && !options.duration)
		options.duration = 1;
	options.write = recording;
	options.sinks = nowhere;
	options.sinks_count = 1;
	options.output.header = false;
	options.exit_code = false;
	return run_events(&request);
}

/* Into a recording of the user's, or one that is read and gone. */
static int watch_and_read(const struct options *options, const struct selection *selection,
			  struct activity *activity)
{
	char path[] = "/tmp/kwp-diff.XXXXXX";
	_cleanup_close_ int fd = -1;
	int status, err;

	if (!options->write) {
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0) {
			log_errno(-errno, "cannot make a recording in /tmp");
			return STATUS_CANT;
		}
	}
	status = watch(options, selection, options->write ?: path);
	err = status == STATUS_USAGE && !options->command
		      ? -EINVAL
		      : activity_read(activity, options->write ?: path);
	if (fd >= 0)
		unlink(path);
	/* The status may be the command's own; without any event it is kwp's. A command that could
	 * not run shows nothing. */
	if (err || (status && !activity_events(activity)) || status == NOT_RUN ||
	    status == NOT_FOUND)
		return status ?: STATUS_CANT;
	return options->command ? STATUS_OK : status;
}

int learn_watch(const struct options *options, const struct selection *selection,
		struct activity *activity)
{
	int status;

	if (options->read)
		status = activity_read(activity, options->read) ? STATUS_USAGE : STATUS_OK;
	else
		status = watch_and_read(options, selection, activity);
	if (activity_lost(activity))
		log_warning("%" PRIu64 " records were lost", activity_lost(activity));
	return status;
}
