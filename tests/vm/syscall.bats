#!/usr/bin/env bats
# syscall.bats: rules on system calls and sysctls in a guest. A call is refused where the kernel asks for permission in it, and
# else its process ends when the call begins.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

setup_file() {
	load_profile <<-'Y'
		kwp: 1
		name: calls
		syscall:
		  block: [acct, add_key, bpf, chroot, delete_module, init_module, io_uring_setup, kexec_load, memfd_create, mount,
		    perf_event_open, personality, pivot_root, process_vm_readv, ptrace, setgroups, sethostname, setns, socket, umount2,
		    unshare, userfaultfd]
		  monitor: [uname, swapoff]
		  kill: [swapon]
		sysctl:
		  block: ["kernel.*", net.ipv4.ip_default_ttl]
		  monitor: ["net.*"]
	Y
}

teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
}

# hits CLASS NAME: how often the rule that names it spoke.
hits() {
	"$KWP" load --status -o json 3>&- |
		jq --arg c "$1" --arg w "$2: " '.rules[] | select(.class == $c and (.words | startswith($w))).hits'
}

# refuses_call NAME NUMBER [ARG...]: it ends with EPERM, and is counted once.
refuses_call() {
	local name=$1 before
	shift
	before=$(hits syscall "$name")
	result=$(call "$@") || true
	[ "$result" = EPERM ] || { echo "$name: ${result:-no result}, not EPERM"; return 1; }
	[ "$(hits syscall "$name")" = $((before + 1)) ] || { echo "$name: not counted once"; return 1; }
}

@test "what is loaded is proven" { proven 'syscall, sysctl'; }

@test "calls are refused where the kernel asks for permission" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	refuses_call memfd_create 319 @x 0
	refuses_call unshare 272 0x10000000
	refuses_call unshare 272 0x20000
	refuses_call ptrace 101 0
	refuses_call bpf 321 99 % 8
	refuses_call init_module 175 % 100 @
	refuses_call delete_module 176 @none 0
	refuses_call kexec_load 246 0 0 0 0
	refuses_call perf_event_open 298 % 0 -1 -1 0
	refuses_call io_uring_setup 425 4 %
	refuses_call userfaultfd 323 0
	refuses_call mount 165 @none @/mnt @tmpfs 0 0
	refuses_call umount2 166 @/mnt 0
	refuses_call chroot 161 @/
	refuses_call sethostname 170 @other 5
	refuses_call setgroups 116 0 0
	refuses_call socket 41 1 1 0
	[ "$(call 248 @user @x @y 1 -3)" != ok ]
	[ "$(hostname)" = guest ]
}

@test "to be in another process's memory is refused" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	sleep 60 3>&- &
	python3 - $! >said <<-'P'
		import ctypes, sys
		libc = ctypes.CDLL(None, use_errno=True)
		buffer = ctypes.create_string_buffer(8)
		vec = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 8)
		print(libc.process_vm_readv(int(sys.argv[1]), vec, 1, vec, 1, 0), ctypes.get_errno())
	P
	kill $!
	[ "$(cat said)" = "-1 1" ]
}

@test "a call without a question ends its process" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	status=0
	call 135 0xffffffff >said || status=$?
	[ "$status" = 137 ] && [ ! -s said ]
	[ "$(hits syscall personality)" = 1 ]
}

@test "what is to be ended is refused and ended" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	status=0
	call 167 @/none 0 >said || status=$?
	[ "$status" = 137 ] && [ ! -s said ]
	[ "$(hits syscall swapon)" = 1 ]
}

@test "what is only told goes on, and others do" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	before=$(hits syscall uname)
	[ "$(call 63 %)" = ok ]
	[ "$(hits syscall uname)" = $((before + 1)) ]
	[ "$(call 39)" = ok ]
	[ "$(call 168 @/none)" != EPERM ]
}

@test "32-bit calls are the same calls" {
	[ "$(uname -m)" = x86_64 ] || skip "only x86-64 has them"
	[ "$(call -32 20)" = ok ] || skip "this kernel has none"
	refuses_call sethostname -32 74 @other 5
	refuses_call unshare -32 310 0x10000000
	refuses_call setgroups -32 206 0 0
	[ "$(call -32 359 1 1 0)" = EPERM ]
	[ "$(call -32 102 1 %)" = EPERM ]
	status=0
	call -32 136 0xffffffff >said || status=$?
	[ "$status" = 137 ]
}

@test "sysctls are refused by name and by place" {
	before=$(hits sysctl 'kernel.*')
	run ! sh -c 'echo other >/proc/sys/kernel/hostname'
	run ! sh -c 'echo 0 >/proc/sys/kernel/yama/ptrace_scope'
	run ! sh -c 'echo 65 >/proc/sys/net/ipv4/ip_default_ttl'
	[ "$(hits sysctl 'kernel.*')" -gt "$before" ]
	[ "$(cat /proc/sys/kernel/hostname)" = guest ]
	[ "$(cat /proc/sys/net/ipv4/ip_default_ttl)" = 64 ]
}

@test "a sysctl that is only told is written, and others are" {
	before=$(hits sysctl 'net.*')
	echo 0 >/proc/sys/net/ipv4/conf/lo/forwarding
	[ "$(hits sysctl 'net.*')" = $((before + 1)) ]
	echo 60 >/proc/sys/vm/swappiness
}

@test "in monitor mode all is counted and nothing refused" {
	[ "$(uname -m)" = x86_64 ] || skip "the numbers are those of x86-64"
	"$KWP" load -q --mode=monitor 3>&-
	before=$(hits syscall memfd_create)
	[ "$(call 319 @x 0)" = ok ]
	[ "$(call 135 0xffffffff)" = ok ]
	echo guest >/proc/sys/kernel/hostname
	[ "$(hits syscall memfd_create)" = $((before + 1)) ]
	"$KWP" load -q --mode=enforce 3>&-
	[ "$(call 319 @x 0)" = EPERM ]
}

@test "kwp of the guest can go on where bpf(2) is refused" {
	"$KWP" load --status >said 3>&-
	grep -q '^profile *calls' said
	status=0
	"$KWP" load -q "$BATS_FILE_TMPDIR/p.yaml" 3>&- || status=$?
	[ "$status" = 0 ]
}
