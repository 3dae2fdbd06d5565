#!/usr/bin/env bats
# network.bats: rules of addresses in a guest. Whether something got out is asked of the other end, a network namespace of its
# own that catches every frame. What the profile covers runs in a mount namespace of its own, as a container does; the other
# end does not.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

ways="tcp tcp6 tcp-mapped mptcp sctp fastopen fastopen-connect udp udp6 udp-mapped udp-connected udp-unspec udp-sendmmsg
	udp6-header ping raw-icmp raw-udp raw-fragment raw-headers packet uring-tcp uring-udp passed"

# inside COMMAND...: in what the profile covers.
inside() { unshare -m "$@"; }

# start FILE COMMAND...: COMMAND in the background, its output in FILE, until the test ends.
start() {
	"${@:2}" <&0 >"$1" 2>&1 3>&- 8>&- &
	started+=($!)
}

# try WAY...: goes out by each way; results are in `tried`, what the other end caught in `caught`.
try() {
	: >/tmp/network/frames
	inside reach 10.9.0.2 fd09::2 7 "$@" >tried
	sleep 0.3
	cp /tmp/network/frames caught
}

# old_tcp: a connection in the background, whose end sends once more after this; cut: and that does not get out.
old_tcp() {
	mkfifo go
	: >/tmp/network/frames
	exec 8<>go
	start tried inside reach 10.9.0.2 fd09::2 7 old-tcp <go
	until_true 20 grep -q connected tried
}
cut() {
	echo >&8
	until_true 20 grep -q old-tcp tried
	sleep 0.7
	exec 8>&-
	! grep -qx by:old-tcp /tmp/network/frames
}

# Where a way is not open without any rule either, this kernel does not have it.
denied() {
	local way
	for way; do
		! grep -qx "by:$way" caught || { echo "$way got out"; cat tried; return 1; }
	done
}
passed() {
	local way
	for way; do
		! grep -qx "by:$way" /tmp/network/open || grep -qx "by:$way" caught ||
			{ echo "$way did not get out"; cat tried; return 1; }
	done
}

# profile TEXT: loads it as the network part of a profile. It stays until the next one, which is much faster than a first one.
profile() {
	printf 'kwp: 1\nname: net\nscope: {containers: ["*"]}\nnetwork:\n%s\n' "$1" >net.yaml
	"$KWP" load -q ./net.yaml || [ $? = 4 ]
}

hits() { "$KWP" load --status -o json | jq "[.rules[] | select(.words | test(\"$1\")) | .hits] | add"; }

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir -p /tmp/network
	other_end
	modprobe sctp 2>/dev/null || true
	sysctl -qw net.ipv4.ping_group_range="0 0" net.ipv4.tcp_fastopen=3
	outside sysctl -qw net.ipv4.tcp_fastopen=3
	outside reach --catch veth1 7 >>/tmp/network/frames 2>/tmp/network/catch.err 3>&- &
	echo $! >/tmp/network/catcher
	until_true 20 grep -q ready /tmp/network/frames
	sleep 0.5
	cd /tmp/network
	# shellcheck disable=SC2086
	try $ways
	mv caught open
}

teardown_file() {
	"$KWP" load -q --unload || true
	[ ! -e /tmp/network/catcher ] || pkill -KILL -P "$(cat /tmp/network/catcher)" || kill "$(cat /tmp/network/catcher)"
}

setup() {
	need_kwp
	need_btf
	started=()
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	local pid
	for pid in "${started[@]}"; do
		pkill -KILL -P "$pid" || true # what a function runs is a child of its shell
		kill -KILL "$pid" || true
		wait "$pid" || true
	done 2>/dev/null
}

@test "without a rule every way is open that this kernel has" {
	for way in tcp tcp6 tcp-mapped udp udp-unspec udp6-header raw-udp raw-fragment raw-headers packet uring-tcp passed; do
		grep -qx "by:$way" /tmp/network/open || { echo "$way"; cat /tmp/network/open; return 1; }
	done
}

@test "egress default block: nothing gets out by any way" {
	profile '  egress: {default: block}'
	# shellcheck disable=SC2086
	try $ways
	[ ! -s caught ]
	grep -qx 'tcp -1' tried
	grep -qx 'udp -1' tried
	grep -qx 'packet -1' tried
	[ "$(hits 'egress default')" -ge 15 ]
}

