#!/usr/bin/env bats
# replay.bats: what kwp trace makes of recordings (data/, made by data/make). Needs no privileges and no kernel.
bats_require_minimum_version 1.5.0
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

acts() { trace --read "$DATA/acts.kwp" -e all "$@"; }

@test "text: headings, then a line an event, all of them printable" {
	"$KWP" trace --read "$DATA/acts.kwp" -e all >out 2>err
	[ ! -s err ]
	head -n 1 out | grep -qE '^PID +NAME +EVENT +RESULT +DETAILS$'
	"$KWP" trace --read "$DATA/acts.kwp" -e all -o json >json
	[ "$(tail -n +2 out | wc -l)" = "$(wc -l <json)" ]
	# No control byte, and no byte that is not UTF-8.
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' out
	iconv -f utf-8 -t utf-8 out >/dev/null
	"$KWP" trace --read "$DATA/acts.kwp" -e all --no-header >bare
	cmp bare <(tail -n +2 out)
}

@test "text: names with control bytes and invalid UTF-8 are escaped, good UTF-8 stays" {
	"$KWP" trace --read "$DATA/acts.kwp" -e create >out
	grep -qF 'esc\x1b[31m\x0anew\x7f\x09' out
	grep -qF 'latin\xe9 \x80\xff utf8-é-€ cut\xe2\x82' out
}

@test "text: failures show errno, successes ok" {
	"$KWP" trace --read "$DATA/acts.kwp" -e unlink,connect >out
	grep -E 'unlink +ENOENT +/tmp/acts/nothere' out
	grep -E 'unlink +ok +/tmp/acts/c' out
	grep -E 'connect +ECONNREFUSED .*127\.0\.0\.1:1\b' out
}

@test "json: one valid object a line, that says what happened" {
	acts
	is 0
	[ ! -s err ]
	[ "$(jq -c . out | wc -l)" = "$(wc -l <out)" ]
	all 'type == "object" and (."@timestamp" | test("^20[0-9-]+T[0-9:]+\\.[0-9]{9}Z$")) and .event.kind == "event" and .kwp.schema == 1 and (.host.id | length) > 8'
	all '.process.pid > 0 and (.process.entity_id | test("^[0-9a-f]{16}$")) and (.process.name | length) > 0'
	has '.event.action == "rename" and .file.path == "/tmp/acts/a" and .file.target_path == "/tmp/acts/b" and .kwp.result == 0'
	has '.event.action == "create" and .file.path == "/tmp/acts/esc\u001b[31m\nnew\u007f\t\"q\\"'
	has '.event.action == "create" and .file.path == "/tmp/acts/latin\\xe9 \\x80\\xff utf8-é-€ cut\\xe2\\x82"'
	has '.event.action == "exit" and .process.exit_code == 3'
	has '.event.action == "exit" and .process.exit_signal == "SIGTERM"'
	has '.event.action == "setuid" and .kwp.new.uid == 1234'
	has '.event.action == "dns" and .dns.question.name == "www.example.org" and .dns.type == "query"'
	has '.event.action == "dns" and .dns.resolved_ip == ["192.0.2.7"]'
	has '.event.action == "exec" and .error.code == "ENOENT" and .event.outcome == "failure"'
	# The bytes themselves, not only what jq makes of them.
	run ! grep -qP '[\x00-\x09\x0b-\x1f]' out
	iconv -f utf-8 -t utf-8 out >/dev/null
}

@test "json: each process has its ancestors up to pid 1" {
	acts
	all '(.process.ancestors[-1].pid) == 1'
	all '.process.ancestors[0].pid == .process.parent.pid'
	has '.process.name == "act" and ([.process.ancestors[].name] | index("kwp")) != null'
}

@test "events of a recording come in the order of time" {
	acts
	judge '[.[]."@timestamp"] | . == sort' "sorted" out
}

