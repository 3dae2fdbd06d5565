/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of run.h that looks once at what there is: processes first, so that each has its
 * ancestors, then what they have and what the kernel has, as the acts by which it came. */
#include "run_state.h"

#include <errno.h>
#include <string.h>

#include "guest.h"
#include "log.h"
#include "present.h"

/* Records of processes, which are wanted twice. */
struct kept {
	struct run *run;
	struct buffer records;
};

static void keep_process(void *data, const void *record, size_t size)
{
	struct kept *kept = data;

	if (((const struct kwp_record *)record)->view_pid == (uint32_t)getpid())
		return;
	buffer_add(&kept->records, record, size);
	run_take_existing(kept->run, record, size);
}

/* Each process as if it were executed now, and what it runs that the image did not bring. */
static void take_processes(struct run *run, const struct buffer *records)
{
	for (size_t at = 0; at < records->size && !run->stopped;) {
		const struct kwp_record *record = (const void *)(records->bytes + at);

		run_take(run, record, record->size);
		present_drift(record, run_take, run);
		at += record->size;
	}
}

/* What they have. An exit status. */
static int take_belongings(struct run *run)
{
	static const char *const names[] = SENSOR_NOW;
	int status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !run->stopped; i++) {
		int err = sensor_iterate(run->sensor, names[i], run_take_existing, run);

		if (!err)
			continue;
		log_warning("this kernel can't list all that processes have (%s): %s", names[i],
			    strerror(-err));
		status = STATUS_PARTLY;
	}
	return status;
}

static int take_all(struct run *run)
{
	struct kept kept = {.run = run};
	int err = sensor_iterate(run->sensor, SENSOR_TASKS, keep_process, &kept), status;

	if (err) {
		log_errno(err, "cannot list the processes");
		buffer_free(&kept.records);
		return STATUS_CANT;
	}
	enrich_set_existing(run->enrich, true);
	take_processes(run, &kept.records);
	buffer_free(&kept.records);
	status = take_belongings(run);
	/* Who holds the other ends of a program's streams, if rules are about relays. */
	err = sensor_iterate(run->sensor, SENSOR_HOLDS, run_take, run);
	if (err && err != -ENOTSUP)
		log_warning("cannot list what processes hold: %s", strerror(-err));
	enrich_flush(run->enrich, ~0ull);
	present_kernel(run_take, run);
	return status;
}

int run_now(struct run *run)
{
	char host[64];
	int status;

	guest_id(host, sizeof(host));
	status = run_open_enrich(run, host, guest_boot_time()) ?: run_open_recording(run, host)
		 ?: run_open_sensor(run);
	if (status)
		return status;
	run_say_header(run);
	return take_all(run);
}
