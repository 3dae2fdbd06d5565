# guest.bash: helpers for the bats files here, which run in a guest: load guest
# ./matrix sets KWP (the binary), KWP_GUEST (the guest's name) and KWP_LSM (1: the kernel runs BPF LSM programs).

# need_kwp: skip the test if kwp is not built.
need_kwp() { [ -x "$KWP" ] || skip "$KWP is not built"; }

# need_lsm, need_no_lsm: skip the test if BPF LSM programs do not, or do, run in this guest.
need_lsm() { [ "$KWP_LSM" = 1 ] || skip "no BPF LSM in this guest"; }
need_no_lsm() { [ "$KWP_LSM" = 0 ] || skip "this guest has BPF LSM"; }

# need_btf: skip the test if the kernel has no BTF.
need_btf() { [ -e /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"; }

# cmdline NAME: the value of NAME= on the kernel's command line; the last one counts.
cmdline() { tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1; }

# load_profile: loads the profile on standard input for the tests of a file, as p.yaml of $BATS_FILE_TMPDIR.
# proven CLASSES: that was done as a whole, and said that it enforces these.
load_profile() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	cat >"$BATS_FILE_TMPDIR/p.yaml"
	"$KWP" load "$BATS_FILE_TMPDIR/p.yaml" 2>"$BATS_FILE_TMPDIR/err" || echo $? >"$BATS_FILE_TMPDIR/status"
}
proven() {
	cat "$BATS_FILE_TMPDIR/err"
	[ ! -e "$BATS_FILE_TMPDIR/status" ] && grep -q "enforces: $1" "$BATS_FILE_TMPDIR/err"
}

# other_end: a network namespace at the other end of a pair of devices: 10.9.0.2 and fd09::2 at veth1; here it is .1 at veth0.
# outside COMMAND...: in there; of one in the background $! is that of a shell.
other_end() {
	ip netns add other
	ip link add veth0 type veth peer name veth1 netns other
	ip addr add 10.9.0.1/24 dev veth0
	ip -6 addr add fd09::1/64 dev veth0 nodad
	ip link set veth0 up
	outside ip addr add 10.9.0.2/24 dev veth1
	outside ip -6 addr add fd09::2/64 dev veth1 nodad
	outside ip link set veth1 up
}
outside() { nsenter --net=/run/netns/other "$@"; }
