#!/usr/bin/env bats
# names.bats: rules of addresses by name in a guest: the answers of its resolver open what they give, and nothing else does.
# The resolver (names.py) is at the other end of a pair of devices, in a network namespace of its own; nobody listens at the
# addresses, so what may go there is refused by the other end, and what may not is not permitted.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

# inside COMMAND...: in what the profile covers: mounts and a control group of its own, as a container has.
inside() { (echo 0 >/sys/fs/cgroup/inside/cgroup.procs && exec unshare -m "$@"); }
ask() { inside python3 /kwp/tests/vm/names.py ask "$@"; }

# open_to, closed_to ADDRESS[:PORT]...: can be reached, or not; port 443 unless said.
try() {
	local host=${1%:*} port=443
	[[ $1 != *:* ]] || port=${1##*:}
	inside timeout 3 bash -c "exec 3<>/dev/tcp/$host/$port" 2>&1 || true
}
open_to() {
	local a
	for a; do try "$a" | grep -q refused || { echo "$a is not open: $(try "$a")"; return 1; }; done
}
closed_to() {
	local a
	for a; do try "$a" | grep -qi 'not permitted' || { echo "$a is open: $(try "$a")"; return 1; }; done
}

# profile TEXT: loads it as the network part of a profile. It stays until the next one, which is much faster than a first one;
# what a test learns of names is told by addresses that no other asks for.
profile() {
	printf 'kwp: 1\nname: names\nscope: {containers: ["*"]}\nnetwork:\n%s\n' "$1" >names.yaml
	status=0
	"$KWP" load ./names.yaml 2>err || status=$?
	[ "$status" = 0 ] || [ "$status" = 4 ] || { cat err; return 1; }
	run ! grep -q 'names of addresses' err
}

setup_file() {
	mkdir -p /tmp/names /sys/fs/cgroup/inside
	other_end
	outside ip link set lo up
	ip route add 198.18.0.0/24 via 10.9.0.2
	{
		for n in {10..70}; do echo "addr add 10.9.0.$n/24 dev veth1"; done
		for n in 10 11; do echo "addr add fd09::$n/64 dev veth1 nodad"; done
	} >/tmp/names/batch
	outside ip -batch /tmp/names/batch
	nsenter --net=/run/netns/other python3 /kwp/tests/vm/names.py serve 10.9.0.2 >/tmp/names/server 2>&1 3>&- &
	echo $! >/tmp/names/pid
	echo 'nameserver 10.9.0.2' >/etc/resolv.conf
	until_true 20 grep -q ready /tmp/names/server
}

teardown_file() {
	"$KWP" load -q --unload || true
	kill "$(cat /tmp/names/pid)" || true
	ip netns del other || true
	ip link del veth0 || true
}

setup() {
	need_kwp
	started=()
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	local pid
	for pid in "${started[@]}"; do kill "$pid" || true; done
}

rules='  egress: {default: block, allow: [dns, "*.example.com:443", "exact.test", "*.multi.test:80", "cname-11.one.test:443"]}'

@test "an answer opens the address, at the ports of the rule" {
	profile "$rules"
	closed_to 10.9.0.10
	ask 10.9.0.2 a10.example.com >asked
	grep -qx 'a10.example.com answered' asked
	open_to 10.9.0.10
	closed_to 10.9.0.10:80 10.9.0.11
	"$KWP" load --status >status || [ $? = 4 ]
	grep -qx 'names        1 addresses, 0 had to go' status
}

@test "letter case and depth do not matter; names beside the rule stay closed" {
	profile "$rules"
	ask 10.9.0.2 A20.Sub.EXAMPLE.com a21.example.com.evil.test a22.notexample.com a23.test >asked
	[ "$(grep -c answered asked)" = 4 ]
	open_to 10.9.0.20
	closed_to 10.9.0.21 10.9.0.22 10.9.0.23
}

@test "aliases are followed for the name that was asked; IPv6; several addresses" {
	profile "$rules"
	ask 10.9.0.2 cname-11.one.test many-30.example.com >asked
	ask 10.9.0.2 type=28 a10.example.com >>asked
	[ "$(grep -c answered asked)" = 3 ]
	open_to 10.9.0.11 10.9.0.30 10.9.0.34
	inside timeout 3 bash -c 'exec 3<>/dev/tcp/fd09::10/443' 2>six || true
	grep -q refused six
	inside timeout 3 bash -c 'exec 3<>/dev/tcp/fd09::11/443' 2>six || true
	grep -qi 'not permitted' six
}

@test "an answer by TCP opens too" {
	profile "$rules"
	ask 10.9.0.2 tcp=1 a24.example.com >asked
	grep -q answered asked
	open_to 10.9.0.24
}

@test "one address of two names has the rules of both" {
	profile "$rules"
	ask 10.9.0.2 a25.example.com a25.multi.test a25.unknown.test >asked
	open_to 10.9.0.25 10.9.0.25:80
	closed_to 10.9.0.25:81
}

@test "what does not hold together changes nothing" {
	profile "$rules"
	names=()
	n=40
	for how in stray broken id name kind class tc nx query short cut none loop ahead label size long dot more; do
		names+=("$how-$n.example.com")
		n=$((n + 1))
	done
	ask 10.9.0.2 "${names[@]}" >asked
	[ "$(grep -c answered asked)" = "${#names[@]}" ]
	for ((i = 40; i < n; i++)); do closed_to "10.9.0.$i"; done
	ask 10.9.0.2 a39.example.com >asked
	open_to 10.9.0.39
}

@test "another resolver, and an answer that was sent from within the guest, count for nothing" {
	profile '  egress: {default: block, allow: [dns, "127.0.0.0/8", "198.18.0.53:53", "*.example.com:443"]}'
	outside ip addr add 198.18.0.53/32 dev lo
	nsenter --net=/run/netns/other python3 /kwp/tests/vm/names.py serve 198.18.0.53 >server2 2>&1 3>&- &
	started+=($!)
	python3 /kwp/tests/vm/names.py serve 127.0.0.1 >server3 2>&1 3>&- &
	started+=($!)
	until_true 20 grep -q ready server2
	until_true 20 grep -q ready server3
	ask 198.18.0.53 a60.example.com >asked
	ask 127.0.0.1 a61.example.com >>asked
	[ "$(grep -c answered asked)" = 2 ]
	closed_to 10.9.0.60 10.9.0.61
	# The resolver's address in a network namespace of one's own.
	inside unshare -n bash -c 'ip link set lo up; ip addr add 10.9.0.2/32 dev lo
		python3 /kwp/tests/vm/names.py serve 10.9.0.2 >server4 2>&1 &
		until grep -q ready server4; do sleep 0.1; done
		python3 /kwp/tests/vm/names.py ask 10.9.0.2 a62.example.com; kill $!' >asked
	grep -q answered asked
	closed_to 10.9.0.62
}

@test "a range goes before a name: an answer opens no internal address that is forbidden" {
	profile '  egress: {default: block, allow: [dns, "*.example.com"], block: ["10.9.0.64/28"]}'
	ask 10.9.0.2 a65.example.com a63.example.com >asked
	closed_to 10.9.0.65
	open_to 10.9.0.63
}

@test "what was learnt stays when the profile is loaded again; a connection outlives its answer" {
	profile "$rules"
	ask 10.9.0.2 ttl0-26.example.com >asked
	open_to 10.9.0.26
	profile '  egress: {default: block, allow: [dns, "*.example.com:443", "*.new.test"]}'
	open_to 10.9.0.26
	closed_to 10.9.0.27
	profile '  egress: {default: block, allow: [dns, "*.new.test"]}'
	closed_to 10.9.0.26
}

@test "the record of what was denied has the name" {
	profile "$rules"
	ask 10.9.0.2 a13.unknown.test >asked
	closed_to 10.9.0.13
	timeout -s INT 5 "$KWP" audit --attached -q -o json >records || true
	jq -es 'any(.[]; .destination.ip == "10.9.0.13" and .destination.domain == "a13.unknown.test")' records
}

@test "a raw socket sends no answer as a resolver of this guest" {
	cp /etc/resolv.conf resolv.conf
	echo 'nameserver 127.0.0.1' >/etc/resolv.conf
	profile '  egress: {default: block, allow: ["127.0.0.0/8", "*.example.com:443"]}'
	cp resolv.conf /etc/resolv.conf
	inside python3 /kwp/tests/vm/names.py forge a14.example.com >asked
	grep -qx 'a14.example.com -' asked
	closed_to 10.9.0.14
	python3 /kwp/tests/vm/names.py serve 127.0.0.1 >server 2>&1 3>&- &
	started+=($!)
	until_true 20 grep -q ready server
	ask 127.0.0.1 a15.example.com >asked
	open_to 10.9.0.15
}

@test "a name is monitored" {
	profile '  egress: {default: allow, monitor: ["*.example.com"]}'
	ask 10.9.0.2 a28.example.com >asked
	open_to 10.9.0.28 10.9.0.29
	"$KWP" load --status -o json | jq -e '[.rules[] | select(.words | test("example.com")) | .hits] | add >= 1'
}

@test "without a resolver it is said that names are not enforced" {
	mv /etc/resolv.conf resolv.conf
	printf 'kwp: 1\nname: names\nnetwork: {egress: {default: allow, monitor: ["*.example.com"]}}\n' >names.yaml
	run -4 "$KWP" load ./names.yaml
	cp resolv.conf /etc/resolv.conf
	[[ $output == *'not enforced here: names of addresses: /etc/resolv.conf names no resolver'* ]]
}
