/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of lines that events have in common: whatever changes between two events, a writer that
 * keeps them writes what a new one writes. */
#include "seen.h"

#include "../../common/json_piece.h"

#include <errno.h>

static uint64_t state = 1;

/* A small number below n, the same ones in every run. */
static unsigned pick(unsigned n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 33) % n;
}

static const char *const paths[] = {"/etc/passwd", "/etc/shadow", "", "/a path of more than eight",
				    "/lib/x86_64-linux-gnu/libc.so.6"};

/* Another value of one thing that a line can show of a head. */
static void vary_head(struct kwp_record *head)
{
	static const int results[] = {0, 3, -1, -2, -115};

	switch (pick(8)) {
	case 0:
		head->cpu = pick(2);
		break;
	case 1:
		head->nr = (int)pick(3) * 40 - 1;
		break;
	case 2:
		head->ret = results[pick(ARRAY_SIZE(results))];
		break;
	case 3:
		head->flags = (pick(4) ? KWP_F_RET : 0) | (pick(3) ? 0 : 1u << pick(9));
		head->flags &= ~KWP_F_HOOK;
		head->verdict = head->flags & KWP_F_VERDICT ? KWP_SAID_BLOCK : KWP_SAID_NOTHING;
		break;
	case 4:
		head->backend = 1 + pick(KWP_BACKEND_COUNT - 2);
		break;
	case 5:
		head->incomplete = pick(2) ? 0 : 1u << pick(8);
		break;
	case 6:
		head->loginuid = pick(2) ? ~0u : 1000;
		break;
	case 7:
		head->tid = head->view_tid = head->pid + pick(2);
	}
}

static void vary_inode(struct kwp_file *file)
{
	__u32 *const numbers[] = {&file->device, &file->links, &file->uid, &file->gid,
				     &file->flags};

	switch (pick(5)) {
	case 0:
		file->inode = 10 + pick(2);
		break;
	case 1:
		file->size = pick(2);
		break;
	case 2:
		file->ctime = pick(2);
		break;
	case 3:
		file->mode = pick(3) ? 0100644 : 0;
		file->magic = pick(2) ? 0xef53 : 0x794c7630;
		break;
	case 4:
		*numbers[pick(ARRAY_SIZE(numbers))] = pick(8);
	}
}

static void vary_file(struct draft *draft)
{
	struct kwp_file_act *act = DRAFT_FACTS(draft, kwp_file_act);
	const bool exec = draft->head.type == KWP_EXEC;
	const unsigned n = pick(2);

	switch (pick(exec ? 2 : 3)) {
	case 0:
		draft->string[n].bytes = NULL;
		if (pick(5))
			draft_text(draft, n, paths[pick(ARRAY_SIZE(paths))]);
		break;
	case 1:
		vary_inode(exec ? &DRAFT_FACTS(draft, kwp_exec)->file : &act->file);
		break;
	case 2:
		*(__u64 *const[]){&act->flags, &act->mode, &act->extra}[pick(3)] = pick(3);
		act->fd = (int)pick(3) - 1;
	}
}

/* seen_close() says if any line differed from what a new writer makes. */
static void test_varied(void)
{
	static const unsigned types[] = {KWP_OPEN, KWP_EXEC, KWP_CREATE, KWP_MMAP_EXEC, KWP_RENAME,
					 KWP_LINK, KWP_MEMFD, KWP_CONNECT, KWP_SYSCALL, KWP_CHMOD,
					 KWP_CHOWN, KWP_XATTR};

	seen_open((struct enrich_options){});
	for (unsigned i = 0; i < 120 * ARRAY_SIZE(types); i++) {
		static struct draft draft;
		const unsigned type = types[i / 120];

		if (i % 120 == 0) {
			draft = draft_of(type, 20, 1);
			draft_text(&draft, 0, paths[0]);
			if (type == KWP_EXEC || event_is_file(type))
				vary_inode(&DRAFT_FACTS(&draft, kwp_file_act)->file);
		}
		vary_head(&draft.head);
		if (type == KWP_EXEC || event_is_file(type))
			vary_file(&draft);
		CHECK(!feed(&draft));
		if (seen_count > SEEN_MAX - 8)
			seen_clear();
	}
	seen_close();
}

