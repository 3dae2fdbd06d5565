/* SPDX-License-Identifier: GPL-2.0-only */
/* The walk: what it takes, in which order, and what it does not fall for. */
#include "../../common/log.h"
#include "../../common/snapshot.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

static char root[] = "/tmp/kwp-snapshot-XXXXXX";

/* ---- what comes out ---- */

struct seen {
	struct items items;
	struct buffer missed;
	struct buffer last;
	unsigned disorder;
	const struct items *known;
};

static void take(void *data, const struct item *item, const struct stat *facts)
{
	struct seen *seen = data;
	struct text last = {seen->last.bytes, seen->last.size};

	seen->disorder += seen->last.size && path_order(last, item->name) >= 0;
	seen->last.size = 0;
	buffer_add(&seen->last, item->name.bytes, item->name.size);
	items_add(&seen->items, item);
}

static void missed(void *data, struct text path, int err)
{
	struct seen *seen = data;

	buffer_addf(&seen->missed, "%.*s: %s\n", (int)path.size, path.bytes, snapshot_why(err));
}

static void skipped(void *data, struct text path, const char *type)
{
	struct seen *seen = data;

	buffer_addf(&seen->missed, "%.*s: is %s\n", (int)path.size, path.bytes, type);
}

static bool known(void *data, struct text path, struct item *out)
{
	struct seen *seen = data;

	for (size_t i = 0; seen->known && i < seen->known->count; i++)
		if (text_equal(seen->known->list[i].name, path)) {
			*out = seen->known->list[i];
			return true;
		}
	return false;
}

static void seen_free(struct seen *seen)
{
	items_free(&seen->items);
	buffer_free(&seen->missed);
	buffer_free(&seen->last);
}
#define _cleanup_seen_ __attribute__((cleanup(seen_free)))

static struct snapshot_counts walk(struct seen *seen, bool all, unsigned threads)
{
	struct snapshot_options options = {.root = root,
					   .all = all,
					   .threads = threads,
					   .known = known,
					   .take = take,
					   .missed = missed,
					   .skipped = skipped,
					   .data = seen};
	struct snapshot_counts counts = {};

	CHECK(!snapshot_files(&options, &counts));
	CHECK(!seen->disorder);
	buffer_byte(&seen->missed, 0);
	return counts;
}

static const struct item *find(const struct seen *seen, const char *path)
{
	for (size_t i = 0; i < seen->items.count; i++)
		if (text_equal(seen->items.list[i].name, text_of(path)))
			return &seen->items.list[i];
	return NULL;
}

static bool is(const struct seen *seen, const char *path, int attribute, const char *want)
{
	const struct item *item = find(seen, path);

	return item && text_equal(item->value[attribute], text_of(want));
}

/* ---- making files ---- */

static const char *at(const char *path)
{
	static char full[4][600];
	static unsigned n;
	char *out = full[n++ % 4];

	snprintf(out, 600, "%s%s", root, path);
	return out;
}

static void make(const char *path, const char *text, mode_t mode)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
	      !fchmod(fd, mode));
	close(fd);
}

static void run(const char *format, const char *argument)
{
	char command[300];

	snprintf(command, sizeof(command), format, argument);
	CHECK(!system(command));
}

/* ---- tests ---- */

