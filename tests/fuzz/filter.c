/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a filter: parsed or refused at a place inside, matched without harm. */
#include "../../common/filter.h"
#include "../../common/process.h"

#include <errno.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match_all(const struct filter *filter)
{
	static struct kwp_exec exec;
	static struct kwp_net net = {.family = AF_INET, .remote = {.family = AF_INET}};
	struct process parent = {.comm = "nginx", .executable = (char *)"/usr/sbin/nginx"};
	struct process process = {.comm = "sh",
				  .args = (char *)"sh\0-c\0id",
				  .args_size = 9,
				  .view_pid = 1,
				  .parent = &parent};
	struct kwp_record record = {.type = KWP_EXEC};
	struct event event = {
		.record = &record, .facts = &exec, .process = &process, .path = {"/bin/a\0b", 8}};

	filter_match(filter, &event);
	record.type = KWP_CONNECT;
	event.facts = &net;
	filter_match(filter, &event);
	record.type = 0xffff;
	filter_match(filter, &event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter_error error = {.offset = ~(size_t)0};
	struct filter *filter = NULL;
	int err = filter_parse((const char *)data, size, &filter, &error);

	if (err && (err != -EINVAL || filter || error.offset > size || !error.message[0]))
		abort();
	if (err)
		return 0;
	match_all(filter);
	filter_types(filter);
	filter_free(filter);
	return 0;
}
