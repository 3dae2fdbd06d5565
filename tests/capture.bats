#!/usr/bin/env bats
# capture.bats: kwp audit --capture keeps evidence, in this kernel, as root. Skipped where the kernel, or the user, can't.
bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	need_acts
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	sleep=$(command -v sleep)
}

@test "a program from memory: its bytes, maps, descriptors, names of its environment, with their sums" {
	need_kernel
	env API_TOKEN=hunter2secret "$KWP" audit -q -o json -w out --capture kept -- act memfd-exec hidden "$sleep" 0.7 >/dev/null
	has '.rule.name == "fileless-exec"'
	judge 'map(select(.event.rule.name == "fileless-exec")) | length == 1
		and .[0].number > 0 and .[0].event.kwp.incident.id
		and ([.[0].evidence[].kind] | contains(["cmdline", "exe", "maps", "environ", "fds"]))' "a line" kept/manifest.jsonl
	for f in kept/[0-9a-f]*; do
		[ "$(sha256sum <"$f" | cut -d' ' -f1)" = "${f#kept/}" ]
		[ "$(stat -c %a "$f")" = 600 ]
	done
	[ "$(stat -c %a kept kept/manifest.jsonl | tr '\n' ' ')" = "700 600 " ]
	sum() { jq -r "select(.event.rule.name == \"fileless-exec\").evidence[] | select(.kind == \"$1\").sha256" kept/manifest.jsonl; }
	cmp "$sleep" "kept/$(sum exe)"
	grep -q 'memfd:hidden' "kept/$(sum maps)"
	grep -q '^API_TOKEN=\*\*\*$' "kept/$(sum environ)"
	grep -qE '^0 -> ' "kept/$(sum fds)"
	run ! grep -rq hunter2secret kept
}

@test "a process that is gone: that is said, and its file is kept if it is still the same" {
	need_kernel
	cp "$(type -P true)" gone
	cat >mine.yaml <<'Y'
kwp: 1
name: mine
rules:
  - {id: ran, on: exec, when: "process.name == gone", severity: low, technique: [T1059]}
Y
	"$KWP" audit -q -P ./mine.yaml -o json -w out --capture kept -- ./gone
	judge 'length == 1 and (.[0].evidence | any(.kind == "process" and .missing == "gone"))
		or (.[0].evidence | any(.kind == "exe" and .sha256))' "gone or not" kept/manifest.jsonl
	cmp gone "kept/$(jq -r '.evidence[] | select(.kind == "exe").sha256' kept/manifest.jsonl)"
}

@test "no symbolic link is followed, and the limit holds" {
	need_kernel
	mkdir real
	ln -s real kept
	refuses kept audit --capture kept -- true
	mkdir bad
	ln -s /etc/passwd bad/manifest.jsonl
	refuses bad audit --capture bad -- true
	before=$(sha256sum /etc/passwd)
	mkdir full
	head -c 1048000 /dev/zero >full/old
	"$KWP" audit -o json -w out --capture full --capture-limit 1 -- act memfd-exec hidden "$sleep" 0.3 >/dev/null 2>err
	grep -q 'the evidence has reached its limit' err
	[ "$(du -sb full | cut -f1)" -le 1100000 ]
	[ "$before" = "$(sha256sum /etc/passwd)" ]
}

@test "words that make no sense" {
	refuses --capture audit --capture kept --read "$DATA/attacks.kwp"
	refuses "'0'" audit --capture-limit 0 --check
}
