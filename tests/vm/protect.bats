#!/usr/bin/env bats
# protect.bats: what a privileged process of a container can't do to kwp while a profile is loaded, and the guest can.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup_file() {
	load_profile <<-'Y'
		kwp: 1
		name: guarded
		syscall: {block: [memfd_create]}
		limits: {events: 60/s}
		rules:
		  - {id: each-chmod, on: chmod, when: process.pid > 0, severity: info}
	Y
}

teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
	watcher=
}
teardown() { [ -z "$watcher" ] || kill -KILL "$watcher" || true; }

status_json() { "$KWP" load --status -o json 3>&-; }
hits() { status_json | jq '.rules[] | select(.class == "protect").hits'; }

# contained COMMAND...: as root of a container, with all capabilities.
contained() { unshare --pid --fork --mount --mount-proc "$@" 3>&-; }

@test "what is loaded is proven" { proven 'syscall, .*protect'; }

@test "a container gets no map, program or link of kwp's by its number" {
	before=$(hits)
	contained grab >said
	cat said
	[ "$(grep -c ' got 0 refused [1-9]' said)" = 3 ]
	[ "$(hits)" -gt "$before" ]
}

@test "nor with only mounts of its own" {
	unshare --mount grab >said 3>&-
	cat said
	[ "$(grep -c ' got 0 refused [1-9]' said)" = 3 ]
}

@test "the guest gets them all" {
	grab keep >said
	cat said
	grep -qE '^maps got [1-9][0-9]* refused 0$' said
	grep -qE '^programs got [1-9][0-9]* refused 0$' said
	grep -qE '^links got [1-9]' said
}

@test "a container can't unload, and sees no pin" {
	contained bash -c 'umount /sys/fs/bpf; mount -t bpf bpf /sys/fs/bpf; ls /sys/fs/bpf | wc -l; "$KWP" load --unload' >said 2>&1 || true
	cat said
	[ "$(head -n 1 said)" = 0 ]
	status_json | jq -e '.profile == "guarded"'
	[ "$(call 319 @x 0)" = EPERM ]
}

@test "nobody in a container signals, traces or slows down kwp" {
	watch trace -e exec
	# With the guest's pids, as in a pod that shares them.
	unshare --mount bash -c '
		kill -STOP "$1" && echo stopped
		kill -KILL "$1" && echo killed
		strace -p "$1" -o /dev/null & sleep 0.5; kill -0 $! 2>/dev/null && echo traced
		renice 19 "$1" && echo slowed
		chrt -i -p 0 "$1" && echo idle
		ionice -c 3 -p "$1" && echo ionice
		prlimit --pid "$1" --nofile=3:3 && echo limited
		true' - "$watcher" >said 2>err.said 3>&-
	cat said err.said
	[ ! -s said ]
	kill -0 "$watcher"
	[ "$(hits)" -ge 6 ]
	renice 1 "$watcher"
	unwatch
	[ "$status" = 0 ]
}

@test "a container can't switch off what programs are attached to" {
	run ! contained sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'
	[ "$(cat /proc/sys/kernel/ftrace_enabled)" = 1 ]
	[ "$(call 319 @x 0)" = EPERM ]
}

@test "in monitor mode kwp still protects itself" {
	"$KWP" load -q --mode=monitor 3>&-
	contained grab >said
	"$KWP" load -q --mode=enforce 3>&-
	cat said
	[ "$(grep -c ' got 0 refused [1-9]' said)" = 3 ]
}

@test "other processes are no business of it" {
	sleep 60 3>&- &
	unshare --mount kill -STOP $!
	unshare --mount kill -KILL $!
	status=0
	wait $! || status=$?
	[ "$status" = 137 ]
}

@test "above its limits kwp tells less, denies as ever, and recovers" {
	: >file
	perl -e 'chmod 0600, "file" while 1' 3>&- & # programs are not as fast where all is emulated
	watcher=$!
	until_true 20 bash -c '"$KWP" load --status -o json | jq -e .shed'
	[ "$(call 319 @x 0)" = EPERM ]
	kill "$watcher"
	watcher=
	sleep 1.2
	chmod 600 file
	until_true 10 bash -c '"$KWP" load --status -o json | jq -e ".shed == false"'
}
