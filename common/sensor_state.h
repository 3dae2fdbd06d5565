/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by sensor*.c only: what a sensor holds, and how it is attached. */
#ifndef KWP_SENSOR_STATE_H
#define KWP_SENSOR_STATE_H

#include "loader.h"

struct ring_buffer;

struct sensor {
	struct sensor_part *parts;
	size_t parts_count;
	struct ring_buffer *rings[2]; /* of records, and of those that the policy spoke of */
	int poll;		      /* on both */
	char *data;		      /* the programs' variables, mapped */
	struct sensor_layout layout;
	int (*take)(void *data, void *record, size_t size);
	void *take_data;
};

/* Adds a part and takes its fd over, also when it fails; an fd < 0 is the error in errno. */
int sensor_add(struct sensor *sensor, enum sensor_kind kind, const char *name, int fd);
/* Attaches all that was loaded. 0, or -errno with view->reason. */
int sensor_attach(struct sensor *sensor, const struct loaded *loaded, uint64_t types,
		  struct sensor_view *view) MUST_CHECK;

#endif
