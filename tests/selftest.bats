#!/usr/bin/env bats
# selftest.bats: kwp audit --selftest sees its own harmless acts, in this kernel, as root. Skipped where the kernel, or the
# user, can't.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "each rule's act is seen, or the table says why not; nothing is left behind" {
	need_kernel
	before=$(sha256sum /etc/passwd /proc/sys/kernel/core_pattern)
	# `make check` is an ancestor by which base excuses touch -r: builds set times.
	run --separate-stderr "$KWP" audit --selftest
	table=$output
	[[ ${lines[0]} == RULE*SEVERITY*OUTCOME*ACT ]]
	for rule in reverse-shell bind-shell fileless-exec drift process-injection kernel-program; do
		grep -qE "^$rule +[a-z]+ +seen " <<<"$table"
	done
	missed=$(grep ' not seen  ' <<<"$table" | grep -v '^timestamps-set ' || true)
	[ -z "$missed" ] || { echo "$missed"; false; }
	grep -qE '^[0-9]+ seen, [01] not seen, [0-9]+ can.t be tried here, [0-9]+ without an act$' <<<"$table"
	[ "$before" = "$(sha256sum /etc/passwd /proc/sys/kernel/core_pattern)" ]
	run ! compgen -G '/var/tmp/kwp-selftest.*'
	run ! pgrep -x falco
}

@test "one rule, as JSON; a rule that sees nothing is told, with status 1" {
	need_kernel
	"$KWP" audit -q --selftest=miner -o json >out
	judge 'length == 1 and .[0].rule.name == "miner" and .[0].kwp.selftest.outcome == "seen"' "one" out
	cat >mine.yaml <<'Y'
kwp: 1
name: mine
rules:
  - {id: miner, on: exec, when: "process.name == nosuch", severity: low, technique: [T1496]}
  - {id: mine-only, on: exec, when: "process.name == nosuch", severity: low, technique: [T1496]}
Y
	run -1 "$KWP" audit -q -P ./mine.yaml --selftest
	grep -qE '^miner +low +not seen ' <<<"$output"
	grep -qE '^mine-only +low +no act +this rule has no act$' <<<"$output"
}

@test "words that make no sense" {
	refuses nosuch audit --selftest=nosuch
	refuses --selftest audit --selftest --read x
}

@test "each rule of base has a row: an act, or none that is harmless" {
	for rule in $(sed -n 's/^  - id: //p' "$REPO/profiles/base.yaml"); do
		grep -q "{\"$rule\", " "$REPO/common/selftest_rows.c" || { echo "selftest_rows.c lacks $rule"; return 1; }
	done
}
