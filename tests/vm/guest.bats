#!/usr/bin/env bats
# guest.bats: the guest itself is what the other tests take it for. Run by ./matrix, in a guest.
load guest

@test "the kernel is the one asked for" {
	case $KWP_GUEST in
	6.*) [[ $(uname -r) == "${KWP_GUEST%%-*}".* ]] ;;
	*) skip "a kernel of the user's: $(uname -r)" ;;
	esac
}

@test "the list of LSMs is as asked for" {
	[ -e /sys/kernel/security/lsm ] || skip "this kernel has no securityfs"
	asked=$(cmdline lsm)
	[ -n "$asked" ] || skip "no lsm= on the command line"
	# ima and evm, where the kernel has them, come whether asked for or not; so does capability.
	plain() { tr , '\n' | grep -vxE 'capability|ima|evm' | paste -sd ,; }
	[ "$(plain </sys/kernel/security/lsm)" = "$(plain <<<"$asked")" ]
}

@test "the root directory is a writable overlay" {
	[ "$(findmnt -no FSTYPE /)" = overlay ]
	echo x >/usr/kwp-vm-test
	rm /usr/kwp-vm-test
}

@test "/kwp is read-only, /out is writable" {
	run touch /kwp/kwp-vm-test
	[ "$status" -ne 0 ]
	touch /out/kwp-vm-test
}

@test "cgroup2 is mounted" {
	[ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]
	mkdir /sys/fs/cgroup/kwp-vm-test
	rmdir /sys/fs/cgroup/kwp-vm-test
}

@test "neither bpffs nor tracefs is mounted" {
	run findmnt -t bpf,tracefs,debugfs
	[ -z "$output" ]
}

@test "BTF is there" {
	[[ $KWP_GUEST == 6.* ]] || need_btf
	[ -r /sys/kernel/btf/vmlinux ]
}

@test "signals have their default actions" {
	grep -x 'SigIgn:	0000000000000000' /proc/self/status
}

@test "kwp runs" {
	need_kwp
	run "$KWP" --version
	[ "$status" -eq 0 ]
	[ -n "$output" ]
}
