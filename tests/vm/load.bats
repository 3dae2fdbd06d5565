#!/usr/bin/env bats
# load.bats: kwp load in a guest, where hooks deny: it stays, it is replaced as a whole, it goes.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

# profile NAME [LINE...]: /tmp/load/NAME.yaml; base.lines has what all of them forbid.
profile() {
	local name=$1
	shift
	{
		printf 'kwp: 1\nname: %s\n' "$name"
		[ $# = 0 ] || printf '%s\n' "$@"
		cat /tmp/load/base.lines
	} >"/tmp/load/$name.yaml"
}

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir -p /tmp/load/guarded /tmp/load/bad
	cp /bin/true /tmp/load/bad/program
	cat >/tmp/load/base.lines <<-'Y'
		file:
		  - {path: "/tmp/load/guarded/**", write: block}
		process:
		  block: ["/tmp/load/bad/**"]
		network:
		  egress: {default: allow, block: ["198.18.77.0/24"]}
		syscall: {block: [acct]}
	Y
	profile one
	profile two 'description: another that needs the same programs'
	"$KWP" load /tmp/load/one.yaml >/tmp/load/out 2>/tmp/load/err || echo $? >/tmp/load/status
}

teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
	hammer=
}

teardown() { [ -z "$hammer" ] || kill -KILL "$hammer" || true; }

own() {
	status=0
	"$KWP" "$@" >out 2>err </dev/null 3>&- || status=$?
}

# denied: each class of the profiles is.
denied() {
	refused sh -c ': >/tmp/load/guarded/new'
	refused /tmp/load/bad/program
	refused bash -c 'exec 3<>/dev/udp/198.18.77.5/9'
	[ ! -e /tmp/load/guarded/new ]
}
refused() {
	status=0
	"$@" 2>why || status=$?
	[ "$status" != 0 ] && grep -qi 'not permitted' why || { echo "not refused: $* ($status: $(cat why))"; return 1; }
}
allowed() {
	: >/tmp/load/guarded/new
	rm /tmp/load/guarded/new
	/tmp/load/bad/program
}

@test "what is loaded is proven, denies, and stays" {
	cat /tmp/load/err
	grep -qE '^kwp-load: one is in force as generation 1, and enforces: process, file, network, syscall' /tmp/load/err
	denied
	own load --status -o json
	jq -e '.generation == 1 and .kill_only == false and (.enforced | contains(["process","file","network","syscall"]))' out
	jq -e --arg by "$([ "$KWP_LSM" = 1 ] && echo lsm || echo fmod_ret)" '[.programs[].backend] | index($by) and index("cgroup")' out
	jq -e '.rules[] | select(.class == "file" and .words == "/tmp/load/guarded/**: write block").hits == 1' out
}

# large: a profile of 1,000 paths, 1,000 networks and every detection that the kernel can act on.
large() {
	local n
	printf 'kwp: 1\nname: large\nprocess:\n  block: ["/tmp/load/bad/**"]\nfile:\n'
	printf '  - {path: "/tmp/load/guarded/**", write: block}\n'
	for n in {1..998}; do printf '  - {path: "/opt/large/%d/**", write: block}\n' "$n"; done
	printf 'network:\n  egress:\n    default: allow\n    block:\n      - "198.18.77.0/24"\n'
	for n in {1..999}; do printf '      - "10.%d.%d.0/24:4444"\n' $((n / 250)) $((n % 250)); done
	printf 'detect:\n'
	for n in $("$KWP" load --explain - | awk '$1 == "detection" { print $2 }'); do
		! printf 'kwp: 1\nname: n\ndetect: {%s: block}\n' "$n" | "$KWP" load --check - 2>/dev/null ||
			printf '  %s: block\n' "$n"
	done
}

# What a small policy has room for is not enough for a large one; that one goes again for the small one.
@test "kernel memory is at most 8 MB, whatever is in the profile; one that outgrows the maps brings its own" {
	own load --status -o json
	jq -c '[.map_bytes, .program_bytes]' out
	jq -e '.map_bytes + .program_bytes <= 8388608' out
	small=$(jq .map_bytes out)
	large >large.yaml
	[ "$(grep -c block large.yaml)" -gt 1010 ]
	own load ./large.yaml
	[ "$status" = 0 ] || { cat err; return 1; }
	denied
	own load --status -o json
	jq -c '[.map_bytes, .program_bytes, .generation]' out
	jq -e --argjson small "$small" '.map_bytes > $small and .map_bytes + .program_bytes <= 8388608' out
	jq -e 'any(.rules[]; .words | contains("10.3.249.0/24"))' out
	profile detect 'detect: {fileless-exec: block}'
	own load /tmp/load/detect.yaml
	own load --status -o json
	before=$(jq -c '[.map_bytes, .generation]' out)
	sed "s/^file:/&\n$(for n in {1..600}; do printf '  - {path: "\/opt\/more\/%d", write: block}\\n' "$n"; done)/" \
		/tmp/load/detect.yaml >more.yaml
	own load ./more.yaml
	[ "$status" = 0 ] || { cat err; return 1; }
	denied
	own load --status -o json
	jq -e --argjson before "$before" '.map_bytes > $before[0] and .generation == $before[1] + 1 and
		(.rules | length) > 600' out
	own load /tmp/load/one.yaml
	denied
}

@test "profiles are swapped under two threads that hammer: not one success" {
	hammer /tmp/load/guarded/new 198.18.77.5 >hammered 3>&- &
	hammer=$!
	own load --status -o json
	before=$(jq .generation out)
	swap_profiles "${SWAPS:-40}" /tmp/load/
	hammer_end 4
	own load --status -o json
	jq -e ".generation == $before + ${SWAPS:-40}" out
	denied
}

