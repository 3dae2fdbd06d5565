#!/usr/bin/env bats
# trace.bats: kwp trace in a guest, where the hooks of the kernel's LSM interface are there: by BPF LSM, or else by fmod_ret.
bats_require_minimum_version 1.5.0
load guest
load ../helpers
load ../acts/table

# All acts of the table under one kwp that watches everything.
setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir "$BATS_FILE_TMPDIR/all"
	cd "$BATS_FILE_TMPDIR/all"
	findmnt -rno TARGET,FSTYPE >mounts.before
	every_field
	FIELDS=${FIELDS/,process.ancestors/} # large, and jq is slow here
	groups=$(for ((i = 0; i < ${#rows[@]}; i += 4)); do echo "${rows[i]}"; done | sort -u)
	for group in $groups; do
		rows_script "$group" all "$PWD"
		cat script >>everything
	done
	trace -e all --fields "$FIELDS" -- sh everything
	echo "$status" >status
	findmnt -rno TARGET,FSTYPE >mounts.after
}

setup() {
	need_kwp
	cd "$BATS_TEST_TMPDIR"
}

# judged GROUP: the acts of the group were seen: by the hooks, so with paths that the kernel resolved, and with results.
judged() {
	need_btf
	cd "$BATS_FILE_TMPDIR/all"
	# Nothing resolves a mount's source before the hook.
	EXTRA='(.error.code or (.kwp.unresolved | not) or .event.action == "mount") and (.kwp.backend | IN("lsm", "fmod_ret", "tracepoint", "cgroup"))'
	rows_judge "$1" all "$PWD"
}

@test "acts on processes" { judged process; }
@test "acts on files" { judged file; }
@test "mounts and roots" { judged mount; }
@test "acts on the network" { judged net; }
@test "acts on tasks" { judged task; }
@test "acts on memory and the kernel" { judged kernel; }
@test "acts through io_uring" { judged uring; }
@test "acts by 32-bit system calls" { judged compat; }

@test "that run ended with the command, lost nothing and said by whom it watched" {
	need_btf
	cd "$BATS_FILE_TMPDIR/all"
	[ "$(cat status)" = 0 ] || { cat err; false; }
	cat err
	tail -n 1 err | grep -qE '^kwp-trace: [0-9]+ events, 0 lost$'
	if [ "$KWP_LSM" = 1 ]; then hook=lsm; else hook=fmod_ret; fi
	grep -qE "watching by $hook:.* rename" err
	grep -qE 'watching by tracepoint:.* exec' err
	grep -qE 'watching by cgroup: dns sysctl' err
	run ! grep 'not watched' err
	[ "$KWP_LSM" = 1 ] || grep -q 'lsm=' err
}

@test "kwp left the guest's mounts as they were" {
	need_btf
	cd "$BATS_FILE_TMPDIR/all"
	diff mounts.before mounts.after
	run findmnt -t bpf,tracefs,debugfs
	[ -z "$output" ]
}

@test "what was before: ids and capabilities, from the hooks" {
	need_btf
	trace -e setuid,capset -- act +setuid 1234 , +capset
	is 0
	has '.event.action == "setuid" and .kwp.old.uid == 0 and .kwp.new.uid == 1234'
	has '.event.action == "capset" and (.kwp.old.capabilities | test("[1-9a-f]")) and .kwp.new.capabilities == "0000000000000020"'
	hasnt '.kwp.incomplete // [] | index("kwp.old")'
}

@test "--backend lsm: works, or exit 3 and why not" {
	need_btf
	trace --backend lsm -e rename,unlink,chmod -- act open a cw , rename a b , chmod 600 b , unlink b
	if [ "$KWP_LSM" = 1 ]; then
		is 0
		judge '[.[].event.action] == ["rename","chmod","unlink"]' "three events" out
		all '.kwp.backend == "lsm" and (.kwp.unresolved | not) and (.file.path | startswith($d))'
	else
		is 3
		grep -qE 'lsm=.*bpf|bpf.*lsm=' err
		[ ! -s out ]
	fi
}

@test "--backend fmod_ret and --backend tracepoint work" {
	need_btf
	trace --backend fmod_ret -e rename,unlink,chmod -- act open a cw , rename a b , chmod 600 b , unlink b
	is 0
	judge '[.[].event.action] == ["rename","chmod","unlink"]' "three events" out
	all '.kwp.backend == "fmod_ret" and (.kwp.unresolved | not) and (.file.path | startswith($d))'
	trace --backend tracepoint -e rename,unlink,chmod -- act open a cw , rename a b , chmod 600 b , unlink b
	is 0
	judge '[.[].event.action] == ["rename","chmod","unlink"]' "three events" out
	all '.kwp.backend == "tracepoint" and .kwp.result == 0 and (.file.path | startswith($d))'
}

@test "the wrapper's exit status, and -p -f of what already runs" {
	need_btf
	trace -q -e exec -- sh -c 'exit 7'
	is 7
	trace -q -e exec -- nosuchcommand
	is 127
	sh -c '(until [ -e go ]; do sleep 0.2; done; act open late cw >/dev/null) & wait' 3>&- &
	parent=$!
	watch trace -o json -e create -f -p "$parent"
	: >go
	wait "$parent"
	unwatch
	is 0
	has '.file.path == "\($d)/late" and .process.pid != '"$parent"
}

@test "no program stays after kill -9" {
	need_btf
	watch trace -e all
	sed -n 's/^prog_id:\s*//p' /proc/"$watcher"/fdinfo/* | sort -nu >ids
	[ "$(wc -l <ids)" -gt 20 ]
	kill -KILL "$watcher"
	wait "$watcher" || true
	# There is no bpftool here; kwp's own list of what runs tells.
	until_true 20 sh -c '! ls -l /proc/*/fd 2>/dev/null | grep -q bpf'
}

@test "a kernel that lacks what kwp needs: exit 3, and which options" {
	[ ! -e /sys/kernel/btf/vmlinux ] || skip "this kernel has BTF"
	for command in "trace -e exec -d 1" "audit -d 1" "trace -- true"; do
		run -3 --separate-stderr "$KWP" $command
		[ -z "$output" ]
		[[ $stderr == *CONFIG_DEBUG_INFO_BTF* ]]
		[ -e /proc/sys/net/core/bpf_jit_enable ] || [[ $stderr == *CONFIG_BPF_JIT* ]]
		[ -e /sys/kernel/tracing ] || [[ $stderr == *CONFIG_BPF_EVENTS* || $stderr == *CONFIG_FTRACE* ]]
	done
}
