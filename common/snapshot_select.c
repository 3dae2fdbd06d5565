/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files matter by their name: the rest is found by its first bytes. */
#include <string.h>

#include "snapshot_file.h"

/* Ends of names: libraries, modules, scripts, byte code, units. */
static const char *const ends[] = {
	".so",	  ".ko",   ".ko.xz", ".ko.gz", ".ko.zst", ".a.out", ".py",    ".pyc",	".pyo",
	".pth",	  ".pl",   ".pm",    ".rb",    ".js",	  ".mjs",   ".cjs",   ".php",	".sh",
	".bash",  ".lua",  ".tcl",   ".awk",   ".class",  ".jar",   ".war",   ".ear",	".wasm",
	".dll",	  ".exe",  ".node",  ".phar",  ".ps1",	  ".service", ".socket", ".timer", ".path",
	".mount", ".desktop", ".rules",
};

/* Files that a login, a shell, git or cron reads and runs. */
static const char *const names[] = {
	".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".zshrc", ".zshenv",
	".zprofile", ".zlogin", ".kshrc", ".cshrc", ".tcshrc", ".login", ".inputrc", ".vimrc",
	".gitconfig", ".netrc", ".npmrc", ".pypirc", ".pythonrc", ".perldb", ".gdbinit", ".xinitrc",
	"authorized_keys", "authorized_keys2", "rc", "environment", ".mcp.json", "ld.so.preload",
};

/* Whole trees. */
static const char *const trees[] = {"/etc/", "/boot/", "/var/spool/cron/", "/usr/lib/systemd/",
				    "/lib/systemd/", "/usr/local/etc/"};

static bool ends_with(const char *text, size_t size, const char *end)
{
	size_t length = strlen(end);

	return size > length && !memcmp(text + size - length, end, length);
}

bool file_selected(const char *path, mode_t mode)
{
	const char *name = basename(path);
	const size_t size = strlen(name);

	if (mode & (S_IXUSR | S_IXGRP | S_IXOTH | S_ISUID | S_ISGID))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (!strncmp(path, trees[i], strlen(trees[i])))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends_with(name, size, ends[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return strstr(name, ".so.") != NULL;
}
