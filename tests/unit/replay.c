/* SPDX-License-Identifier: GPL-2.0-only */
/* Recordings: written, read again, and refused where they are damaged. */
#include "../../common/log.h"
#include "../../common/replay.h"
#include "build.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static char path[] = "/tmp/kwp-replay-XXXXXX";

static struct recording head_of(void)
{
	struct recording head = {.schema = KWP_SCHEMA, .head_size = sizeof(struct kwp_record),
				 .boot_time = 42};

	memcpy(head.magic, RECORDING_MAGIC, sizeof(head.magic));
	strcpy(head.host, "this-machine");
	return head;
}

/* Writes these bytes as the file. */
static void put_file(const void *bytes, size_t size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	CHECK(file && fwrite(bytes, 1, size, file) == size);
}

static int open_file(void)
{
	_cleanup_fclose_ FILE *file = NULL;
	struct recording head;

	return recording_open(path, &head, &file);
}

static void test_round(void)
{
	struct draft small = draft_of(KWP_EXIT, 20, 1), big = draft_of(KWP_OPEN, 21, 1);
	struct recording head = head_of(), read;
	_cleanup_built_ struct built a = draft_build(&small);
	_cleanup_free_ char *bytes = NULL;
	size_t room = 0;
	FILE *file;

	draft_text(&big, 0, "/a/long/path/that/needs/more/room/than/the/first");
	_cleanup_built_ struct built b = draft_build(&big);

	CHECK(!recording_create(path, &head, &file));
	CHECK(!recording_add(file, a.record, a.size) && !recording_add(file, b.record, b.size));
	CHECK(!recording_add(file, a.record, a.size) && !fclose(file));
	CHECK(!recording_open(path, &read, &file));
	CHECK(!memcmp(&read, &head, sizeof(head)));
	CHECK(recording_next(file, &bytes, &room) == 1 && !memcmp(bytes, a.record, a.size));
	CHECK(recording_next(file, &bytes, &room) == 1 && !memcmp(bytes, b.record, b.size));
	CHECK(room == b.size);
	CHECK(recording_next(file, &bytes, &room) == 1 && !memcmp(bytes, a.record, a.size));
	CHECK(recording_next(file, &bytes, &room) == 0);
	CHECK(recording_next(file, &bytes, &room) == 0);
	fclose(file);
}

static void test_create(void)
{
	struct recording head = head_of();
	FILE *file = NULL;
	struct stat st;

	put_file("precious", 8);
	CHECK(recording_create(path, &head, &file) == -EEXIST && !file);
	CHECK(!stat(path, &st) && st.st_size == 8);
	CHECK(recording_create("/nowhere/file", &head, &file) == -ENOENT && !file);
	CHECK(recording_create("/tmp", &head, &file) == -EISDIR && !file);
	unlink(path);
	CHECK(!recording_create(path, &head, &file));
	fclose(file);
	/* What was typed and looked up is nobody else's affair. */
	CHECK(!stat(path, &st) && (st.st_mode & 0777) == 0600);
	CHECK(!recording_create("/dev/null", &head, &file));
	fclose(file);
}

static void test_full(void)
{
	struct draft draft = draft_of(KWP_EXIT, 20, 1);
	_cleanup_built_ struct built built = draft_build(&draft);
	struct recording head = head_of();
	FILE *file = NULL;
	int err = 0;

	CHECK(!recording_create("/dev/full", &head, &file));
	for (int i = 0; i < 1000 && !err; i++)
		err = recording_add(file, built.record, built.size);
	CHECK(err == -ENOSPC);
	fclose(file);
}

static void test_open_refused(void)
{
	struct recording head = head_of();
	FILE *file = NULL;

	for (size_t size = 0; size < sizeof(head); size += 7) {
		put_file(&head, size);
		CHECK(open_file() == -EBADMSG);
	}
	put_file(&head, sizeof(head));
	CHECK(!open_file());
	head.magic[0] = 'K';
	put_file(&head, sizeof(head));
	CHECK(open_file() == -EBADMSG);
	head = head_of();
	head.schema++;
	put_file(&head, sizeof(head));
	CHECK(open_file() == -EBADMSG);
	head = head_of();
	head.head_size += 8;
	put_file(&head, sizeof(head));
	CHECK(open_file() == -EBADMSG);
	head = head_of();
	memset(head.host, 'h', sizeof(head.host));
	put_file(&head, sizeof(head));
	CHECK(open_file() == -EBADMSG);
	CHECK(recording_open("/nowhere/file", &head, &file) == -ENOENT && !file);
	CHECK(recording_open("/tmp", &head, &file) && !file);
}

/* What recording_next() says of these bytes as one record. */
static int next_of(const void *bytes, size_t size)
{
	_cleanup_free_ char *record = NULL;
	_cleanup_fclose_ FILE *file = fmemopen((void *)bytes, size, "r");
	size_t room = 0;

	return recording_next(file, &record, &room);
}

static void test_damaged(void)
{
	struct draft draft = draft_of(KWP_OPEN, 20, 1);
	unsigned refused = 0, cuts = 0;

	draft_text(&draft, 0, "/etc/passwd");
	_cleanup_built_ struct built built = draft_build(&draft);

	CHECK(next_of(built.record, built.size) == 1);
	for (size_t size = 1; size < built.size; size++, cuts++)
		refused += next_of(built.record, size) == -EBADMSG;
	CHECK(refused == cuts);
	for (size_t i = 0; i < 5; i++) {
		static const uint32_t wrong[] = {0, 8, sizeof(struct kwp_record) - 8, 0xfffffff8,
						 sizeof(struct kwp_record) + 4};

		built.record->size = wrong[i];
		CHECK(next_of(built.record, built.size) == -EBADMSG);
	}
	built.record->size = sizeof(struct kwp_record) + KWP_FACTS_MAX + KWP_STRINGS_MAX + 16;
	CHECK(next_of(built.record, built.size) == -EBADMSG);
}

int main(void)
{
	int fd = mkstemp(path);

	log_set_level(LOG_QUIET);
	close(fd);
	unlink(path);
	test_round();
	test_create();
	test_full();
	test_open_refused();
	test_damaged();
	unlink(path);
	return check_end();
}