@test "the schema knows every key that -o json prints, of every type" {
	"$KWP" --schema >schema
	jq -e '."$schema" and .type == "object"' schema
	jq -r 'def keys_of($p): (.properties // .items.properties // {}) | to_entries[] | ($p + [.key]) as $q |
		($q | join(".")), (.value | keys_of($q)); keys_of([])' schema | sort -u >known
	[ "$(wc -l <known)" -gt 120 ]
	for f in acts loss verdicts; do "$KWP" trace --read "$DATA/$f.kwp" -e all -o json; done >out
	for f in attacks verdicts; do "$KWP" audit --read "$DATA/$f.kwp" -o json; done >>out
	jq -r 'paths | map(select(type == "string")) | join(".")' out | sort -u >printed
	[ "$(wc -l <printed)" -gt 60 ]
	run -0 comm -13 known printed
	[ -z "$output" ]
	# And each has the type that it is said to have.
	jq -r 'def types_of($p): (.properties // {}) | to_entries[] | ($p + [.key]) as $q | "\($q | join("."))=\(.value.type)", (.value | types_of($q)); types_of([])' schema |
		sed s/integer/number/ | sort -u >said
	jq -r 'paths as $p | select($p | all(type == "string")) | "\($p | join("."))=\(getpath($p) | type)"' out | sort -u >used
	run -0 comm -13 said used
	[ -z "$output" ]
}

@test "--fields: these, in this order, in text and JSON; also those that are not printed otherwise" {
	"$KWP" trace --read "$DATA/acts.kwp" -e rename --fields event.action,process.pid,file.path,file.name >out
	head -n 1 out | grep -qE '^EVENT +PID +PATH +FILE *$'
	[ "$(sed -n 2p out | awk '{print $1, $3, $4, NF}')" = "rename /tmp/acts/a a 4" ]
	trace --read "$DATA/acts.kwp" -e rename --fields file.target_path,event.action,process.command_line,process.args_count
	all '. == {"file":{"target_path":"/tmp/acts/b"},"event":{"action":"rename"},"process":{"command_line":.process.command_line,"args_count":.process.args_count}}'
	all '(.process.command_line | startswith("act open a cw , chmod")) and .process.args_count > 10'
	# Every field of the schema may be asked for.
	every_field
	[ "$(tr , '\n' <<<"$FIELDS" | wc -l)" -gt 120 ]
	trace --read "$DATA/acts.kwp" -e all --fields "$FIELDS"
	is 0
	all '.process.name'
	"$KWP" trace --read "$DATA/acts.kwp" -e all --fields "$FIELDS" >text
	[ "$(wc -l <text)" = $(($(wc -l <out) + 1)) ]
}

