/* SPDX-License-Identifier: GPL-2.0-only */
#include "image.h"

#include <string.h>

#define COMMAND_MAX 4096 /* bytes of command_line */

static char *copy_bytes(const char *bytes, size_t size)
{
	char *copy = bytes ? malloc(size + 1) : NULL;

	if (copy) {
		memcpy(copy, bytes, size);
		copy[size] = 0;
	}
	return copy;
}

/* Arguments joined by spaces; very long ones end in "...". */
static char *join_args(const char *args, size_t size)
{
	size_t length = MIN(size, COMMAND_MAX);
	char *line = args ? malloc(length + 4) : NULL;

	if (!line)
		return NULL;
	for (size_t i = 0; i < length; i++)
		line[i] = args[i] ? args[i] : ' ';
	while (length && length == size && line[length - 1] == ' ' && !args[length - 1])
		length--, size--;
	strcpy(line + length, length < size ? "..." : "");
	return line;
}

/* A string of the record lost its last NUL in the decoder; a list keeps it. */
static size_t list_size(struct text list)
{
	const size_t size = list.size ? list.size + 1 : 0;

	return size > 1 && !list.bytes[list.size - 1] ? size - 1 : size;
}

struct image *image_new(struct text executable, struct text args, struct text cwd,
			struct text script)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	image->references = 1;
	image->executable = copy_bytes(executable.bytes, executable.size);
	image->args = copy_bytes(args.bytes, args.size);
	image->args_size = image->args ? list_size(args) : 0;
	image->command_line = join_args(image->args, image->args_size);
	image->cwd = copy_bytes(cwd.bytes, cwd.size);
	image->script = copy_bytes(script.bytes, script.size);
	return image;
}

void image_set_environ(struct image *image, struct text variables)
{
	image->environ = copy_bytes(variables.bytes, variables.size);
	image->environ_size = image->environ ? list_size(variables) : 0;
}

struct image *image_share(struct image *image)
{
	if (image)
		image->references++;
	return image;
}

void image_release(struct image *image)
{
	if (!image || --image->references)
		return;
	free(image->executable);
	free(image->args);
	free(image->command_line);
	free(image->cwd);
	free(image->script);
	free(image->environ);
	free(image);
}

bool image_trim(struct image *image)
{
	size_t size = IMAGE_ARGS_KEPT;
	char *args;

	if (!image || image->references > 1 || image->args_size <= size)
		return false;
	while (size && image->args[size - 1])
		size--;
	/* One argument that is longer than all that is kept is cut itself. */
	size = size ? size : IMAGE_ARGS_KEPT;
	image->args[size - 1] = 0;
	args = realloc(image->args, size);
	image->args = args ? args : image->args;
	image->args_size = size;
	return true;
}
