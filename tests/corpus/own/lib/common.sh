# attacker MODE PORT...: the far end, in the background; verdict: did it get its answer?
attacker() {
	python3 "$CORPUS/lib/attacker.py" "$@" &
	peer=$!
	[ "$1" = connect ] || until [ -e "$W/ready" ]; do sleep 0.05; done
}
verdict() { wait $peer; exit $?; }