# The ring is small beside what comes, and its reader dies in the midst of it. FLOOD=100000 tries as often.
@test "a flood of records, no scratch that is free, a reader that is killed: not one success" {
	mkdir -p /tmp/load/told
	: >/tmp/load/told/file
	profile flood
	sed -i 's,^file:,&\n  - {path: "/tmp/load/told/**"\, read: monitor},' /tmp/load/flood.yaml
	own load -q /tmp/load/flood.yaml
	[ "$status" = 0 ] || [ "$status" = 4 ] || { cat err; false; }
	"$KWP" audit -q --attached -o json -w /dev/null >/dev/null 2>&1 3>&- &
	reader=$!
	hammer /tmp/load/guarded/new 198.18.77.5 /tmp/load/told/file "${FLOOD:-10000}" >hammered 3>&- &
	hammer=$!
	sleep 3
	kill -KILL "$reader"
	wait "$hammer"
	hammer=
	cat hammered
	own load --status -o json
	jq -c '[.lost, .shed]' out
	[ "$(sed -n 's/ tried, 0 done$//p' hammered)" -ge "${FLOOD:-10000}" ]
	[ "$(sed -n 's/ told$//p' hammered)" -ge 1000 ]
	jq -e '.rules[] | select(.class == "file" and .words == "/tmp/load/guarded/**: write block").hits >= '"$((${FLOOD:-10000} / 10))" out
	own load -q /tmp/load/one.yaml
	denied
}

@test "what is too deep to be judged by its path is refused, and counted" {
	mkdir /tmp/load/deep
	python3 -c 'import os
os.chdir("/tmp/load/deep")
for i in range(2100):
    os.mkdir("d")
    os.chdir("d")
open("file", "w")' 2>why || true
	grep -q 'not permitted' why
	own load --status -o json
	jq -e '.not_walked > 0' out
}

@test "a load that fails leaves the old policy in force" {
	own load --status -o json
	jq -c '[.profile, .generation, .digest]' out >before
	printf 'kwp: 1\nname: x\nfile: 7\n' >bad.yaml
	own load bad.yaml
	is 2
	profile other 'detect: {fileless-exec: block}'
	status=0
	(ulimit -n 20 && exec "$KWP" load /tmp/load/other.yaml) >out 2>err || status=$?
	is 3
	own load --status -o json
	jq -c '[.profile, .generation, .digest]' out | diff before -
	denied
}

@test "SIGKILL during loads: one policy or the other is in force" {
	for i in 1 2 3 4 5 6 7 8; do
		timeout -s KILL "0.$((i * 7 + 5))" "$KWP" load -q "/tmp/load/$([ $((i % 2)) = 0 ] && echo one || echo two).yaml" || true
		denied
	done
	own load /tmp/load/one.yaml
	[ "$(ls /sys/fs/bpf/kwp | grep -vx reader | wc -l)" = 1 ]
	denied
}

@test "what was denied is read later, as findings in words" {
	"$KWP" audit --attached -d 1 -o json >/dev/null 2>&1
	refused sh -c ': >/tmp/load/guarded/new'
	own audit --attached -d 1 -o json
	has '.kwp.verdict == "block" and .file.path == "/tmp/load/guarded/new" and .rule.reference == "one.yaml:4" and .process.name == "sh"'
	hasnt '.process.name == "kwp-canary"'
}

@test "--mode monitor and enforce" {
	own load --mode monitor
	is 0
	allowed
	own load --mode enforce
	denied
}

@test "a policy that others replace, by other programs, says nothing any more" {
	printf 'kwp: 1\nname: loose\ndetect: {fileless-exec: block}\n' >loose.yaml
	own load loose.yaml
	is 0
	allowed
	own load /tmp/load/one.yaml
	denied
}

@test "as a guest hook of Kata: no environment, no streams, a word for a profile" {
	mkdir -p /etc/kwp prestart
	cp "$KWP" prestart/kwp-load
	cp /tmp/load/two.yaml /etc/kwp/profile.yaml
	begin=${EPOCHREALTIME/./}
	status=0
	(exec env -i bash -c 'exec -a kwp-load "$0" prestart' "$PWD/prestart/kwp-load" 0<&- 1>&- 2>&-) || status=$?
	[ "$status" = 0 ] || [ "$status" = 4 ]
	echo "$(((${EPOCHREALTIME/./} - begin) / 1000)) ms"
	own load --status -o json
	jq -e '.profile == "two"' out
	rm /etc/kwp/profile.yaml
	denied
}

@test "--probe: each class of rules is enforced by the backend that this guest has" {
	own load --probe
	by=$([ "$KWP_LSM" = 1 ] && echo lsm || echo fmod_ret)
	for class in process file syscall; do grep -qE "^$class .*$by" out; done
	grep -qE '^network .*cgroup' out
	grep -qE "^open +file_open +yes +yes" out
	grep -q 'warning: the kernel.s command line has lsm=' out
}

@test "--unload takes all away" {
	own load --unload
	is 0
	allowed
	[ ! -e /sys/fs/bpf/kwp ]
	until_true 30 bash -c '[ "$(grab keep | grep -c "got 0 refused 0")" = 3 ]'
	own load --status
	is 1
}

@test "--harden: no program of unprivileged processes, until the guest ends" {
	own load --harden
	is 0
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" = 1 ]
	own load --harden
	is 0
	grep -q 'is 1 already' err
}