@test "processes outside of the scope go where they like" {
	profile '  egress: {default: block}'
	: >/tmp/network/frames
	reach 10.9.0.2 fd09::2 7 tcp udp raw-udp ping >tried
	until_true 20 grep -qx by:tcp /tmp/network/frames
	grep -qx by:udp /tmp/network/frames
	grep -qx by:raw-udp /tmp/network/frames
	grep -qx by:ping /tmp/network/frames
}

@test "an allow list: what it names gets out by any way, and nothing else does" {
	profile '  egress: {default: block, allow: ["10.9.0.2:7/udp", "[fd09::/64]"]}'
	# shellcheck disable=SC2086
	try $ways
	passed udp udp-mapped udp-connected udp-unspec udp-sendmmsg raw-udp uring-udp passed tcp6 udp6 udp6-header raw-headers
	denied tcp tcp-mapped mptcp sctp fastopen fastopen-connect ping raw-icmp raw-fragment packet uring-tcp
}

@test "a block list: the internal network is closed and the rest is open" {
	profile '  egress: {default: allow, block: ["10.9.0.0/24", "[fd09::2]:7/tcp"]}'
	# shellcheck disable=SC2086
	try $ways
	denied tcp tcp-mapped mptcp sctp fastopen fastopen-connect ping raw-icmp raw-udp raw-fragment packet uring-tcp \
		uring-udp udp udp-mapped udp-connected udp-unspec udp-sendmmsg passed tcp6
	passed udp6 udp6-header
}

@test "a longer prefix and a block beat a shorter one and an allow" {
	profile '  egress: {default: block, allow: ["10.0.0.0/8", "10.9.0.2:1-10"], block: ["10.9.0.0/24:7", "10.9.0.2:7/tcp"]}'
	try tcp udp
	denied tcp
	passed udp
}

@test "a port that was found open opens no other one of its address" {
	"$KWP" load -q --unload
	old_tcp
	profile '  egress: {default: allow, block: ["10.9.0.2:7"]}'
	inside reach 10.9.0.2 fd09::2 8 tcp >other
	cut
}

@test "loopback stays open unless a rule names it" {
	profile '  egress: {default: block}'
	inside act tcp 7100 >tried
	run ! grep -q -- '-1$' tried
	profile '  egress: {default: block, block: ["127.0.0.0/8:7100"]}'
	inside act tcp 7100 >tried
	grep -qx 'tcp -1' tried
	inside act tcp 7101 >tried
	run ! grep -q -- '-1$' tried
}

@test "a connection that was open before the rule is cut" {
	"$KWP" load -q --unload
	old_tcp
	profile '  egress: {default: block}'
	cut
	[ "$(hits 'egress default')" -ge 1 ]
}

@test "a connection that a later profile forbids is cut, and its record names the process" {
	profile '  egress: {default: block, allow: ["10.9.0.0/24"]}'
	old_tcp
	profile '  egress: {default: block, allow: ["10.8.0.0/24"]}'
	cut
	timeout -s INT 4 "$KWP" audit --attached -q -o json >records || true
	jq -es 'any(.[]; .destination.ip == "10.9.0.2" and .process.name == "reach" and .process.pid > 0)' records
}

@test "a network namespace of one's own, whose packets the guest forwards" {
	ip netns add second
	ip link add veth2 type veth peer name veth3 netns second
	ip addr add 10.8.0.1/24 dev veth2
	ip link set veth2 up
	ip -n second addr add 10.8.0.2/24 dev veth3
	ip -n second link set veth3 up
	ip -n second route add default via 10.8.0.1
	outside ip route replace 10.8.0.0/24 via 10.9.0.1
	sysctl -qw net.ipv4.ip_forward=1
	ways='tcp udp raw-udp packet'
	: >/tmp/network/frames
	nsenter --net=/run/netns/second reach 10.9.0.2 fd09::2 7 tcp udp >tried
	until_true 20 grep -qx by:tcp /tmp/network/frames
	until_true 20 grep -qx by:udp /tmp/network/frames
	profile '  egress: {default: block}'
	: >/tmp/network/frames
	# shellcheck disable=SC2086
	inside nsenter --net=/run/netns/second reach 10.9.0.2 fd09::2 7 $ways >tried
	sleep 0.3
	[ ! -s /tmp/network/frames ]
	ip netns del second
}

