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
