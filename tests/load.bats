#!/usr/bin/env bats
# load.bats: kwp load, without privileges and then in this kernel, as root, with pins of its own.
bats_require_minimum_version 1.5.0
load helpers

# The pins are in a BPF file system that only a mount namespace of this file has.
setup_file() {
	need_acts
	[ "$(id -u)" = 0 ] || return 0
	unshare --mount --propagation private sh -c 'mount -t bpf bpf /sys/fs/bpf && echo >"$1" && exec sleep 1000' sh \
		"$BATS_FILE_TMPDIR/mounted" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/holder"
	until_true 5 test -e "$BATS_FILE_TMPDIR/mounted" || true
}

teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/holder" ] || kill "$(cat "$BATS_FILE_TMPDIR/holder")" || true
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	hammer=
}

teardown() {
	[ -z "$hammer" ] || kill -KILL "$hammer" || true
	[ ! -e "$BATS_FILE_TMPDIR/mounted" ] || there "$KWP" load -q --unload || true
}

# there COMMAND...: in the namespace of the pins. own ARG...: kwp ARG... there; its status is $status, output in out and err.
there() { nsenter -t "$(cat "$BATS_FILE_TMPDIR/holder")" -m --wdns="$PWD" "$@" 3>&-; }
own() {
	status=0
	there "$KWP" "$@" >out 2>err </dev/null || status=$?
}
need_enforcement() {
	need_kernel
	[ -e "$BATS_FILE_TMPDIR/mounted" ] || skip "no BPF file system can be mounted"
}

# profile NAME [LINE...]: NAME.yaml, which forbids what only these tests do.
profile() {
	local name=$1
	shift
	{
		printf 'kwp: 1\nname: %s\n' "$name"
		[ $# = 0 ] || printf '%s\n' "$@"
		printf 'network:\n  egress: {default: allow, block: ["198.18.77.0/24"]}\n'
	} >"$name.yaml"
}

# denied: a datagram socket can't be connected to a forbidden address; allowed: it can.
reach() { bash -c 'exec 3<>/dev/udp/198.18.77.5/9'; }
denied() { ! reach 2>reached && grep -q 'not permitted' reached; }
allowed() { reach 2>reached || ! grep -q 'not permitted' reached; }

# ---- without privileges ----

@test "--check: a good profile is silent, a bad one has each error with its place" {
	profile good
	run -0 "$KWP" load --check good.yaml
	[ -z "$output" ]
	run -0 "$KWP" load --check base
	printf 'kwp: 1\nname: x\nprocess: {default: never}\nfile:\n  - {path: etc, write: block}\n' >bad.yaml
	status=0
	"$KWP" load --check bad.yaml >out 2>err || status=$?
	is 2
	[ ! -s out ]
	grep -q '^bad.yaml:3:[0-9]*: ' err
	grep -q '^bad.yaml:5:[0-9]*: ' err
	profile good
	run -0 "$KWP" load --check - <good.yaml
}

@test "a bad profile, no profile, two of them, acts that exclude each other: usage" {
	refuses nosuch load --check nosuch
	refuses 'which profile' load
	refuses 'one profile at a time' load a b
	refuses "unexpected word 'x'" load --status x
	refuses 'exclude each other' load --status --unload
	refuses "unknown mode 'off'" load --mode off
	refuses "unknown format 'xml'" load --status -o xml
	refuses 'goes with --status' load --unload -o json
	refuses 'stands alone' load --harden --status
}

@test "--explain: a field, a key, a list of all; what is near to a wrong word" {
	run -0 "$KWP" load --explain process.name
	[ -n "$output" ]
	run -0 "$KWP" load --explain -
	[ "${#lines[@]}" -gt 100 ]
	refuses process.name load --explain process.nam
}

@test "--kconfig is a fragment of options, each of profiles/kernel.conf" {
	run -0 "$KWP" load --kconfig
	while read -r line; do
		case $line in '# not known here:' | '') continue ;; esac
		grep -qxF -e "$line" "$REPO/profiles/kernel.conf" || { echo "strange: $line"; return 1; }
	done <<<"$output"
}

@test "without root: one sentence, exit 3" {
	[ "$(id -u)" = 0 ] || skip "not root, so that nobody can be"
	profile good
	chmod 755 . && cp "$KWP" kwp
	for words in "good.yaml" "--probe"; do
		status=0
		setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all ./kwp load $words >out 2>err || status=$?
		is 3
		[ "$(wc -l <err)" = 1 ]
	done
}

# ---- in this kernel ----

@test "a policy stays when kwp has ended, is shown, and goes" {
	need_enforcement
	profile one
	own load one.yaml
	[ "$status" = 0 ] || [ "$status" = 4 ]
	grep -q 'one is in force as generation 1, and enforces: .*network' err
	denied
	own load --status -o json
	jq -e '.profile == "one" and .generation == 1 and .mode == "enforce" and (.digest | length) == 64 and .reader == 0 and
		.map_bytes > 0 and .program_bytes > 0 and (.programs | length) > 3' out
	jq -c '.rules' out
	jq -e '.rules[] | select(.class == "network") | .hits == 1 and .action == "block" and (.reference | test("one.yaml:4"))' out
	own load --status
	grep -qE '^ +1  20.* block +network .*198\.18\.77\.0/24' out
	own load --unload
	is 0
	allowed
	there test ! -e /sys/fs/bpf/kwp
	for act in --status --unload "--mode monitor"; do
		own load $act
		is 1
		grep -qx 'kwp-load: no policy is loaded' err
	done
}

