# helpers.bash: what the bats files here and in vm/ share.
# KWP is the binary (default: build/kwp). Acts are the programs of tests/acts, made by make.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
KWP=${KWP:-$REPO/build/kwp}
DATA=$REPO/tests/data
ACTS=$REPO/build/acts
PATH=$ACTS:$PATH
export KWP PATH
export BATS_TEST_TIMEOUT=${TEST_SECS:-120} # seconds: a test that hangs has failed

# need_acts: the programs of tests/acts, made now unless they are there.
need_acts() {
	local source name
	for source in "$REPO"/tests/acts/*.c; do
		name=${source##*/}
		name=${name%.c}
		[ "$ACTS/$name" -nt "$source" ] || [ ! -w "$REPO" ] || make -s -C "$REPO" "build/acts/$name" >&2
		[ -x "$ACTS/$name" ] || { echo "$ACTS/$name is not built"; return 1; }
	done
}

# need_kernel: skip unless kwp can watch here; the reason is kwp's own. Asked once a file.
need_kernel() {
	local note=$BATS_FILE_TMPDIR/cannot status=0
	if [ ! -e "$note" ]; then
		"$KWP" trace -q -e exec -d 0.01 >/dev/null 2>"$note.new" || status=$?
		[ "$status" = 3 ] || : >"$note.new"
		mv "$note.new" "$note"
	fi
	[ ! -s "$note" ] || skip "$(head -n 1 "$note")"
}

# trace ARG...: kwp trace -o json, its lines in the file out, diagnostics in err, exit status in $status.
# What a command behind -- prints goes to the file said.
trace() {
	local words=() word
	status=0
	rm -f out
	for word; do
		if [ "$word" = -- ]; then
			shift "$((${#words[@]} + 1))"
			"$KWP" trace -o json -w out "${words[@]}" -- "$@" >said 2>err || status=$?
			return 0
		fi
		words+=("$word")
	done
	"$KWP" trace -o json "$@" >out 2>err || status=$?
}

# has EXPR [FILE]: one event of FILE (out) is as the jq expression says; hasnt: none is; all: each is, and there is one.
# $d in it is the current directory.
has() { judge 'any(.[]; '"$1"')' "$1" "${2:-out}"; }
hasnt() { judge 'any(.[]; '"$1"') | not' "not $1" "${2:-out}"; }
all() { judge 'length > 0 and all(.[]; '"$1"')' "all $1" "${2:-out}"; }
judge() {
	jq -es --arg d "$(pwd -P)" "$1" "$3" >/dev/null && return
	echo "no: $2"
	echo "among $(wc -l <"$3") lines, such as:"
	jq -c '[.event.action, .error.code, .rule.name, .process.pid, .process.name, (.process.args // [] | join(" ") | .[:100]),
		.file.path, .kwp.result]' "$3" | tail -n 12
	[ ! -s err ] || echo "stderr: $(tail -n 5 err)"
	return 1
}

# count N EXPR: so many events of out are so.
count() { judge "map(select($2)) | length == $1" "$1 times $2" out; }

# is STATUS: trace ended so.
is() {
	[ "$status" = "$1" ] && return
	echo "exit status $status, not $1"
	[ ! -s err ] || echo "stderr: $(cat err)"
	return 1
}

# watch ARG...: kwp ARG... in the background (pid in $watcher) with its lines in out; returns when it watches.
# unwatch: ends it by SIGINT, and sets $status.
watch() {
	local i
	"$KWP" "$@" >out 2>err 3>&- &
	watcher=$!
	for ((i = 0; i < 600; i++)); do
		grep -q 'watching by' err && return
		kill -0 "$watcher" 2>/dev/null || break
		sleep 0.05
	done
	echo "kwp $* does not watch: $(cat err)"
	return 1
}
unwatch() {
	status=0
	kill -INT "$watcher" || true
	wait "$watcher" || status=$?
	watcher=
}

# until_true SECONDS COMMAND...: tries it until it succeeds.
until_true() {
	local end=$((SECONDS + $1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "in vain: $*"; return 1; }
		sleep 0.05
	done
}

# swap_profiles COUNT [DIRECTORY/]: own loads one.yaml and two.yaml there in turn.
swap_profiles() {
	local i
	for ((i = 1; i <= $1; i++)); do
		own load -q "${2-}$([ $((i % 2)) = 0 ] && echo one || echo two).yaml"
		[ "$status" = 0 ] || [ "$status" = 4 ] || { cat err; return 1; }
	done
}

# hammer_end DIGITS: the hammer in the background, whose pid is $hammer and whose words are in hammered, tried a number of
# times that has so many digits, and did nothing.
hammer_end() {
	kill -TERM "$hammer"
	wait "$hammer" || true
	hammer=
	cat hammered
	grep -qE "^[0-9]{$1,} tried, 0 done\$" hammered
}

# refuses WORD ARG...: kwp ARG... is a usage error: exit 2, nothing on stdout, and one sentence that names WORD,
# but for argp's "Try" line.
refuses() {
	local word=$1
	shift
	status=0
	"$KWP" "$@" >out 2>err </dev/null || status=$?
	is 2 || return
	[ ! -s out ] || { echo "kwp $* prints: $(head -n 3 out)"; return 1; }
	grep -v '^Try `' err >sentence
	if [ "$(wc -l <sentence)" != 1 ] || ! grep -qF -e "$word" sentence; then
		echo "kwp $*: not one sentence with '$word': $(cat err)"
		return 1
	fi
}

# every_field: FIELDS is the list of all fields, for --fields: what is shown without it may be less.
every_field() {
	FIELDS=$("$KWP" --schema | jq -r '[def leaves($p): to_entries[] | ($p + [.key]) as $q |
		if .value.properties then (.value.properties | leaves($q)) else ($q | join(".")) end;
		.properties | leaves([])] | join(",")')
}
