#!/usr/bin/env bats
# audit.bats: kwp audit on recordings and profiles. Needs no privileges and no kernel.
bats_require_minimum_version 1.5.0
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

# check_fails FILE:LINE:COLUMN WORDS: bad.yaml, from stdin, is refused there with these words.
check_fails() {
	cat >bad.yaml
	status=0
	"$KWP" audit --check -P ./bad.yaml >out 2>err || status=$?
	is 2
	[ ! -s out ]
	grep -qF "./bad.yaml:$1: " err || { echo "not at $1: $(cat err)"; return 1; }
	grep -F "./bad.yaml:$1: " err | grep -qF -e "$2" || { echo "not '$2': $(cat err)"; return 1; }
}

@test "the recorded reverse shell and program in memory are found" {
	status=0
	"$KWP" audit --read "$DATA/attacks.kwp" -o json >out 2>err || status=$?
	is 0
	all '.event.kind == "alert" and .event.severity >= 21 and .rule.name and .kwp.verdict == "audit" and (.message | length) > 20'
	has '.rule.name == "reverse-shell" and .event.action == "exec" and .event.severity == 99 and .threat.technique.id == ["T1059.004"] and .process.io.remote == {"ip":"127.0.0.1","port":4444}'
	has '.rule.name == "reverse-shell" and (.message | contains("127.0.0.1 port 4444") and contains("/usr/bin/bash"))'
	has '.rule.name == "fileless-exec" and .file.deleted and .file.filesystem == "tmpfs" and (.message | contains("memfd:hidden")) and .threat.technique.id == ["T1620"]'
	has '.rule.name == "reverse-shell" and (.process.ancestors[-1].pid) == 1'
	hasnt '(.process.name | IN("ls", "cat", "t", "nc")) and .rule.name != "drift"'
}

@test "recorded shells that other processes carry bytes to are found, and the way is told" {
	status=0
	"$KWP" audit --read "$DATA/relays.kwp" -o json >out 2>err || status=$?
	is 0
	has '.rule.name == "reverse-shell-relay" and .event.action == "relay" and .event.severity == 99 and .process.name == "sh" and .process.io.relay.name == "ncat" and .process.io.remote == {"ip":"127.0.0.1","port":4451} and .process.io.relay.hops == 1'
	has '.rule.name == "reverse-shell-relay" and .process.io.peer.name == "python3" and .process.io.remote.port == 4452 and .process.io.relay.streams == "both"'
	has '.rule.name == "reverse-shell-relay" and .process.io.relay.name == "nc.openbsd" and (.kwp.path | test("stdout -> pipe -> nc.openbsd [(][0-9]+[)] -> tcp to 127.0.0.1:4453$"))'
	has '.rule.name == "reverse-shell-relay" and (.kwp.path | test("^stdin <- pipe <- cat [(][0-9]+[)] <- pipe <- nc.openbsd [(][0-9]+[)] <- tcp to 127.0.0.1:4453;"))'
	hasnt '.rule.name == "reverse-shell-relay" and (.process.io.relay.name | IN("ncat", "python3", "nc.openbsd") | not)'
	"$KWP" audit --read "$DATA/relays.kwp" >out
	grep -qE 'critical reverse-shell-relay .* is led by 127[.]0[.]0[.]1 port 4451 through /usr/bin/ncat: stdin <- pipe' out
}

@test "the findings as text" {
	"$KWP" audit --read "$DATA/attacks.kwp" >out
	head -n 1 out | grep -qE '^TIME +SEVERITY +RULE +PID +NAME +MESSAGE$'
	grep -qE '^[0-9:.]{12} critical reverse-shell .* 127\.0\.0\.1 port 4444' out
	grep -qE 'critical fileless-exec .*memfd:hidden' out
}

@test "a program behind the same connection, --severity, --filter, --exit-code" {
	status=0
	"$KWP" audit --read "$DATA/attacks.kwp" -o json --severity critical --exit-code >out || status=$?
	is 1
	all '.event.severity == 99'
	"$KWP" audit --read "$DATA/attacks.kwp" -o json --severity medium >out
	has '.rule.name == "exec-on-socket" and .process.name == "id"'
	"$KWP" audit --read "$DATA/attacks.kwp" -o json --filter 'rule.name==fileless-exec' >out
	all '.rule.name == "fileless-exec"'
	"$KWP" audit --read "$DATA/acts.kwp" -o json --exit-code >out
	[ ! -s out ]
}