@test "detections that only a hook can stop are named where none can deny" {
	need_enforcement
	cat >relays.yaml <<-'P'
		kwp: 1
		name: relays
		scope: {containers: [nobody]}
		detect: {reverse-shell: block, connected-code: block, bind-shell-relay: kill, pipe-to-shell: monitor}
	P
	own load relays.yaml
	[ "$status" = 4 ]
	cp err said
	own load --status -o json
	jq -e '.not_stopped == if .kill_only then ["bind-shell-relay", "connected-code"] else [] end' out
	jq -e .kill_only out || return 0
	grep -q 'not stopped here, where no hook can deny: bind-shell-relay, connected-code$' said
	own load --status
	[ "$status" = 4 ]
	grep -qx 'not stopped  bind-shell-relay, connected-code' out
	sed -i 's/reverse-shell: block, //' relays.yaml
	own load relays.yaml
	[ "$status" = 3 ]
	grep -q 'detect: what it is to stop only a hook could' err
}

@test "--mode monitor lets pass and counts, --mode enforce denies again" {
	need_enforcement
	profile one
	own load one.yaml
	own load --mode monitor
	is 0
	allowed
	own load --status -o json
	jq -e '.mode == "monitor" and (.rules[] | select(.class == "network").hits == 1)' out
	own load --mode enforce
	denied
	profile two 'mode: monitor'
	own load two.yaml
	grep -q 'and only reports:.*network' err
	allowed
}

@test "another profile takes over the programs, or brings its own; generations count on" {
	need_enforcement
	profile one
	profile two 'description: the same programs'
	profile three 'syscall: {monitor: [acct]}'
	own load one.yaml
	own load two.yaml
	there test -e /sys/fs/bpf/kwp/1
	own load three.yaml
	there test -e /sys/fs/bpf/kwp/2 -a ! -e /sys/fs/bpf/kwp/1
	own load --status -o json
	jq -e '.profile == "three" and .generation == 3' out
	denied
}

@test "a load that fails leaves the old policy as it was" {
	need_enforcement
	profile one
	profile other 'syscall: {monitor: [acct]}'
	own load one.yaml
	own load --status -o json
	jq -c 'del(.lost, .not_made, .not_walked, .not_read, .programs)' out >before
	printf 'kwp: 1\nname: x\nfile: 7\n' >bad.yaml
	own load bad.yaml
	is 2
	status=0
	there bash -c 'ulimit -n 20; exec "$0" load other.yaml' "$KWP" >out 2>err || status=$?
	is 3
	[ -s err ]
	there flock /sys/fs/bpf/kwp sh -c ': >held; while [ ! -e go ]; do sleep 0.05; done' &
	until_true 5 test -e held
	own load other.yaml
	is 3
	grep -qE 'another kwp \(pid [0-9]+\) loads or unloads' err
	: >go
	wait $!
	own load --status -o json
	jq -c 'del(.lost, .not_made, .not_walked, .not_read, .programs)' out | diff before -
	denied
}

@test "SIGKILL during a load: one policy or the other is in force, and the next load clears up" {
	need_enforcement
	profile one
	profile other 'syscall: {monitor: [acct]}'
	own load one.yaml
	hammer - 198.18.77.5 >hammered 3>&- &
	hammer=$!
	for i in $(seq 1 24); do
		there timeout -s KILL "0.$(printf %03d $((i * 9)))" "$KWP" load -q "$([ $((i % 3)) = 0 ] && echo one || echo other).yaml" \
			2>/dev/null || true
		denied
	done
	own load one.yaml
	[ "$(there ls /sys/fs/bpf/kwp | grep -vx reader | wc -l)" = 1 ]
	[ "$(there sh -c 'ls /sys/fs/bpf/kwp/*' | grep -c about_)" -le 2 ]
	hammer_end 3
}

@test "profiles are swapped again and again under a hammer: not one act passes" {
	need_enforcement
	profile one
	profile two 'description: another'
	own load one.yaml
	hammer - 198.18.77.5 >hammered 3>&- &
	hammer=$!
	swap_profiles "${SWAPS:-400}"
	hammer_end 4
	own load --status -o json
	jq -e ".generation == $((${SWAPS:-400} + 1))" out
}

@test "--attached: what was found before, by one reader at a time" {
	need_enforcement
	profile one
	own load one.yaml
	denied
	own audit --attached -d 1 -o json
	has '.kwp.verdict == "block" and .event.action == "connect" and .destination.ip == "198.18.77.5" and .process.name == "bash"'
	all '.process.name != "kwp-canary"'
	own audit --attached -d 0.1 -o json
	hasnt '.kwp.verdict == "block"'
	nsenter -t "$(cat "$BATS_FILE_TMPDIR/holder")" -m --wdns="$PWD" "$KWP" audit --attached -o json >late 2>late.err 3>&- &
	hammer=$! # kwp itself, not a shell around it
	until_true 10 grep -q 'attached to one' late.err
	own trace --attached -d 1
	is 3
	grep -qE "^kwp-trace: another kwp \(pid [0-9]+\) is attached" err
	own load --status
	grep -qE '^reader +pid [0-9]+' out
	profile two 'syscall: {monitor: [acct]}'
	own load two.yaml
	denied
	until_true 10 grep -q 'attached to two' late.err
	denied
	until_true 10 grep -q 198.18.77.5 late
	own load --unload
	own audit --attached -d 1
	is 3
}

@test "--attached goes with what is loaded only" {
	refuses --attached audit --attached --read "$DATA/attacks.kwp"
	refuses --attached trace --attached -- true
	refuses --attached trace --attached --backend tracepoint
}
