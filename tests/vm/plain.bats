#!/usr/bin/env bats
# plain.bats: a kernel without type information, as Kata's stock kernel is: rules of addresses, of names (names.bats), of
# sysctls and of device files are enforced, and what is not is said.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

inside() { (echo 0 >/sys/fs/cgroup/inside/cgroup.procs && exec unshare -m "$@"); }

setup() {
	need_kwp
	[ ! -e /sys/kernel/btf/vmlinux ] || skip "this kernel has type information"
	mkdir -p /sys/fs/cgroup/inside
	cd "$BATS_TEST_TMPDIR"
	cat >plain.yaml <<-'Y'
		kwp: 1
		name: plain
		scope: {containers: ["*"]}
		file:
		  - {path: /etc/shadow, read: block}
		network:
		  egress: {default: allow, block: ["127.0.0.2", "198.18.77.0/24"]}
		  ingress: {default: allow, block: [":7300/tcp"]}
		sysctl: {block: ["kernel.core_pattern", "net.*"]}
	Y
}

teardown() { "$KWP" load -q --unload || true; }

@test "what is enforced is in force, and what is not is said, with exit status 4" {
	run -4 "$KWP" load ./plain.yaml
	[[ $output == *'plain is in force as generation 1, and enforces: network, sysctl'* ]]
	[[ $output == *'not enforced here: file: this kernel has no way to enforce it'* ]]
	run -4 "$KWP" load --status -o json
	jq -e '.enforced == ["network","sysctl"] and (.not_enforced | index("file"))' <<<"$output"
}

@test "egress, ingress and sysctls are denied to containers, and to nobody else" {
	"$KWP" load -q ./plain.yaml || [ $? = 4 ]
	run ! inside bash -c 'exec 3<>/dev/udp/127.0.0.2/9'
	run bash -c 'exec 3<>/dev/udp/127.0.0.2/9'
	[ "$status" = 0 ]
	value=$(cat /proc/sys/kernel/core_pattern)
	run ! inside sh -c 'echo /tmp/x >/proc/sys/kernel/core_pattern'
	run ! inside sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	[ "$(cat /proc/sys/kernel/core_pattern)" = "$value" ]
	echo "$value" >/proc/sys/kernel/core_pattern
	inside sh -c 'echo 1 >/proc/sys/vm/swappiness'
	timeout -s INT 5 "$KWP" audit --attached -q -o json >records || true
	jq -es 'any(.[]; .destination.ip == "127.0.0.2" and .process.name == "bash")' records
	jq -es 'any(.[]; .kwp.sysctl.name == "kernel.core_pattern" and .kwp.verdict == "block")' records || { cat records; return 1; }
}

@test "device files of disks and of memory are denied to containers, where a profile detects no more" {
	printf 'kwp: 1\nname: devices\nscope: {containers: ["*"]}\ndetect: {block-device: block}\n' >devices.yaml
	"$KWP" load ./devices.yaml 2>err || { [ $? = 4 ] && cat err; }
	grep -q 'devices is in force as generation 1, and enforces: detect' err
	run ! grep 'detect: ' err
	run ! inside mknod disk b 7 99
	run ! inside mknod mem c 1 1
	[ ! -e disk ] && [ ! -e mem ]
	inside mknod null c 1 3
	mknod disk b 7 99
	timeout -s INT 5 "$KWP" audit --attached -q -o json >records || true
	jq -es 'any(.[]; .event.action == "create" and .kwp.verdict == "block" and .rule.name == "block-device" and .process.name == "mknod")' records || { cat records; return 1; }
}

@test "of other detections it is said that they are not enforced" {
	printf 'kwp: 1\nname: devices\nscope: {containers: ["*"]}\nsysctl: {block: ["net.*"]}\ndetect: {block-device: block, reverse-shell: block}\n' >devices.yaml
	run -4 "$KWP" load ./devices.yaml
	[[ $output == *'detect: this kernel has a way for block-device alone'* ]]
	run ! inside mknod disk b 7 99
}

@test "a profile of files alone is refused with exit status 3" {
	printf 'kwp: 1\nfile: [{path: /etc/shadow, read: block}]\n' >file.yaml
	run -3 "$KWP" load ./file.yaml
	[ -n "$output" ]
}

@test "without control groups of version 2 that is said" {
	run unshare -m bash -c 'umount -l /sys/fs/cgroup; exec "$KWP" load ./plain.yaml'
	[ "$status" = 3 ]
	[[ $output == *'no control groups of version 2 are mounted'* ]]
}
