#!/bin/bash
# run-corpus.sh --prepare | [--log FILE] ID
# Does one case in a directory of its own. 0: the attack worked, the harmless work was done; 1: it did not; 77: a program is missing.
set -u
export CORPUS
CORPUS=$(cd "$(dirname "$0")" && pwd)
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
log=/dev/null
case ${1-} in
--prepare) exit 0 ;; # nothing is compiled
--log) log=$2; shift 2 ;;
esac
script=$CORPUS/attacks/cases/$1.sh
[ -e "$script" ] || script=$CORPUS/benign/cases/$1.sh
[ -e "$script" ] || { echo "no case $1" >&2; exit 2; }
for word in $(awk -F'\t' -v id="$1" '$1 == id { gsub(",", " ", $4); print $4 }' "$CORPUS"/{attacks,benign}/cases.tsv); do
	[ "$word" = - ] || command -v "$word" >/dev/null || exit 77
done
W=$(mktemp -d "${CORPUS_TMP:-/tmp}/w.XXXXXX")
export W
chmod 755 "$W"
(cd "$W" && exec timeout -k 2 40 setsid -w bash "$script") </dev/null >"$W/log" 2>&1
status=$?
{ echo "== $1 $status"; cat "$W/log"; } >>"$log"
rm -rf --one-file-system "$W"
exit $status
