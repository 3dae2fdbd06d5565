# The shell runs before there is a connection.
. "$CORPUS/lib/common.sh"
attacker listen 31032
python3 "$CORPUS/lib/relay.py" late 31032 &
verdict