static void test_kinds(void)
{
	_cleanup_seen_ struct seen seen = {}, all = {};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);

	mkdir(at("/d"), 0755);
	mkdir(at("/etc"), 0750);
	make("/d/run", "abc", 04711);
	make("/d/data", "no program", 0644);
	make("/d/script", "#!/bin/sh\n", 0644);
	make("/d/elf", "\177ELFxx", 0644);
	make("/d/lib.so.1", "x", 0644);
	make("/d.x", "#!x", 0644);
	make("/etc/conf", "", 0600);
	CHECK(!symlink("/nowhere", at("/d/link")));
	CHECK(!symlink("..", at("/d/up")));
	CHECK(!mkfifo(at("/d/fifo"), 0666));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", at("/d/socket"));
	CHECK(!bind(sock, (struct sockaddr *)&address, sizeof(address)));
	CHECK(walk(&seen, false, 2).missed == 0);
	CHECK(is(&seen, "/", FILE_TYPE, "directory") && is(&seen, "/etc", FILE_MODE, "0750"));
	CHECK(is(&seen, "/d/run", FILE_MODE, "4711") && is(&seen, "/d/run", FILE_SIZE, "3"));
	CHECK(is(&seen, "/d/run", FILE_SHA256,
		 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(is(&seen, "/etc/conf", FILE_SHA256,
		 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	CHECK(find(&seen, "/d/script") && find(&seen, "/d/elf") && find(&seen, "/d/lib.so.1"));
	CHECK(!find(&seen, "/d/data") && !find(&seen, "/d/fifo") && !find(&seen, "/d/socket"));
	CHECK(is(&seen, "/d/link", FILE_TARGET, "/nowhere") &&
	      is(&seen, "/d/up", FILE_TARGET, ".."));
	CHECK(walk(&all, true, 1).missed == 0);
	CHECK(find(&all, "/d/data") && is(&all, "/d/fifo", FILE_TYPE, "fifo") &&
	      is(&all, "/d/socket", FILE_TYPE, "socket"));
	close(sock);
	run("rm -rf %s/*", root);
}

/* More jobs than the ring holds, big and small, with more threads than CPUs. */
static void test_many(void)
{
	_cleanup_seen_ struct seen one = {}, many = {};
	char path[64];

	for (int i = 0; i < 600; i++) {
		snprintf(path, sizeof(path), "/f%d.py", i);
		make(path, i % 3 ? "x" : "", 0644);
		snprintf(path, sizeof(path), "/f%d.txt", i);
		make(path, "not a program", 0644);
	}
	run("head -c 1000000 /dev/zero >%s/big.so", root);
	CHECK(walk(&one, false, 1).files == 602 && walk(&many, false, 16).files == 602);
	for (size_t i = 0; i < one.items.count; i++)
		CHECK(!item_changes(&one.items.list[i], &many.items.list[i]));
	CHECK(is(&one, "/big.so", FILE_SHA256,
		 "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025"));
	run("rm -rf %s/*", root);
}

static void test_known(void)
{
	_cleanup_seen_ struct seen first = {}, second = {};
	struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
	struct item *items;

	make("/a.py", "x", 0644);
	make("/b.py", "y", 0644);
	/* The clock of a just changed file may show one more change or not: no stamp. */
	walk(&first, false, 1);
	CHECK(find(&first, "/a.py") && !find(&first, "/a.py")->value[FILE_STAMP].bytes);
	sleep(3);
	seen_free(&first);
	walk(&first, false, 1);
	CHECK(find(&first, "/a.py")->value[FILE_STAMP].bytes != NULL);
	/* A hash that is known is taken: this one is wrong, so that it shows. */
	items = (struct item *)find(&first, "/a.py");
	items->value[FILE_SHA256] =
		text_of("0000000000000000000000000000000000000000000000000000000000000000");
	items = (struct item *)find(&first, "/b.py");
	items->value[FILE_SHA256] =
		text_of("0000000000000000000000000000000000000000000000000000000000000000");
	second.known = &first.items;
	/* The same content, size and mtime do not hide a change of b: its ctime shows it. */
	make("/b.py", "z", 0644);
	utimensat(AT_FDCWD, at("/b.py"), old, 0);
	CHECK(walk(&second, false, 1).hashed == 1);
	CHECK(is(&second, "/a.py", FILE_SHA256,
		 "0000000000000000000000000000000000000000000000000000000000000000"));
	CHECK(is(&second, "/b.py", FILE_SHA256,
		 "594e519ae499312b29433b7dd8a97ff068defcba9755b6d5d00e84c524d67b06"));
	run("rm -rf %s/*", root);
}

/* A file that was listed is looked at again, whatever its name and times. */
static void test_examined(void)
{
	_cleanup_seen_ struct seen first = {}, second = {}, third = {};
	struct snapshot_options options = {.root = root,
					   .threads = 1,
					   .known = known,
					   .take = take,
					   .missed = missed,
					   .skipped = skipped,
					   .data = &second};
	struct snapshot_counts counts;
	struct stat st;

	make("/listed", "#!x", 0644);
	make("/unlisted", "#!x", 0644);
	walk(&first, false, 1);
	CHECK(find(&first, "/listed") && find(&first, "/unlisted"));
	CHECK(!stat(root, &st));
	options.device = st.st_dev;
	options.examined = ~0ull;
	first.items.count--; /* the last: /unlisted */
	second.known = &first.items;
	CHECK(!snapshot_files(&options, &counts));
	CHECK(find(&second, "/listed") && !find(&second, "/unlisted"));
	/* Another file system is another matter. */
	options.device = st.st_dev + 1;
	options.data = &third;
	CHECK(!snapshot_files(&options, &counts));
	CHECK(find(&third, "/unlisted"));
	first.items.count++;
	run("rm -rf %s/*", root);
}

static void test_deep(void)
{
	_cleanup_seen_ struct seen seen = {};
	char command[300];

	/* Beyond the limit, and longer than PATH_MAX. */
	snprintf(command, sizeof(command),
		 "cd %s && for i in $(seq 600); do mkdir aaaaaaaaaa && cd -P ./aaaaaaaaaa || exit; "
		 "done",
		 root);
	CHECK(!system(command));
	CHECK(walk(&seen, false, 1).missed == 1);
	CHECK(strstr(seen.missed.bytes, "nested too deep") != NULL);
	CHECK(seen.items.count > 500);
	run("rm -rf %s/*", root);
}

/* Others change names under the walk: it ends, and nothing outside shows up. */
static atomic_bool stop;

static void *churn(void *unused)
{
	for (unsigned i = 0; !stop; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/d/x%u.py", i % 50);
		if (i % 5 == 0) {
			int fd = open(at(path), O_WRONLY | O_CREAT, 0644);

			if (fd >= 0) {
				(void)!write(fd, "xyz", 3);
				close(fd);
			}
		} else if (i % 5 == 1) {
			mkfifo(at(path), 0644);
		} else if (i % 5 == 2) {
			(void)!symlink("/etc/passwd", at(path));
		} else if (i % 5 == 3) {
			mkdir(at(path), 0755);
		}
		unlink(at(path));
		rmdir(at(path));
		if (i % 7 == 0) {
			rename(at("/d/sub"), at("/sub"));
			(void)!symlink("/etc", at("/d/sub"));
			unlink(at("/d/sub"));
			rename(at("/sub"), at("/d/sub"));
		}
	}
	return NULL;
}

static void test_churn(void)
{
	pthread_t thread;

	mkdir(at("/d"), 0755);
	mkdir(at("/d/sub"), 0755);
	make("/d/sub/in.py", "x", 0644);
	CHECK(!pthread_create(&thread, NULL, churn, NULL));
	for (int i = 0; i < 200; i++) {
		_cleanup_seen_ struct seen seen = {};
		struct snapshot_options options = {.root = root,
						   .all = true,
						   .threads = 2,
						   .take = take,
						   .missed = missed,
						   .skipped = skipped,
						   .data = &seen};
		struct snapshot_counts counts;
		int err = snapshot_files(&options, &counts);

		if (err || seen.disorder || find(&seen, "/d/sub/passwd") ||
		    find(&seen, "/d/sub/hostname"))
			CHECK(!"the walk held");
	}
	stop = true;
	pthread_join(thread, NULL);
	run("rm -rf %s/*", root);
}

int main(void)
{
	log_set_level(LOG_QUIET);
	CHECK(mkdtemp(root) != NULL);
	test_kinds();
	test_many();
	test_known();
	test_examined();
	test_deep();
	test_churn();
	rmdir(root);
	return check_end();
}
