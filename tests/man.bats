#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The man pages say what the program says: no word of one is missing in the other.

setup() {
  cd "$BATS_TEST_DIRNAME/.." || return
  kwp=${KWP:-$PWD/build/kwp}
}

# same WHAT HERE THERE: two lists of words are the same set; says what only one of them has.
same() {
  local what=$1 missing extra
  [ -n "$2" ] || { echo "$what: the program names none"; return 1; }
  missing=$(comm -23 <(sort -u <<<"$2") <(sort -u <<<"$3"))
  extra=$(comm -13 <(sort -u <<<"$2") <(sort -u <<<"$3"))
  [ -z "$missing" ] || echo "$what: the page lacks:" $missing
  [ -z "$extra" ] || echo "$what: the program does not have:" $extra
  [ -z "$missing$extra" ]
}

# Options of a --help text: the words that begin with '-' before the explanation.
help_options() {
  sed -nE 's/^ +(-.*)$/\1/p' | sed -E 's/ {2,}.*//' | grep -oE '(^|[ ,])--?[a-zA-Z?][a-z-]*' | tr -d ' ,'
}

# Options that a page speaks of: each argument of an Fl macro. "Fl -word" is "--word".
page_options() {
  grep -E '^\..*\bFl ' "$1" | grep -oE '\bFl +[^ ]+' | sed -E 's/^Fl +/-/' | grep -v '^--$'
}

# Names in the list items of a page: item MACRO FILE.
items() { sed -nE "s/^\.It $1 ([^ ]+).*/\1/p" "$2"; }

# The keys that the reader of profiles knows, from its complaint about one that it does not.
profile_keys() {
  "$kwp" audit -P - --check 2>&1 <<<"$1" | sed -n 's/.*the keys here are //p' | tr -d ' ' | tr ',' '\n'
}

