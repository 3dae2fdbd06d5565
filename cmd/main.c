/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kwp: one binary, several commands. `kwp NAME ...` and a link named
 * `kwp-NAME` are the same.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/options.h"
#include "../common/output.h"

static const struct command *const commands[] = {&cmd_trace, &cmd_audit, &cmd_block, &cmd_load, &cmd_diff};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* What was printed must have arrived: nobody looks after us. */
static int said(FILE *out)
{
	return fflush(out) || ferror(out) ? STATUS_LOST : STATUS_OK;
}

static int help(FILE *out)
{
	fputs("Usage: kwp COMMAND [OPTION...]\n"
	      "Sees attacks inside a Kata Containers guest.\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-14s %s\n", commands[i]->name, commands[i]->help);
	fputs("\n"
	      "  --install DIR  make the links kwp-COMMAND to this binary in DIR\n"
	      "  --list         the commands, a line each\n"
	      "  --schema       JSON Schema of the records of -o json\n"
	      "  --version      version\n"
	      "  --help         this\n\n"
	      "`kwp COMMAND --help` explains a command; kwp(8) the whole.\n", out);
	return said(out);
}

static int list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		puts(commands[i]->name);
	return said(stdout);
}

static int schema(void)
{
	_cleanup_buffer_ struct buffer out = {};

	output_schema(&out);
	fwrite(out.bytes, out.size, 1, stdout);
	return out.failed ? STATUS_LOST : said(stdout);
}

static int install(const char *directory)
{
	char self[PATH_MAX], link[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (size < 0) {
		log_errno(-errno, "cannot find this binary");
		return STATUS_CANT;
	}
	self[size] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		snprintf(link, sizeof(link), "%s/kwp-%s", directory, commands[i]->name);
		if (symlink(self, link) && errno != EEXIST) {
			log_errno(-errno, "cannot make %s", link);
			return STATUS_CANT;
		}
	}
	return STATUS_OK;
}

static int option(int argc, char **argv)
{
	const char *word = argv[1];

	if (!strcmp(word, "--help") || !strcmp(word, "-?") || !strcmp(word, "-h"))
		return help(stdout);
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return puts("kwp " KWP_VERSION) < 0 ? STATUS_LOST : said(stdout);
	if (!strcmp(word, "--list"))
		return list();
	if (!strcmp(word, "--schema"))
		return schema();
	if (!strcmp(word, "--install") && argc == 3)
		return install(argv[2]);
	if (!strcmp(word, "--install"))
		log_error("--install needs a directory");
	else
		log_error("unknown option '%s'; `kwp --help` lists what there is", word);
	return STATUS_USAGE;
}

/* A standard stream that is closed would become the number of the next file: of a
 * BPF map, or of a recording that diagnostics then go to. What stands in for it fails
 * as the closed one, and does not reach a wrapped command. */
static void streams_hold(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/", O_PATH | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const char *base = argc ? basename(argv[0]) : "kwp";
	const struct command *command = NULL;

	streams_hold();
	log_libbpf();
	if (!strncmp(base, "kwp-", 4))
		command = command_find(base + 4);
	if (command)
		return command->run(argc, argv);
	if (argc < 2) {
		help(stderr);
		return STATUS_USAGE;
	}
	if (argv[1][0] == '-')
		return option(argc, argv);
	command = command_find(argv[1]);
	if (command)
		return command->run(argc - 1, argv + 1);
	log_error("unknown command '%s'; `kwp --help` lists what there is", argv[1]);
	return STATUS_USAGE;
}
