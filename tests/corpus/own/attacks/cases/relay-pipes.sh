# A relay in a thread each way; the shell has pipes.
. "$CORPUS/lib/common.sh"
attacker listen 31031
python3 "$CORPUS/lib/relay.py" pipe 31031 &
verdict
