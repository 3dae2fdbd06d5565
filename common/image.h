/* SPDX-License-Identifier: GPL-2.0-only */
/* What an exec made of a process, in texts; its forks share it until they exec. */
#ifndef KWP_IMAGE_H
#define KWP_IMAGE_H

#include "event.h"

#define IMAGE_ARGS_KEPT 16384 /* bytes of arguments that are remembered */

struct image {
	unsigned references;
	/* As in process.h, each NULL: unknown. */
	char *executable, *args, *command_line, *cwd, *script, *environ;
	size_t args_size, environ_size;
};

/* Copies the texts, of which absent ones become unknown; with one reference. NULL: no memory. */
struct image *image_new(struct text executable, struct text args, struct text cwd,
			struct text script);
/* Copies variables of the environment, as arguments are, of which none were known. */
void image_set_environ(struct image *image, struct text variables);
/* One reference more, one less; of NULL nothing. */
struct image *image_share(struct image *image);
void image_release(struct image *image);
/* Cuts arguments that are longer than what is kept, unless it is shared. Were they? */
bool image_trim(struct image *image);

#endif
