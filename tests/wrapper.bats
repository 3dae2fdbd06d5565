#!/usr/bin/env bats
# wrapper.bats: kwp trace -- COMMAND in this kernel, as root. Skipped where the kernel, or the user, can't.
bats_require_minimum_version 1.5.0
load helpers
load acts/table

setup_file() {
	need_acts
}

setup() {
	need_kernel
	cd "$BATS_TEST_TMPDIR"
	watcher=
}

teardown() {
	[ -z "$watcher" ] || kill -KILL "$watcher" || true
}

@test "the wrapper's exit status is the command's" {
	for n in 0 1 7 255; do
		trace -q -e exec -- sh -c "exit $n"
		is $n
	done
	trace -q -e exec -- sh -c 'kill -KILL $$'
	is 137
	trace -q -e exec -- sh -c 'kill -TERM $$'
	is 143
}

@test "127 for a command that is not there, 126 for one that can't run, each with a sentence" {
	trace -q -e exec -- nosuchcommand
	is 127
	grep -q nosuchcommand err
	trace -q -e exec -- "$BATS_TEST_TMPDIR/nosuchcommand"
	is 127
	trace -q -e exec -- /etc/passwd
	is 126
	grep -q /etc/passwd err
}

@test "the wrapped command is seen from its first instruction, and nothing but it" {
	act open here cw >/dev/null
	trace -e exec,exit,open,create,fork,bpf -- act open here r , +exit 5 , open new cw
	is 0
	judge 'map(select(.kwp.result != -2)) | .[0] | .event.action == "exec" and .process.args[0] == "act"' "exec is first" out
	has '.event.action == "open" and .file.path == "\($d)/here"'
	has '.event.action == "exit" and .process.exit_code == 5'
	has '.event.action == "create" and .file.path == "\($d)/new"'
	all '.process.name == "act" or .event.action == "exec"'
	count 2 '.event.action == "exit"'
}

@test "descendants of the wrapped command are seen, also orphans" {
	trace -e exec -- sh -c '(sh -c "act +exit 1 >/dev/null; sleep 0.2; act exit 3 >/dev/null" & ) ; sleep 0.6'
	is 0
	count 2 '.process.name == "act"'
	has '.process.name == "act" and (.process.args[1] == "exit")'
}

@test "the command has its own standard streams, signals and arguments" {
	local command=(sh -c 'cat; echo out; echo err >&2; printf "%s|" "$@"; grep Sig[BI] /proc/self/status' sh 'a b' '' -q --)

	# Some that start this test ignore signals that no program can ask libc for: what
	# counts is that kwp changes nothing.
	printf 'in' | env --default-signal "${command[@]}" >without 2>/dev/null
	printf 'in' | env --default-signal "$KWP" trace -q -e exec -w out -- "${command[@]}" >said 2>err
	grep -qx 'inout' said
	grep -q 'a b||-q|--|' said
	grep -qx err err
	cmp said without
}

@test "a command's name is looked for in PATH as a shell does: no directory, nothing beside it" {
	mkdir -p bin/true
	printf '#!/bin/sh\nexit 9\n' >nearby
	chmod +x nearby
	PATH=$PWD/bin:$PATH trace -q -e exec -- true
	is 0
	PATH=/bin trace -q -e exec -- nearby
	is 127
	PATH=/bin: trace -q -e exec -- nearby
	is 9
	trace -q -e exec -- ''
	is 127
	env -u PATH "$KWP" trace -q -e exec -w out -- true
	[ -s out ]
}

@test "closed standard streams are not replaced by kwp's own files, also not for the command" {
	"$KWP" trace -q -e exec -w out -- sh -c 'ls /proc/$$/fd >fds; exit 4' <&- >&- 2>&- && status=0 || status=$?
	is 4
	[ -s out ]
	run ! grep -x 0 fds
	run ! grep -x 2 fds
	"$KWP" trace -e exec --count 1 >&- 2>err & watcher=$!
	until_true 10 grep 'Bad file descriptor' err
	/bin/true
	status=0
	wait "$watcher" || status=$?
	watcher=
	is 5
}

@test "a limit on the size of files is an error of the sink, and the command goes on" {
	(ulimit -f 1; trace -q -e all -- sh -c 'for n in 1 2 3 4 5 6 7 8 9; do /bin/true; done; exit 6'; is 6)
	grep -q 'File too large' err
}
