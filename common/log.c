/* SPDX-License-Identifier: GPL-2.0-only */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <bpf/libbpf.h>

static const char *log_name = "kwp";
static enum log_level log_max = LOG_INFO;
static unsigned log_counts[LOG_DEBUG + 1];

void log_open(const char *name)
{
	log_name = name;
}

void log_set_level(enum log_level level)
{
	log_max = level;
}

unsigned log_count(enum log_level level)
{
	return log_counts[level];
}

/* One write(2) a line, so that lines of several processes do not mix. Bytes
 * that a terminal would obey are shown as \xHH: names in messages may come
 * from an attacker. */
static void log_line(enum log_level level, const char *format, va_list args, const char *why)
{
	char text[2048], line[sizeof(text) * 2];
	size_t used = 0;

	log_counts[level]++;
	if (level > log_max)
		return;
	vsnprintf(text, sizeof(text), format, args);
	used = snprintf(line, sizeof(line), "%s: ", log_name);
	for (const char *p = text; *p && used < sizeof(line) - 300; p++) {
		unsigned char c = *p;

		if (c < 0x20 || c == 0x7f)
			used += snprintf(line + used, 5, "\\x%02x", c);
		else
			line[used++] = *p;
	}
	used += snprintf(line + used, 256, "%s%s\n", why ? ": " : "", why ? why : "");
	if (write(STDERR_FILENO, line, used) < 0)
		return; /* nowhere left to complain */
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(level, format, args, NULL);
	va_end(args);
}

int log_errno(int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_ERROR, format, args, strerror(-err));
	va_end(args);
	return err;
}

static int log_print(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[1024];
	size_t size;

	if (log_max < LOG_DEBUG || level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), format, args);
	size = strlen(text);
	while (size && text[size - 1] == '\n')
		text[--size] = 0;
	log_at(LOG_DEBUG, "%s", text);
	return 0;
}

void log_libbpf(void)
{
	libbpf_set_print(log_print);
}
