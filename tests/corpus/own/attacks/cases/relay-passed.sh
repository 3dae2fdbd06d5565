# Who relays never connects: it is sent the connection after the shell was started.
. "$CORPUS/lib/common.sh"
attacker listen 31033
python3 "$CORPUS/lib/relay.py" passed 31033 &
verdict
