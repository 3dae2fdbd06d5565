# Neither the shell's parent nor any ancestor of it holds the connection.
. "$CORPUS/lib/common.sh"
attacker listen 31034
python3 "$CORPUS/lib/relay.py" forked 31034 &
verdict