@test "vsock goes by the default of egress; a unix socket is nobody's network" {
	profile '  egress: {default: block}'
	inside python3 -c 'import socket as s
try: s.socket(s.AF_VSOCK, s.SOCK_STREAM).connect((2, 1234)); print("connected")
except OSError as e: print(e.errno)
a, b = s.socketpair(); a.send(b"x"); print(b.recv(1))' >tried
	grep -qx 1 tried
	grep -q "b'x'" tried
}

@test "ingress: only one port is reachable, and what goes out is answered" {
	profile '  ingress: {default: block, allow: [":8"]}'
	start in8 inside reach --answer 8
	start in9 inside reach --answer 9
	start httpd inside busybox httpd -f -p 80 -h /
	until_true 20 grep -q ready in9
	outside reach 10.9.0.1 fd09::1 8 udp
	outside reach 10.9.0.1 fd09::1 9 udp
	until_true 20 grep -q answer in8
	run ! grep -q answer in9
	outside reach 10.9.0.1 fd09::1 80 tcp >tried # the connection waits in vain for a second
	run ! grep -qx 'tcp 7' tried
	start out99 outside reach --answer 99
	until_true 20 grep -q ready out99
	echo hello | inside timeout 5 nc -u -w 1 10.9.0.2 99 >got
	grep -q hello got
}

@test "a server behind a closed egress answers those that may come in" {
	profile '  {egress: {default: block}, ingress: {default: block, allow: [":80/tcp", ":8/udp"]}}'
	start in8 inside reach --answer 8
	start httpd inside busybox httpd -f -p 80 -h "$PWD"
	until_true 20 grep -q ready in8
	echo content >page
	[ "$(outside curl -sm 5 http://10.9.0.1/page)" = content ]
	echo hello | outside timeout 5 nc -u -w 1 10.9.0.1 8 >got
	grep -q hello got
	try tcp udp
	denied tcp udp
}

@test "monitor mode lets all pass and counts; enforce denies at once" {
	profile '  egress: {default: block}'
	"$KWP" load -q --mode monitor
	try tcp udp ping packet
	passed tcp udp ping packet
	[ "$(hits 'egress default')" -ge 4 ]
	"$KWP" load -q --mode enforce
	try tcp udp ping packet
	denied tcp udp ping packet
}

# served CODE: a server within the scope that takes one connection on port 8 and says what comes in; CODE is what it does
# before. lines_to: each line of descriptor 8 goes over that connection.
served() {
	start got inside python3 -uc "import socket as s
l = s.create_server(('', 8)); print('ready'); c = l.accept()[0]; $1
while d := c.recv(99): print(d.decode().strip()); c.send(b'answer')"
	until_true 20 grep -qx ready got
}
lines_to() {
	mkfifo go
	exec 8<>go
	start answers outside python3 -uc "import socket, sys
c = socket.create_connection(('10.9.0.1', 8))
for line in sys.stdin: c.send(line.encode()); print(c.recv(99))" <go
}

@test "a connection that came in before the rule is cut, as small as its packets are" {
	served pass
	lines_to
	echo one >&8
	until_true 20 grep -qx one got
	profile '  ingress: {default: block, allow: [":80"]}'
	echo two >&8
	sleep 1
	exec 8>&-
	! grep -qx two got
	[ "$(hits 'ingress default')" -ge 1 ]
}

@test "a server that no longer listens keeps the connection that it was allowed to take" {
	profile '  {egress: {default: block}, ingress: {default: block, allow: [":8/tcp"]}}'
	served 'l.close()'
	lines_to
	for n in $(seq 20); do echo "line$n" >&8; done
	until_true 20 grep -q line20 got
	until_true 20 grep -q answer answers
	exec 8>&-
}

@test "ingress default block: connections of one's own go on, short and long" {
	profile '  ingress: {default: block}'
	start served outside python3 -uc 'import socket as s
l = s.create_server(("", 8)); print("ready")
while True:
	c = l.accept()[0]
	while d := c.recv(999): c.send(d)'
	until_true 20 grep -qx ready served
	inside timeout 20 python3 -c 'import socket as s
for n in (1, 30): # of the second one kwp has to keep something
	c = s.create_connection(("10.9.0.2", 8))
	for _ in range(n): c.send(b"x" * 8 * n); assert c.recv(999)
	c.close()
print("done")' >tried
	grep -qx done tried
}