/* A hook's facts and those of the act's end alone, of the same head. */
static void test_hooked(void)
{
	struct draft end = draft_of(KWP_UNLINK, 20, 1), hook = end;

	end.head.flags = KWP_F_RET | KWP_F_UNRESOLVED;
	draft_text(&end, 0, "words");
	hook.head.flags = KWP_F_HOOK;
	hook.head.backend = KWP_BY_LSM;
	draft_text(&hook, 0, "/resolved");
	DRAFT_FACTS(&hook, kwp_file_act)->file = (struct kwp_file){.inode = 5, .mode = 0100600};
	seen_open((struct enrich_options){});
	draft_text(&end, 0, "/resolved");
	CHECK(!feed(&end));
	CHECK(seen_lacks(0, "\"inode\""));
	draft_text(&end, 0, "words");
	CHECK(!feed(&hook));
	CHECK(!feed(&end));
	CHECK(!feed(&end));
	CHECK(seen_count == 3 && seen_has(1, "/resolved") && seen_has(1, "\"inode\":5"));
	CHECK(seen_lacks(2, "/resolved") && seen_lacks(2, "\"inode\"") &&
	      seen_has(2, "\"unresolved\":true") && seen_lacks(1, "\"unresolved\""));
	seen_close();
}

static struct event event_of(const struct built *built)
{
	struct event event;

	CHECK(!event_decode(built->record, built->size, &event));
	event.path = event.string[0];
	return event;
}

static void test_keys(void)
{
	static char path[KWP_PATH_MAX];
	struct draft draft = draft_of(KWP_OPEN, 20, 1);
	struct piece_key key;
	struct event event;

	memset(path, 'p', sizeof(path));
	draft_text(&draft, 0, "/x");
	_cleanup_built_ struct built built = draft_build(&draft);

	event = event_of(&built);
	CHECK(piece_key_head(&event, &key) && key.size % 8 == 0 && key.size <= PIECE_KEY);
	CHECK(piece_key_file(&event, &key) && key.size % 8 == 0 && key.size <= PIECE_KEY);
	/* What an absent path is made of is not what an empty one is. */
	struct piece_key other;

	event.path.size = 0;
	CHECK(piece_key_file(&event, &key));
	event.path.bytes = NULL;
	CHECK(piece_key_file(&event, &other));
	CHECK(key.size == other.size && memcmp(key.bytes, other.bytes, key.size));
	/* The longest path that fits, and one byte more. */
	event.path = (struct text){path, 0};
	CHECK(piece_key_file(&event, &key));
	event.path.size = (PIECE_KEY - key.size) & ~7u;
	CHECK(piece_key_file(&event, &key) && key.size <= PIECE_KEY);
	event.path.size++;
	CHECK(!piece_key_file(&event, &key));
	event.path.size = sizeof(path);
	CHECK(!piece_key_file(&event, &key));
	/* Findings say more. */
	event.path.size = 2;
	event.verdict = VERDICT_AUDIT;
	CHECK(!piece_key_head(&event, &key) && !piece_key_file(&event, &key));
}

static void test_keep(void)
{
	static char big[PIECE_BYTES + 1];
	struct piece_key key = {.hash = 7, .size = 8, .bytes = "1234567"}, twin = key;
	uint32_t end[LAYOUT_RUNS] = {3};
	struct pieces pieces = {};

	CHECK(!pieces_find(&pieces, &key));
	CHECK(pieces_keep(&pieces, &key, "abc", 3, end) == pieces_find(&pieces, &key));
	CHECK(pieces_find(&pieces, &key) && !memcmp(pieces_find(&pieces, &key)->bytes, "abc", 3));
	/* The same place, another key: the last one stays. */
	memcpy(twin.bytes, "7654321", 8);
	CHECK(!pieces_find(&pieces, &twin));
	CHECK(pieces_keep(&pieces, &twin, big, PIECE_BYTES, end));
	CHECK(pieces_find(&pieces, &twin) && !pieces_find(&pieces, &key));
	CHECK(!pieces_keep(&pieces, &key, big, sizeof(big), end));
	CHECK(pieces_find(&pieces, &twin) && !pieces_find(&pieces, &key));
	key = twin;
	key.size = 16;
	CHECK(!pieces_find(&pieces, &key));
	pieces_free(&pieces);
	CHECK(!pieces_find(&pieces, &twin));
}

int main(void)
{
	test_varied();
	test_hooked();
	test_keys();
	test_keep();
	return check_end();
}
