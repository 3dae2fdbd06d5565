#!/usr/bin/env bats
# block.bats: kwp block in a guest denies, confines a command, and leaves nothing behind.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p programs data
	cp /bin/true programs/t
	echo secret >data/secret
	sleeper='' kwp='' group=''
}

# block ARGS...: runs kwp block until stop; its lines in $PWD/said, its diagnostics in $PWD/err.
block() {
	rm -f err
	"$KWP" block --no-header "$@" >said 2>err 3>&- &
	kwp=$!
	until_true 110 grep -q 'in force' err
}
teardown() { kill -KILL $kwp || true; [ -z "$group" ] || echo 1 >"$group/cgroup.kill" || true; } 2>/dev/null
stop() {
	kill -INT "$kwp"
	status=0
	wait "$kwp" || status=$?
	kwp=''
}
programs_left() { bpftool prog list 2>/dev/null | grep -c 'name kwp_' || true; }

@test "what an option names is denied while kwp runs, and not after it" {
	block --exec "$PWD/programs/**" --read-file "$PWD/data/secret" --write-file "$PWD/data/**"
	run -126 programs/t
	run -1 cat data/secret
	run -1 --separate-stderr bash -c 'echo x >>data/secret'
	run -1 touch data/new
	run -1 rm data/secret
	stop
	[ "$status" = 0 ]
	programs/t
	[ "$(cat data/secret)" = secret ]
	touch data/new
	grep -q 'data/secret' said
	grep -q 'programs/t' said
}

@test "only the processes that were named are confined, with -f their descendants too" {
	mkfifo go
	bash -c 'read -r _ <go; cat data/secret >got 2>&1; echo $? >rc' 3>&- &
	pid=$!
	block -p "$pid" -f --read-file "$PWD/data/secret"
	cat data/secret
	echo >go
	wait "$pid"
	[ "$(cat rc)" = 1 ]
	stop
}

# kwp proves a policy by processes of its own, which are in none of these.
@test "only a user, a container: whatever it is about is confined, and nobody else" {
	place=/srv/scoped group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)/scoped-$$
	mkdir -p $place "$group"
	cp /bin/true $place/t
	echo secret >$place/secret
	into() { sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$@"; }
	into sleep 1000 3>&- &
	sleeper=$!
	until_true 10 grep -q . "$group/cgroup.procs"
	for scope in "-u 12345" "-c ${group##*/}"; do
		case $scope in -u*) there="setpriv --reuid 12345 --clear-groups" ;; *) there=into ;; esac
		# shellcheck disable=SC2086 # two words
		block $scope --exec "$place/t" --read-file $place/secret --egress 198.18.77.0/24
		for class in process file network; do grep -q "enforces:.*$class" err || { cat err; return 1; }; done
		run -126 $there $place/t
		run ! $there cat $place/secret
		run ! $there bash -c 'echo x >/dev/udp/198.18.77.5/9'
		[[ $output == *permitted* ]]
		$place/t
		[ "$(cat $place/secret)" = secret ]
		stop
		[ "$status" = 0 ]
	done
	echo 1 >"$group/cgroup.kill"
	wait "$sleeper" || true
	until_true 10 rmdir "$group"
}

@test "a command is confined from its first instruction, and its status is kwp's" {
	run -1 --separate-stderr "$KWP" block -q --read-file "$PWD/data/secret" -- cat data/secret
	cat data/secret
	run -7 "$KWP" block -q --read-file "$PWD/data/secret" -- sh -c 'exit 7'
	run -0 "$KWP" block -q --exec "$PWD/programs/**" -- sh -c '! programs/t'
}

@test "--dry-run says what would be denied and denies nothing" {
	block --dry-run --read-file "$PWD/data/secret" --exec "$PWD/programs/t"
	programs/t
	[ "$(cat data/secret)" = secret ]
	until_true 30 grep -q 'would block' said
	stop
}

@test "--kill ends the process as well" {
	block --kill --read-file "$PWD/data/secret"
	run cat data/secret
	[ "$status" = 137 ]
	stop
}

@test "SIGKILL of kwp undoes everything" {
	block --read-file "$PWD/data/secret"
	run -1 cat data/secret
	kill -KILL "$kwp"
	wait "$kwp" || true
	until_true 20 cat data/secret
	until_true 20 test "$(programs_left)" = 0
}

@test "--confirm undoes what nobody confirmed" {
	"$KWP" block --confirm 3 --read-file "$PWD/data/secret" </dev/null >said 2>err 3>&- &
	kwp=$!
	until_true 110 grep -q 'in force' err
	wait "$kwp" || true
	grep -q 'not confirmed' err
	cat data/secret
}

@test "a rule that stops the whole guest needs --force" {
	run -2 "$KWP" block --exec '/**'
	[[ $output == *--force* ]]
}

@test "freeze and thaw: a process stands still with its descendants, and goes on" {
	bash -c 'while :; do date +%s%N >>ticks; sleep 0.1; done' 3>&- &
	pid=$!
	until_true 20 test -s ticks
	"$KWP" block --freeze "$pid" -f
	before=$(wc -l <ticks)
	sleep 1
	[ "$(wc -l <ticks)" = "$before" ]
	"$KWP" block --thaw "$pid"
	until_true 20 bash -c "[ \$(wc -l <ticks) -gt $before ]"
	kill "$pid"
	run -3 "$KWP" block --freeze 1
	run -3 "$KWP" block --freeze $$
	run -3 "$KWP" block --thaw $$
}

# taken COMMAND [OPTION...]: all programs that it wants are loaded, and none is refused.
taken() {
	"$KWP" "$1" -v "${@:2}" -- true >said 2>err || true # a rule may end it
	grep -qE 'watching by|in force' err && ! grep -E 'this kernel refuses|cannot load' err
}

@test "this kernel refuses no program of kwp: for all events, for all rules, and where no hook can deny" {
	need_btf
	cat >all.yaml <<-'Y'
		kwp: 1
		name: all
		extends: strict
		network:
		  egress: {default: block, allow: [198.18.77.0/24, allowed.example]}
		  ingress: {default: allow, block: [":7300/tcp"]}
		syscall: # a call of each way to refuse one
		  monitor: [acct, bind, capset, connect, kcmp, listen, memfd_create, prctl, sched_setparam, setfsuid, socketpair,
		    syslog, tkill, vfork]
	Y
	taken trace -e all
	taken block -P ./all.yaml
	taken trace --backend tracepoint -e exec
	taken block --backend tracepoint -P ./all.yaml
}