@test "--filter gives what jq gives" {
	acts
	cp out whole
	while IFS='|' read -r filter expr; do
		acts --filter "$filter"
		is 0
		jq -c "select(${expr//&/|})" whole >wanted
		[ -s wanted ] || { echo "nothing is $expr"; return 1; }
		cmp wanted <(jq -c . out) || { echo "--filter '$filter' is not $expr"; return 1; }
	done <<'F'
process.name==act|.process.name == "act"
process.name!=act|.process.name != "act"
event.action==exec and kwp.result<0|.event.action == "exec" and .kwp.result != null and .kwp.result < 0
file.path~^/tmp/acts/|(.file.path // "" & test("^/tmp/acts/"))
event.action in (rename, unlink),kwp.result==0|(.event.action & IN("rename", "unlink")) and .kwp.result == 0
not (event.action==open or event.action==create) and process.name==act|(.event.action & IN("open", "create") & not) and .process.name == "act"
destination.port==8080|.destination.port == 8080
destination.ip==127.0.0.1|.destination.ip == "127.0.0.1"
process.args==nothere or error.code==ECONNREFUSED|(.process.args // [] & index("nothere")) or .error.code == "ECONNREFUSED"
file.path|.file.path
F
}

@test "-n -u -p -f -t -x on a recording" {
	acts
	cp out whole
	acts -n ct
	cmp <(jq -c 'select(.process.name | contains("ct"))' whole) <(jq -c . out)
	[ -s out ]
	acts -x
	cmp <(jq -c 'select(.kwp.result != null and .kwp.result < 0)' whole) <(jq -c . out)
	[ -s out ]
	pid=$(jq -s 'map(select(.event.action == "fork" and .process.name == "act"))[0].process.pid' whole)
	acts -p "$pid"
	cmp <(jq -c "select(.process.pid == $pid)" whole) <(jq -c . out)
	[ -s out ]
	acts -p "$pid" -f
	cmp <(jq -c "select(.process.pid == $pid or any(.process.ancestors[]; .pid == $pid))" whole) <(jq -c . out)
	[ "$(jq -s 'map(.process.pid) | unique | length' out)" -gt 1 ]
	acts -t "$pid"
	[ -s out ]
	all ".process.thread.id == $pid"
	acts -u 1234
	[ -s out ]
	all '.user.id == 1234'
	acts -u 4321
	[ ! -s out ]
	is 0
}

@test "--summary counts by event, process and target" {
	acts
	cp out whole
	acts --summary
	is 0
	all '.event and .count >= 1 and .failed <= .count'
	[ "$(jq -s 'map(.count) | add' out)" = "$(wc -l <whole)" ]
	[ "$(jq -s 'map(.failed) | add' out)" = "$(jq -s 'map(select(.kwp.result != null and .kwp.result < 0)) | length' whole)" ]
	has '.event == "rename" and .process == "act" and .target == "/tmp/acts/a" and .count == 1 and .failed == 0'
	judge '[.[].count] | . == (sort | reverse)' "most first" out
	"$KWP" trace --read "$DATA/acts.kwp" -e all --summary >text
	head -n 1 text | grep -qE '^ +COUNT +FAILED +EVENT +NAME +TARGET$'
	[ "$(wc -l <text)" = $(($(wc -l <out) + 1)) ]
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' text
}

@test "--tree indents by ancestry" {
	"$KWP" trace --read "$DATA/acts.kwp" -e exec --tree --no-header >out
	"$KWP" trace --read "$DATA/acts.kwp" -e exec --no-header >flat
	run ! cmp -s out flat
	[ "$(sed 's/  */ /g' out)" = "$(sed 's/  */ /g' flat)" ]
	child=$(grep -E ' act +exec' out | head -n 1 | grep -oE '^[0-9]+ +')
	shell=$(grep -E ' sh +exec +ok' out | head -n 1 | grep -oE '^[0-9]+ +')
	[ ${#child} -gt ${#shell} ]
}

@test "-T and -U add columns, --count ends" {
	"$KWP" trace --read "$DATA/acts.kwp" -e rename -T -U >out
	head -n 1 out | grep -qE '^TIME +UID +PID|^TIME +PID.*UID'
	sed -n 2p out | grep -qE '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} '
	acts --count 5
	[ "$(wc -l <out)" = 5 ]
}

@test "--exit-code is 1 if anything was printed, else 0" {
	acts --exit-code
	is 1
	acts --exit-code -n nosuchname
	is 0
}

@test "secrets in arguments are masked, with --no-redact they are not" {
	trace --read "$DATA/acts.kwp" -e exec
	run ! grep -q secret out
	"$KWP" trace --read "$DATA/acts.kwp" -e all >text
	run ! grep -q secret text
	"$KWP" trace --read "$DATA/acts.kwp" -e all --fields process.args,process.command_line,process.parent.args,process.parent.command_line >text
	run ! grep -q secret text
	has '.process.name == "curl" and (.process.args | index("plain")) and (.process.args[4] | startswith("https://bob:"))'
	trace --read "$DATA/acts.kwp" -e exec --no-redact
	has '.process.args[1:] == ["--password=hunter2secret","-u","bob:hunter3secret","https://bob:hunter4secret@example.org/","API_TOKEN=hunter5secret","plain"]'
}

@test "-w FILE: appends whole lines, nothing on stdout, may repeat" {
	acts
	cp out wanted
	echo '{}' >file
	"$KWP" trace --read "$DATA/acts.kwp" -e all -o json -w file -w second >said
	[ ! -s said ]
	cmp <(tail -n +2 file) wanted
	cmp second wanted
	"$KWP" trace --read "$DATA/acts.kwp" -e all -o json -w third -w - | cmp - wanted
	[ "$(stat -c %a second)" = 600 ]
}

@test "-w unix:PATH" {
	command -v python3 || skip "no python3"
	acts
	cp out wanted
	cat >listen.py <<'P'
import socket
s = socket.socket(socket.AF_UNIX)
s.bind("sock")
s.listen()
c, _ = s.accept()
with open("got", "wb") as f:
    while data := c.recv(65536):
        f.write(data)
P
	timeout 20 python3 listen.py 3>&- &
	until_true 10 test -S sock
	"$KWP" trace --read "$DATA/acts.kwp" -e all -o json -w unix:sock
	wait $!
	cmp got wanted
}

@test "-w to nobody: exit 5 and a sentence with the number of lines" {
	status=0
	timeout 60 "$KWP" trace --read "$DATA/acts.kwp" -e rename -o json -w unix:nobody >out 2>err || status=$?
	is 5
	grep -qE '\b1 line|lines .*\b1\b' err
}

@test "a closed pipe is no error, /dev/full is exit 5 and a sentence" {
	set -o pipefail
	"$KWP" trace --read "$DATA/acts.kwp" -e all -o json 2>err | head -n 1 >out
	[ ! -s err ]
	[ "$(wc -l <out)" = 1 ]
	status=0
	"$KWP" trace --read "$DATA/acts.kwp" -e all >/dev/full 2>err || status=$?
	is 5
	grep -q 'No space left' err
	status=0
	"$KWP" trace --read "$DATA/acts.kwp" -e all -w /dev/full 2>err || status=$?
	is 5
	grep -q '/dev/full.*No space left' err
}

@test "losses of a recording are told: in the stream, in the last line, by --strict" {
	trace --read "$DATA/loss.kwp" -e chmod
	is 0
	has '.event.action == "loss" and .event.kind == "metric" and .kwp.loss.total > 1000 and (.kwp.loss.events | any(startswith("chmod=")))'
	lost=$(jq -s 'map(.kwp.loss.total // 0) | add' out)
	grep -qE "^kwp-trace: [0-9]+ events, $lost lost\$" err
	trace --read "$DATA/loss.kwp" -e chmod --strict
	is 5
	"$KWP" trace --read "$DATA/loss.kwp" -e chmod 2>/dev/null | grep -E ' loss .*lost=[0-9]{4}'
}

@test "verdicts of the policy in the kernel: an event each, beside the act's own" {
	trace --read "$DATA/verdicts.kwp" -e all
	is 0
	has '.kwp.verdict == "audit" and .event.action == "open" and .kwp.access == "read" and (.kwp.incomplete | index("event.outcome"))'
	has '.kwp.verdict == "would-block" and .event.action == "unlink" and .event.outcome == null'
	has '.kwp.verdict == "block" and .event.outcome == "failure" and .error.code == "EPERM" and .message == "blocked: /etc/passwd: /etc/**: read monitor, write block"'
	has '.kwp.verdict == "block" and .rule == {"id":"1","name":"file","ruleset":"sandbox","reference":"sandbox.yaml:13"} and .kwp.generation == 3'
	has '.kwp.verdict == "kill" and .rule.name == "drift" and .kwp.evidence.signal == "ctime" and .process.executable == "/usr/bin/dash"'
	has '.event.action == "connect" and .rule == {"id":"99"} and .message == "blocked: connect 192.0.2.1:443: rule 99" and .kwp.incomplete == ["rule.name"]'
	judge 'map(select(.kwp.verdict)) | length == 5 and all(.event.kind == "alert")' "alerts" out
	judge 'map(select(.event.action == "open" and .file.path == "/etc/passwd")) | length == 2 and .[1].kwp.result == -1 and (.[1] | has("rule") | not) and .[1].event.kind == "event"' "the act itself" out
	hasnt '.event.action == "rule"'
	# The words of a rule are no secrets, and an attacker's name is no order to a terminal.
	"$KWP" trace --read "$DATA/verdicts.kwp" -e all >text
	grep -E ' open +EPERM +blocked: /etc/passwd flags=O_WRONLY rule=file at=sandbox.yaml:13$' text
	grep -F "exec      killed  killed: '/tmp/esc\x1b[31m x'" text
	trace --read "$DATA/verdicts.kwp" -e all -x
	judge 'map(select(.event.kind != "metric")) | length == 4 and all(.event.outcome == "failure")' "failures" out
	trace --read "$DATA/verdicts.kwp" -e all --fields event.type,rule.description --filter 'kwp.verdict == block and event.action == open'
	has '.event.type == ["access","denied"] and .rule.description == "/etc/**: read monitor, write block"'
	trace --read "$DATA/verdicts.kwp" -e all --summary
	has '.event == "open" and .target == "/etc/passwd" and .verdict == "block" and .count == 1 and .failed == 1'
}

@test "auditing that was lowered is told, whatever is asked for" {
	trace --read "$DATA/verdicts.kwp" -e exit
	judge 'map(.kwp.shed) == [{"lowered":true,"events":9000,"cpu":31000},{"lowered":false,"events":10,"cpu":31000}] and all(.event.kind == "metric" and .event.action == "shed")' "shed" out
	"$KWP" trace --read "$DATA/verdicts.kwp" -e exit >text
	grep -E ' shed +- +lowered=true rate=9000/s cpu=31000ppm$' text
}

@test "a recording of a recording is the same" {
	acts --write copy.kwp
	cp out wanted
	trace --read copy.kwp -e all
	cmp out wanted
	trace --read - -e all <copy.kwp
	cmp out wanted
}

@test "recordings that are cut off: what is whole is shown, then exit 4 and a sentence" {
	acts
	lines=$(wc -l <out)
	size=$(stat -c %s "$DATA/acts.kwp")
	for cut in 1 100 777 5000; do
		head -c $((size - cut)) "$DATA/acts.kwp" >cut.kwp
		trace --read cut.kwp -e all
		is 4
		[ "$(grep -c . err)" = 1 ]
		grep -q cut.kwp err
		jq -es 'length > 50 and length <= '"$lines" out
	done
	for keep in 0 1 8 50 87; do
		head -c $keep "$DATA/acts.kwp" >cut.kwp
		refuses cut.kwp trace --read cut.kwp
	done
}

@test "recordings that are damaged: no crash, no garbage" {
	command -v python3 || skip "no python3"
	cat >damage.py <<'P'
import random, sys
data = bytearray(open(sys.argv[1], "rb").read())
random.seed(int(sys.argv[2]))
for _ in range(20):
    data[random.randrange(88, len(data))] = random.randrange(256)
sys.stdout.buffer.write(data)
P
	for seed in $(seq 25); do
		python3 damage.py "$DATA/acts.kwp" "$seed" >bad.kwp
		for format in json text; do
			status=0
			timeout 20 "$KWP" trace --read bad.kwp -e all -o $format >out 2>err || status=$?
			case $status in 0 | 4 | 5) ;; *) echo "seed $seed: exit $status: $(tail -n 3 err)"; return 1 ;; esac
			run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' out
			[ $format = text ] || jq -es 'length >= 0' out >/dev/null
		done
		timeout 20 "$KWP" audit --read bad.kwp -o json 2>/dev/null | jq -es 'length >= 0' >/dev/null
	done
}

@test "wrong magic, other schema" {
	printf 'kwp-bad\n' >bad.kwp
	tail -c +9 "$DATA/acts.kwp" >>bad.kwp
	refuses bad.kwp trace --read bad.kwp
	{ head -c 8 "$DATA/acts.kwp"; printf '\377\0\0\0'; tail -c +13 "$DATA/acts.kwp"; } >bad.kwp
	refuses bad.kwp trace --read bad.kwp
}

@test "-q, -v: diagnostics go to stderr only, -q has none" {
	"$KWP" trace -q --read "$DATA/loss.kwp" -e chmod >out 2>err
	[ ! -s err ]
	"$KWP" trace -v --read "$DATA/loss.kwp" -e chmod >verbose
	cmp out verbose
}

@test "what is remembered is bounded: a million records of ever new processes in 20 MB" {
	cc -O2 -o stretch "$REPO/tests/bench/stretch.c"
	(ulimit -v 20000 && ./stretch "$DATA/attacks.kwp" 2500 2>records | "$KWP" audit --read - -q -o json >out)
	[ "$(cat records)" -ge 900000 ]
	one=$("$KWP" audit --read "$DATA/attacks.kwp" -q -o json --filter 'rule.name == fileless-exec' | wc -l)
	[ "$(grep -c '"name":"fileless-exec"' out)" = $((one * 2500)) ]
}