@test "verdicts of the policy in the kernel are findings, with a severity" {
	# Rules that see nothing here.
	cat >none.yaml <<'Y'
kwp: 1
name: none
rules:
  - {id: renamed, on: rename, severity: info}
Y
	verdicts() { "$KWP" audit -P ./none.yaml --read "$DATA/verdicts.kwp" "$@"; }
	verdicts -o json >out
	judge 'map(select(.kwp.verdict) | [.kwp.verdict, .event.severity]) == [["audit",47],["would-block",59],["block",73],["kill",99],["block",73]]' "severities" out
	verdicts >text
	grep -qE '^[0-9:.]{12} high     file +41 +comm-41 +blocked: /etc/passwd: /etc/\*\*: read monitor, write block$' text
	grep -qE '^[0-9:.]{12} critical drift .* killed: /tmp/esc\\x1b\[31m x: what the image did not bring: kill$' text
	verdicts -o json --severity high >out
	judge 'map(.kwp.verdict | select(.)) == ["block","kill","block"]' "high" out
	verdicts -o json --filter 'rule.name == drift' >out
	judge 'map(.kwp.verdict | select(.)) == ["kill"]' "the filter" out
	status=0
	verdicts -q --exit-code >out || status=$?
	is 1
	# A rule of kwp's own looks at the act itself, not at what is said before it.
	cat >mine.yaml <<'Y'
kwp: 1
name: mine
rules:
  - {id: opened, on: open, when: "file.path == /etc/passwd", severity: info}
Y
	"$KWP" audit --read "$DATA/verdicts.kwp" -P ./mine.yaml -o json --filter 'file.path == /etc/passwd' >out
	judge 'map([.rule.name, .rule.ruleset, .event.outcome] | select(.[0])) == [["file","sandbox","failure"],["opened","mine","failure"]]' "both" out
}

@test "--list has each rule with its severity, technique and events" {
	run -0 "$KWP" audit --list
	[[ ${lines[0]} == RULE*SEVERITY*TECHNIQUE*EVENTS*TITLE ]]
	for rule in 'reverse-shell +critical +T1059.004 ' 'fileless-exec +critical +T1620 +exec ' 'exec-session +low +T1609 '; do
		grep -qE "^$rule" <<<"$output"
	done
	[ "$(grep -c . <<<"$output")" = $(($(grep -c '^  - id: ' "$REPO/profiles/base.yaml") + 1)) ]
}

