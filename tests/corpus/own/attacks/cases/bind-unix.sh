# By a unix socket, which another process of the pod brings in.
. "$CORPUS/lib/common.sh"
socat UNIX-LISTEN:u EXEC:sh,pipes,stderr &
until [ -S u ]; do sleep 0.05; done
socat TCP-LISTEN:31039,bind=127.0.0.1 UNIX-CONNECT:u &
attacker connect 31039
verdict