@test "every page is clean under mandoc -Tlint -W style" {
  command -v mandoc >/dev/null || skip "mandoc is missing"
  for page in man/*.[1-9]; do mandoc -Tlint -W style "$page"; done
}

@test "every page that a page or the help names exists" {
  for name in $(grep -ohE '\bkwp(-[a-z]+)?\([1-9]\)' man/*.[1-9]; "$kwp" trace --help | grep -oE 'kwp-[a-z]+\([1-9]\)'); do
    [ -f "man/$(tr '(' . <<<"${name%)}")" ] || { echo "$name has no page"; return 1; }
  done
}

@test "kwp(8) has the options and commands of kwp --help" {
  same options "$("$kwp" --help | help_options)" "$(page_options man/kwp.8)"
  same commands "$("$kwp" --list)" "$(items Cm man/kwp.8)"
}

@test "each command has a page with the options of its --help" {
  for command in $("$kwp" --list); do
    page=man/kwp-$command.8
    same "$page" "$("$kwp" "$command" --help | help_options)" "$(page_options "$page")"
  done
}

@test "each option of a command is an item of its page, not only a word in it" {
  for command in $("$kwp" --list); do
    page=man/kwp-$command.8
    same "$page" "$("$kwp" "$command" --help | help_options)" "$(grep '^\.It Fl' "$page" | grep -oE '\bFl +[^ ]+' | sed -E 's/^Fl +/-/')"
  done
}

@test "kwp-trace(8) has the events and groups of kwp trace --help" {
  words=$("$kwp" trace --help | sed -n '/^Events and groups:/,/^$/p' | sed 's/^Events and groups://' | tr -s ' ' '\n' | grep .)
  same events "$words" "$(items Cm man/kwp-trace.8)"
}

@test "kwp-event(7) has the fields of kwp --schema" {
  command -v jq >/dev/null || skip "jq is missing"
  # A field is what has a description and no keys of its own.
  fields=$("$kwp" --schema | jq -r 'paths(objects | (.description | type) == "string" and (has("properties") | not)) | map(select(. != "properties")) | join(".")')
  same fields "$fields" "$(items Va man/kwp-event.7)"
}

@test "kwp-event(7) has the type of each field" {
  command -v jq >/dev/null || skip "jq is missing"
  types=$("$kwp" --schema | jq -r 'paths(objects | (.description | type) == "string" and (has("properties") | not)) as $p | getpath($p) as $f
    | ($p | map(select(. != "properties")) | join(".")) + ":" +
      (if $f.format == "date-time" then "time" elif $f.anyOf then "address" elif $f.items.properties then "list of processes"
       else {integer: "number", string: "text", boolean: "boolean", array: "list"}[$f.type] end)')
  same types "$types" "$(sed -nE 's/^\.It Va ([^ ]+) Pq ([a-z ]+)(; by name only)?$/\1:\2/p' man/kwp-event.7)"
}

@test "kwp-event(7) marks the fields that only --fields prints" {
  same extras "$(sed -nE 's/^\t\{"([^"]+)",.*\bEXTRA\},$/\1/p' common/field.c)" "$(sed -nE 's/^\.It Va ([^ ]+) Pq .*; by name only$/\1/p' man/kwp-event.7)"
}

@test "kwp-event(7) has the category and type of each event" {
  for type in $(items Cm man/kwp-trace.8); do
    case $type in process | file | net | task | kernel | all) continue ;; esac
    grep -qE "^\.It ([a-z, -]*, )?$type(, [a-z, -]*)? Ta " man/kwp-event.7 || { echo "no row for $type"; return 1; }
  done
}

@test "kwp-audit(8) has the rules of the built-in profiles, with their severity" {
  rules=$(for p in base strict ai-sandbox; do "$kwp" audit -P "$p" --list; done | awk '$1 != "RULE" { print $1 ":" $2 }' | sort -u)
  same rules "$rules" "$(sed -nE 's/^\.It Sy ([^ ]+) Pq ([a-z]+)$/\1:\2/p' man/kwp-audit.8)"
}

@test "kwp-profile(5) has the keys that the reader of profiles knows" {
  known=$(profile_keys $'kwp: 1\nno-such: 1')
  same "of a profile" "$known" "$(sed -n '/^\.Ss Of a profile/,/^\.Ss Of a rule/p' man/kwp-profile.5 | sed -n 's/^\.It Ic //p')"
  known=$(profile_keys $'kwp: 1\nrules: [{id: a, on: exec, no-such: 1}]')
  same "of a rule" "$known" "$(sed -n '/^\.Ss Of a rule/,/^\.Sh /p' man/kwp-profile.5 | sed -n 's/^\.It Ic //p')"
}

# page_keys FROM TO: the keys between two headings of kwp-profile(5).
page_keys() {
  sed -n "/^\.S[hs] $1\$/,/^\.S[hs] $2\$/p" man/kwp-profile.5 | sed -n 's/^\.It Ic //p' | tr -d ' ' | tr ',' '\n'
}

@test "kwp-profile(5) has the keys of what is enforced" {
  same process "$(profile_keys $'kwp: 1\nprocess: {no-such: 1}')" "$(page_keys PROCESS "Of an item")"
  same item "$(profile_keys $'kwp: 1\nprocess: {block: [{no-such: 1}]}')" "$(page_keys "Of an item" "FILE ENTRIES")"
  same file "$(profile_keys $'kwp: 1\nfile: [{no-such: 1}]')" "$(page_keys "FILE ENTRIES" Exceptions)"
  same network "$(profile_keys $'kwp: 1\nnetwork: {no-such: 1}')" "$(page_keys NETWORK "Of a direction")"
  same egress "$(profile_keys $'kwp: 1\nnetwork: {egress: {no-such: 1}}')" "$(page_keys "Of a direction" SYSCALL)"
  same syscall "$(profile_keys $'kwp: 1\nsyscall: {no-such: 1}')" "$(page_keys SYSCALL SYSCTL)"
  same sysctl "$(profile_keys $'kwp: 1\nsysctl: {no-such: 1}')" "$(page_keys SYSCTL DETECT)"
  same scope "$(profile_keys $'kwp: 1\nscope: {no-such: 1}')" "$(page_keys SCOPE LIMITS)"
  same limits "$(profile_keys $'kwp: 1\nlimits: {no-such: 1}')" "$(page_keys LIMITS BACKENDS)"
}

@test "the profiles that kwp-profile(5) shows are ones without errors and warnings" {
  command -v mandoc >/dev/null || skip "mandoc is missing"
  mandoc -Tascii man/kwp-profile.5 | col -bx >"$BATS_TEST_TMPDIR/page"
  sed -n '/^     kwp: 1/,/^     Check it/p' "$BATS_TEST_TMPDIR/page" | sed '$d; s/^     //' >"$BATS_TEST_TMPDIR/rules.yaml"
  sed -n '/^           kwp: 1/,/^KEYS/p' "$BATS_TEST_TMPDIR/page" | sed '$d; s/^           //' >"$BATS_TEST_TMPDIR/policy.yaml"
  grep -q '^rules:' "$BATS_TEST_TMPDIR/rules.yaml" && grep -q '^limits:' "$BATS_TEST_TMPDIR/policy.yaml"
  for shown in rules policy; do
    out=$("$kwp" audit -P "$BATS_TEST_TMPDIR/$shown.yaml" --check 2>&1) || true
    [ -z "$out" ] || { echo "$out"; return 1; }
  done
}

@test "each page has the exit statuses" {
  for page in man/kwp.8 man/kwp-trace.8 man/kwp-audit.8; do
    same "$page" "$(printf '%s\n' 0 1 2 3 4 5 126 127 128+n)" "$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh SEE/p' "$page" | sed -nE 's/^\.It ([0-9+n]+)$/\1/p')"
  done
}