@test "kwp-audit(8) has each rule of the profiles, the corpus has its families" {
	for p in base strict ai-sandbox; do
		run -0 env KWP_PROFILES="$REPO/profiles" "$KWP" audit --list -P "$p"
		for rule in $(sed 1d <<<"$output" | awk '{ print $1 ":" $2 }'); do
			grep -qF ".It Sy ${rule%:*} Pq ${rule#*:}" "$REPO/man/kwp-audit.8" || { echo "kwp-audit(8) lacks $rule"; return 1; }
			grep -q "^${rule%:*}	" "$REPO/tests/corpus/families.tsv" || { echo "families.tsv lacks $rule"; return 1; }
		done
	done
	grep -oE '^\.It Sy [a-z-]+ Pq' "$REPO/man/kwp-audit.8" | awk '{ print $3 }' | sort >named
	[ -z "$(uniq -d named)" ]
	run ! grep -vxFf <(sed -n 's/^  - id: //p' "$REPO"/profiles/*.yaml) named
}

@test "--check: the profiles that come with kwp are good" {
	run -0 "$KWP" audit --check
	[ -z "$output" ]
	for p in "$REPO"/profiles/*.yaml; do
		run -0 "$KWP" audit --check -P "$p"
		[ -z "$output" ]
	done
}

@test "--check: a profile of the user's, by file; its rule finds what it says" {
	cat >mine.yaml <<'Y'
kwp: 1
name: mine
rules:
  - id: my-rename
    title: renamed
    on: rename
    when: file.path ~ ^/tmp/acts/
    severity: medium
    message: "{file.path} became {file.target_path}"
Y
	run -0 "$KWP" audit --check -P mine.yaml
	run -0 --separate-stderr "$KWP" audit --list -P ./mine.yaml
	[[ ${lines[1]} == my-rename*medium*rename*renamed ]]
	"$KWP" audit -P ./mine.yaml --read "$DATA/acts.kwp" -o json >out
	all '.rule.name == "my-rename" and .message == "/tmp/acts/a became /tmp/acts/b" and .event.severity == 59'
	has '.rule.reference | test("mine(\\.yaml)?:4$")'
}

@test "--check: what is wrong, where: fields, events, severities, keys, doubles" {
	check_fails 6:11 "did you mean 'process.name'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.nam == x\n    severity: high'
	check_fails 5:9 "unknown event 'nosuch'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: nosuch\n    when: process.name == x\n    severity: high'
	check_fails 7:15 "unknown severity 'huge'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.name == x\n    severity: huge'
	check_fails 8:5 "unknown key 'colour'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.name == x\n    severity: high\n    colour: red'
	check_fails 8:5 "second rule 'a'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.name == x\n    severity: high\n  - id: a\n    on: exec\n    when: process.name == y\n    severity: low'
	check_fails 3:1 "name" <<<$'kwp: 1\nname: x\nname: y\nrules: []'
}

@test "--check: what is wrong, where: YAML, versions, kinds, anchors" {
	check_fails 2:1 "tab" <<<$'kwp: 1\n\tname: x'
	check_fails 1:6 "2" <<<$'kwp: 2\nname: x\nrules: []'
	check_fails 3:8 "rules" <<<$'kwp: 1\nname: x\nrules: yes'
	check_fails 2:7 "" <<<$'kwp: 1\nname: &anchor x\nrules: []'
	check_fails 6:26 "'abc'" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.pid == abc\n    severity: high'
	check_fails 6:28 nolist <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.name in ($nolist)\n    severity: high'
}

@test "--check says all that is wrong, not only the first" {
	check_fails 6:11 "process.nam" <<<$'kwp: 1\nname: x\nrules:\n  - id: a\n    on: exec\n    when: process.nam == x\n    severity: huge'
	[ "$(grep -c . err)" = 2 ]
	grep -q './bad.yaml:7:15:' err
}

@test "profiles that are not there, empty, or no profile at all" {
	refuses nosuch audit -P nosuch --check
	refuses /nosuch.yaml audit -P /nosuch.yaml --check
	refuses /dev/null audit -P /dev/null --check
	head -c 3000 /dev/urandom >noise
	status=0
	"$KWP" audit --check -P ./noise >out 2>err || status=$?
	is 2
	grep -q noise err
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' err
}

@test "incidents: what repeats is counted, what one tree does has one id, also in a recording" {
	cat >mine.yaml <<'Y'
kwp: 1
name: mine
rules:
  - {id: removed, on: chmod, when: "file.path ~ ^/tmp/acts/", severity: low, message: "{file.path} changed"}
Y
	"$KWP" audit -P ./mine.yaml --read "$DATA/loss.kwp" -o json >out
	judge 'map(select(.rule.name == "removed")) | length == 2 and (.[0].kwp.incident | .id and (.count | not))
		and .[1].kwp.incident.count > 100 and .[1].kwp.incident.id == .[0].kwp.incident.id
		and .[1].kwp.incident.first == .[0]["@timestamp"] and .[1].kwp.incident.last > .[1].kwp.incident.first
		and (.[1].message | test("^[0-9]+ times in [0-9.]+ s: /tmp/acts/b changed$"))' "one, and its sum" out
	"$KWP" audit -P ./mine.yaml --read "$DATA/loss.kwp" --no-header >out
	[ "$(grep -c ' removed ' out)" = 2 ]
	# All of the reverse shell is one incident; --filter knows it.
	"$KWP" audit --read "$DATA/attacks.kwp" -o json >out
	judge 'map(select(.rule.name == "reverse-shell" or .rule.name == "exec-on-socket") | .kwp.incident.id) | length > 1 and (unique | length) == 1' "one incident" out
	id=$(jq -r .kwp.incident.id out | head -n 1)
	"$KWP" audit --read "$DATA/attacks.kwp" -o json --filter "kwp.incident.id == $id" >some
	judge "length > 0 and all(.[]; .kwp.incident.id == \"$id\")" "the filter" some
}

@test "--heartbeat: the watch is on, with counts, by the time of the records" {
	"$KWP" audit --read "$DATA/attacks.kwp" -o json --heartbeat 0.1 >out
	judge 'map(select(.event.action == "heartbeat")) | length > 1 and all(.[]; .event.kind == "metric" and .kwp.heartbeat.lost == 0)
		and .[-1].kwp.heartbeat.records > .[0].kwp.heartbeat.records' "heartbeats" out
	"$KWP" audit --read "$DATA/attacks.kwp" --heartbeat 0.1 >out
	grep -qE ' heartbeat +- +records=[0-9]+ findings=[0-9]+ repeats=[0-9]+ lost=0 evicted=0$' out
	"$KWP" audit --read "$DATA/attacks.kwp" -o json >out
	hasnt '.event.action == "heartbeat"'
	refuses "'x'" audit --heartbeat x --check
}

# tuned FILE: findings of the recorded attacks by the profile in FILE.
tuned() { "$KWP" audit --read "$DATA/attacks.kwp" -P "./$1" -o json >out 2>err; }

@test "tuning: another profile on yesterday's recording; exceptions by any field, severities, rules off" {
	"$KWP" audit --read "$DATA/attacks.kwp" -o json >base.json
	judge 'any(.[]; .rule.name == "reverse-shell") and any(.[]; .rule.name == "drift")' "base" base.json
	# By an address, a list of arguments, a number, an ancestor: none of these is special.
	for when in 'process.io.remote.ip in (127.0.0.0/8)' 'process.io.remote.port == 4444' 'process.ancestors ~ kwp' \
		'user.id == 0 and process.io.stdin == socket'; do
		printf 'kwp: 1\nname: tuned\nextends: base\nexcept:\n  - {id: reverse-shell, when: "%s"}\n' "$when" >tuned.yaml
		tuned tuned.yaml
		hasnt '.rule.name == "reverse-shell"'
		has '.rule.name == "fileless-exec" and .rule.ruleset == "tuned"'
	done
	printf 'kwp: 1\nname: tuned\nextends: base\nexcept:\n  - {id: reverse-shell, when: "process.io.remote.port == 4445"}\n' >tuned.yaml
	tuned tuned.yaml
	has '.rule.name == "reverse-shell"'
	cat >tuned.yaml <<'Y'
kwp: 1
name: tuned
extends: base
severity: {reverse-shell: low, drift: critical}
detect: {exec-on-socket: off}
Y
	tuned tuned.yaml
	has '.rule.name == "reverse-shell" and .event.severity == 47'
	has '.rule.name == "drift" and .event.severity == 99'
	hasnt '.rule.name == "exec-on-socket"'
	"$KWP" audit --read "$DATA/attacks.kwp" -P ./tuned.yaml --severity critical -o json >out
	hasnt '.rule.name == "reverse-shell"'
}

@test "--check: severities of rules that are not there, or that are none" {
	check_fails 3:12 "there is no rule 'nettool'; did you mean 'net-tool'?" <<<$'kwp: 1\nextends: base\nseverity: {nettool: high}'
	check_fails 3:22 "unknown severity 'huge'" <<<$'kwp: 1\nextends: base\nseverity: {net-tool: huge}'
	check_fails 3:11 "rules with severities" <<<$'kwp: 1\nextends: base\nseverity: high'
}

# day_peak COUNT: kwp audit reads that many records of the recordings here, over and over by other processes; prints the most
# memory that it had, in KiB. It cannot end before the pipe does.
day_peak() {
	local pid
	rm -f pipe
	mkfifo pipe
	"$KWP" audit --read pipe -o json --heartbeat 3600 -w out 2>err &
	pid=$!
	exec 5>pipe
	day "$1" "$DATA"/{attacks,relays,acts}.kwp >&5
	awk '/^VmHWM/ { print $2 }' "/proc/$pid/status"
	exec 5>&-
	wait "$pid"
}

# DAY=60000000 is a day of 700 records a second, in four minutes.
@test "many records: memory does not grow with them, and what tables forget is counted" {
	local all=${DAY:-4000000} tenth whole
	BATS_TEST_TIMEOUT=1200
	need_acts
	tenth=$(day_peak $((all / 10)))
	whole=$(day_peak "$all")
	echo "KiB: $tenth at a tenth, $whole at all"
	[ "$tenth" -gt 4000 ]
	[ "$whole" -le $((tenth + 1024)) ]
	[ "$whole" -lt 32768 ]
	# Nothing went wrong, the last of them were looked at as the first, and repeats are lines too.
	has '.kwp.heartbeat.records > '$((all * 9 / 10))' and .kwp.heartbeat.damaged == 0 and .kwp.heartbeat.lost == 0'
	has '.kwp.heartbeat.evicted > 10000'
	jq -e --argjson least $((all / 2000)) -s 'map(select(.rule.name == "reverse-shell-relay")) | length > $least' out >/dev/null
	for what in processes 'holders of connections and pipes' incidents; do
		grep -qE "^kwp-audit: [0-9]+ $what were forgotten for others" err || { cat err; return 1; }
	done
}
