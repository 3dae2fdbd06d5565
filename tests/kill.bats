#!/usr/bin/env bats
# kill.bats: rules on files where no hook can deny: who changed one is ended when the call is over.
bats_require_minimum_version 1.5.0
load helpers

setup_file() { need_acts; }

setup() {
	need_kernel
	[ "$(id -u)" = 0 ] || skip "not root"
	cd "$BATS_TEST_TMPDIR"
	here=$(pwd -P)
}

fresh() {
	rm -rf guarded free old
	mkdir -p guarded/sub guarded/empty free/sub free/empty old
	echo x >guarded/file
	cp guarded/file free/
	cp guarded/file old/
}

# ends ACT WORD...: % stands for the directory. In one that no rule is about it is done, in the other its process ends.
ends() {
	fresh
	"$KWP" block -q --backend tracepoint --write-file "$here/guarded/**" -- "${@//%/free}" >out 2>err ||
		{ echo "no way: $*: $(cat out err)"; return 1; }
	fresh
	status=0
	"$KWP" block -q --backend tracepoint --write-file "$here/guarded/**" -o json -w seen -- "${@//%/guarded}" >out 2>err || status=$?
	[ "$status" = 137 ] || { echo "not ended: $*: $status $(cat out err)"; return 1; }
	has '.kwp.verdict == "kill" and .kwp.access == "write"' seen
}

@test "names are changed" {
	ends act rename %/file old/moved
	ends act rename old/file %/new
	ends act rename % old/moved
	ends act renameat % file new
	ends act link old/file %/new
	ends act symlink x %/new
	ends act unlink %/file
	ends act rmdir %/empty
	ends act mkdir %/new 700
	ends act mkfifo %/new 600
}

@test "attributes are changed" {
	ends act chmod 600 %/file
	ends act fchmod 600 %/file
	ends act chown 1 1 %/file
	ends act truncate 0 %/file
	ends act setxattr %/file trusted.x y
	ends touch -d 2001-01-01 %/sub
	ends python3 -c 'import os; os.utime("%/sub", (1, 1))'
}

@test "whatever way the words take" {
	ends act unlink "$here/%/file"
	ends act unlink "/proc/../$here/%/sub/.././//file"
	ends sh -c 'cd %/sub && exec act unlink ../file'
	ends sh -c 'cd %/sub && exec act unlink ../../%/file'
	ends python3 -c 'import os; os.unlink("../file", dir_fd=os.open("%/sub", os.O_RDONLY))'
}

# code SIZE: python3 that makes a page of two executable, of which it has only the first.
code() {
	cat >code.py <<-'P'
		import ctypes, sys
		c = ctypes.CDLL(None)
		c.mmap.restype = ctypes.c_void_p
		c.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
		c.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
		c.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
		page = c.mmap(None, 8192, 3, 0x22, -1, 0)
		c.munmap(page + 4096, 4096)
		c.mprotect(page, int(sys.argv[1]), 5)
	P
	status=0
	"$KWP" block -q --backend tracepoint --detect memory-executable -o json -w seen -- python3 code.py "$1" >out 2>err || status=$?
	[ "$status" = 137 ] || { echo "not ended: $1: $status $(cat out err)"; return 1; }
	has '.kwp.verdict == "kill" and .rule.name == "memory-executable"' seen || { cat seen; return 1; }
}

@test "memory becomes code, also by a call that fails half-way" {
	code 4096
	code 8192
}

# kwp proves a policy by processes of its own, which are of neither.
@test "only a user, only a control group" {
	group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)/kwp-scoped-$$
	place=$(mktemp -d /tmp/kwp-scoped.XXXXXX)
	chmod 777 "$place"
	mkdir "$group"
	into() { sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$@"; }
	into sleep 1000 3>&- &
	sleeper=$!
	for scope in "-u 12345" "-c ${group##*/}"; do
		case $scope in -u*) there="setpriv --reuid 12345 --clear-groups" ;; *) there=into ;; esac
		rm -f err
		# shellcheck disable=SC2086 # two words
		"$KWP" block --no-header $scope --backend tracepoint --write-file "$place/**" >said 2>err 3>&- &
		kwp=$!
		until_true 30 grep -q 'in force' err || { cat err; return 1; }
		run -137 $there bash -c "echo x >$place/by"
		echo x >"$place/mine"
		kill -INT "$kwp"
		wait "$kwp"
		grep -q "$place/by" said
	done
	echo 1 >"$group/cgroup.kill"
	wait "$sleeper" || true
	rm -r "$place"
	until_true 10 rmdir "$group"
}
