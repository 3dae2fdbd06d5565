#!/usr/bin/env bats
# diff.bats: kwp diff on real directories: baselines, drift, hostile names, what it must not fall for. What needs a
# kernel that kwp can watch is skipped elsewhere.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/bin" "$root/etc" "$root/lib" "$root/data"
	cp /bin/true "$root/bin/tool"
	printf '#!/bin/sh\necho 1\n' >"$root/bin/script"
	chmod 755 "$root/bin/script"
	echo a=1 >"$root/etc/conf"
	echo x >"$root/lib/lib.so.1"
	echo "no program" >"$root/data/text"
}

# kdiff ARG...: kwp diff; lines in out, diagnostics in err, exit status in $status.
kdiff() {
	status=0
	"$KWP" diff "$@" >out 2>err || status=$?
}

is() { [ "$status" = "$1" ] || { echo "status $status, not $1"; cat out err; return 1; }; }

# record ARG...: a baseline of the files below root.
record() {
	kdiff --record base --root "$root" --only files "$@"
	is 0
}

# drift LINES ARG...: comparing tells exactly these lines (sorted), and exits by that.
drift() {
	local want=$1
	shift
	kdiff base --root "$root" --only files "$@"
	is "$([ -z "$want" ] && echo 0 || echo 1)"
	diff <(echo -n "${want:+$want$'\n'}") out
}

# Times of files are as fine as the clock of the file system: what was just written has no stamp yet.
settle() { find "$root" -exec touch -h -d '2001-01-01' {} +; sleep 2.1; }

@test "no change: no line, status 0" {
	record
	drift ""
	[ ! -s out ]
}

@test "A, C and D with the letters of what changed" {
	record
	echo '#!/bin/sh' >"$root/bin/new"
	chmod 700 "$root/bin/new"
	echo b >>"$root/etc/conf"
	chmod 4755 "$root/bin/tool"
	chown 12:34 "$root/bin/script"
	rm "$root/lib/lib.so.1"
	chmod 711 "$root/data"
	hash=$(sha256sum <"$root/bin/new" | cut -c1-12)
	old=$(printf 'a=1\n' | sha256sum | cut -c1-12) new=$(sha256sum <"$root/etc/conf" | cut -c1-12)
	gone=$(echo x | sha256sum | cut -c1-12)
	drift "A ++++++++++ /bin/new type=file sha256=$hash size=10 mode=0700 uid=0 gid=0
C ....ug.... /bin/script uid=0->12 gid=0->34
C ...m...... /bin/tool mode=0755->4755
C ...m...... /data mode=0755->0711
C .cs....... /etc/conf sha256=$old->$new size=4->6
D ---------- /lib/lib.so.1 type=file sha256=$gone size=2 mode=0644 uid=0 gid=0"
}

@test "types, links, devices, capabilities and extended attributes" {
	ln -s tool "$root/bin/link"
	mknod "$root/data/null" c 1 3 || skip "may not make devices"
	setfattr -n user.a -v b "$root/bin/script" 2>/dev/null || python3 -c "import os; os.setxattr('$root/bin/script', 'user.a', b'b')" || skip "no extended attributes here"
	record
	drift ""
	ln -sf /etc/passwd "$root/bin/link"
	rm "$root/data/null"
	mknod "$root/data/null" c 1 5
	python3 -c "import os; os.setxattr('$root/bin/script', 'user.a', b'c')"
	setcap cap_net_raw=ep "$root/bin/tool"
	rm -r "$root/lib"
	echo x >"$root/lib"
	chmod 755 "$root/lib"
	kdiff base --root "$root" --only files
	is 1
	grep -qF 'C ........l. /bin/link target=tool->/etc/passwd' out
	grep -qF 'C .........d /data/null device=1:3->1:5' out
	grep -qF 'C .......x.. /bin/script xattrs=user.a=b->user.a=c' out
	grep -qF 'C ......k... /bin/tool capabilities=-->CAP_NET_RAW=ep' out
	grep -qE '^C tcs[.]+ /lib type=directory->file' out
	grep -qF 'D ---------- /lib/lib.so.1' out
}

@test "content is found without a name that says so, and data is not there unless --all asks" {
	record
	cp /bin/true "$root/data/hidden"
	chmod 644 "$root/data/hidden"
	echo more >>"$root/data/text"
	kdiff base --root "$root" --only files
	[ "$(cut -d' ' -f1,3 out)" = "A /data/hidden" ]
	rm base
	record --all
	echo more >>"$root/data/text"
	kdiff base --root "$root" --only files
	[ "$(cut -d' ' -f1,2,3 out)" = "C .cs....... /data/text" ]
}

@test "unchanged files are not read again; --rehash reads them" {
	settle
	record
	grep -q '5 hashed\|4 hashed' err
	kdiff base --root "$root" --only files
	grep -q ' 0 hashed' err
	kdiff base --root "$root" --only files --rehash
	grep -q '4 hashed' err
	# Neither does a new baseline over an old one.
	cp base old
	record
	grep -q ' 0 hashed' err
	diff <(grep -v ^time: old) <(grep -v ^time: base)
	# Since another boot the disk may be another one.
	sed 's/^boot: "./&x/' old >other
	kdiff other --root "$root" --only files
	grep -q '4 hashed' err
	# A content that comes back with its old size and times is still another inode or ctime.
	echo X >"$root/lib/lib.so.1"
	touch -d '2001-01-01' "$root/lib/lib.so.1"
	kdiff base --root "$root" --only files
	is 1
	grep -q '^C .c' out
}

@test "a walk never leaves the root, and never waits" {
	mkfifo "$root/data/fifo"
	ln -s / "$root/data/slash"
	ln -s .. "$root/data/up"
	ln -s loop "$root/data/loop"
	python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('$root/data/socket')"
	mkdir "$root/proc"
	record --all
	run ! grep -q '/etc/passwd"' base
	for f in fifo slash up loop socket; do grep -qF "path: \"/data/$f\"" base; done
	drift ""
	mount -t proc proc "$root/proc" || skip "may not mount"
	kdiff --record - --root "$root" --only files -v
	umount "$root/proc"
	is 0
	grep -q '/proc: proc' err
	run ! grep -q 'path: "/proc/' out
}

@test "a file of holes is not read, a mount that never answers is not asked, and both are told" {
	record
	truncate -s 4T "$root/bin/tool"
	kdiff base --root "$root" --only files
	is 1
	grep -qE '^C \.cs\.+ /bin/tool sha256=[0-9a-f]+->- size=[0-9]+->4398046511104$' out
	grep -q 'not looked at: /bin/tool: it is big and nearly all holes' err
	[ -w /dev/fuse ] || skip "no FUSE here"
	# In another mount namespace, whose process is the way in. Nobody reads what the kernel asks.
	exec 8<>/dev/fuse 9<>/dev/fuse
	unshare -m sh -c 'mount -i -t fuse -o fd=8,rootmode=40000,user_id=0,group_id=0 none "$1/data" &&
		mount -i -t fuse -o fd=9,rootmode=100644,user_id=0,group_id=0 none "$1/etc/conf" && echo >ready && exec sleep 60' - "$root" 3>&- &
	other=$!
	until_true 5 test -e ready || skip "may not mount"
	status=0
	timeout -s KILL 30 "$KWP" diff --record - --root "/proc/$other/root$root" --only files,mounts -v >out 2>err || status=$?
	kill "$other"
	[ "$status" = 4 ]
	grep -q 'not looked into: /data: fuse' err
	grep -q 'not looked into: /etc/conf: fuse' err
	grep -qF "{name: \"$root/data\", type: \"fuse\"" out
}

@test "who changes a file without end, or has a lease on it, does not hide it" {
	cp /bin/ls "$root/bin/known"
	record
	cp /bin/ls "$root/bin/new"
	cp /bin/ls "$root/bin/tool"
	cp /bin/ls "$root/bin/leased"
	python3 -c 'import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
os.chdir(sys.argv[1])
held = open("leased", "r+b")
fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_WRLCK)
open("../../ready", "w")
while True:
    for name in "new", "tool", "known": os.utime(name)' "$root/bin" 3>&- &
	busy=$!
	until_true 10 test -e ready
	kdiff base --root "$root" --only files
	kill "$busy"
	cat err out
	is 1
	hash=$(sha256sum </bin/ls | cut -c1-12)
	grep -q "^A +* /bin/new type=file sha256=$hash size" out
	grep -q "^C .cs\.* /bin/tool sha256=[0-9a-f]*->$hash " out
	grep -q '^A +* /bin/leased type=file size=' out
	[ "$(wc -l <out)" = 3 ]
	grep -q 'not looked at: /bin/leased: another process has a lease on it' err
}

@test "names with any bytes: one line each, and the baseline is YAML that says the same" {
	python3 - "$root" <<-'EOF'
		import os, sys
		root = os.fsencode(sys.argv[1]) + b'/bin/'
		for name in [b'\x1b[31m', b'a\nb', b'\xff\xfe', b'"q"', b'back\\x41', b'\xe2\x80\xae', b' ', b'\x7f', b'\xef\xbf\xbf', b"it's", b'#', b': -']:
		    open(root + name, 'wb').close()
		    os.chmod(root + name, 0o755)
	EOF
	kdiff --record base --root "$root" --only files --ignore '/bin/*'
	is 0
	sed -i '/^ignored/d' base
	kdiff base --root "$root" --only files
	is 1
	[ "$(wc -l <out)" = 14 ]
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' out
	iconv -f utf-8 -t utf-8 out >/dev/null
	kdiff base --root "$root" --only files -o json
	[ "$(jq -c .file.path out | wc -l)" = 14 ]
	jq -e -s 'any(.[]; .file.path == "/bin/\u001b[31m") and any(.[]; .file.path == "/bin/\\xff\\xfe")' out
	record
	drift ""
	python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is missing"
	python3 -c 'import yaml, sys; d = yaml.safe_load(open("base")); assert len([f for f in d["files"] if f["path"].startswith("/bin/")]) == 14, d; assert any(f["path"] == "/bin/\x1b[31m" for f in d["files"])'
}

@test "a user who may not read all of it is told, exit 4, and what was not seen is not deleted" {
	record
	chmod 700 "$root/lib" "$root/etc/conf"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
	chmod 644 base
	cp "$KWP" kwp
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups ./kwp diff base --root "$root" --only files --ignore '/etc/conf'
	[ "$status" = 4 ] || { echo "$status $output $stderr"; ls -ld / /tmp "$BATS_TEST_TMPDIR"; return 1; }
	grep -qF '/lib: Permission denied' <<<"$stderr"
	run ! grep -q '^D' <<<"$output"
}

@test "--ignore, --since and --only" {
	record
	sleep 0.1
	cp "$root/bin/tool" "$root/bin/old"
	cp "$root/bin/tool" "$root/etc/new"
	kdiff base --root "$root" --only files --ignore '/bin/**'
	grep -q ' hashed, 1 difference$' err
	[ "$(cut -d' ' -f3 out)" = /etc/new ]
	kdiff base --root "$root" --only files --ignore '**/new' --ignore '/bin/*'
	is 0
	kdiff base --root "$root" --only files --since 1h
	[ "$(wc -l <out)" = 2 ]
	kdiff base --root "$root" --only files --since 2099-01-01T00:00:00Z
	is 0
	for words in "--only file" "--since tomorrow" "--since -1m" "--threads 0" "--fields a" "base x y" ""; do
		# shellcheck disable=SC2086
		kdiff $words
		is 2
		[ -s err ]
	done
	# Nothing is no subject: who asks for it by mistake is not told that nothing differs.
	for only in "" "," "files," ",files"; do
		kdiff base --root "$root" --only "$only"
		is 2
		grep -q "unknown word ''" err
	done
	kdiff base x y
	grep -q "'y' is one word too many" err
	# Patterns of the baseline stay in force.
	kdiff --record base2 --root "$root" --only files --ignore '/bin/**'
	echo x >>"$root/bin/tool"
	kdiff base2 --root "$root" --only files
	is 0
}

@test "files that come, change and go during the walk are no error" {
	mkdir "$root/busy"
	(
		trap 'exit 0' TERM
		while :; do
			for i in 1 2 3 4 5; do
				head -c 300000 /dev/urandom >"$root/busy/$i.so"
				mkdir -p "$root/busy/d$i/e"
			done
			rm -rf "$root"/busy/*
		done
	) 3>&- &
	churn=$!
	failed=
	for _ in 1 2 3 4 5 6 7 8; do
		kdiff --record - --root "$root" --only files
		[ "$status" = 0 ] || failed="$failed $status"
		tail -n 1 out | grep -q 'name: "partly", value: "0"' || failed="$failed cut"
	done
	kill "$churn"
	wait "$churn" || true
	[ -z "$failed" ] || { echo "$failed"; cat err; return 1; }
}

@test "a damaged baseline is refused with its place, and nothing is overwritten" {
	record
	sed '/^complete/,$d' base >cut
	head -c -20 base >half
	sed 's/path: "\/bin"/path: "\/zzz"/' base >disorder
	sed 's/uid: "0"/uid: 0/' base >bare
	echo text >other
	for f in cut half disorder bare other; do
		kdiff $f --root "$root" --only files
		is 2
		grep -q "$f" err
	done
	grep -q 'other is no baseline' err
	kdiff bare --root "$root"
	grep -qE 'bare:[0-9]+:[0-9]+: a text in double quotes' err
	kdiff --record other --root "$root" --only files
	is 2
	[ "$(cat other)" = text ]
	kdiff --record base --root "$root/nothing" --only files
	is 2
	grep -q "$root/nothing" err
	kdiff --record /nowhere/base --root "$root" --only files
	is 2
	[ "$(ls | grep -c 'base\.')" = 0 ]
}

@test "a baseline that lies in the root is no part of it" {
	kdiff --record "$root/etc/base" --root "$root" --only files
	is 0
	kdiff "$root/etc/base" --root "$root" --only files
	is 0
}

@test "output that can't be delivered is exit 5" {
	record
	echo x >>"$root/bin/tool"
	status=0
	"$KWP" diff base --root "$root" --only files >/dev/full 2>err || status=$?
	[ "$status" = 5 ]
	"$KWP" diff base --root "$root" --only files -w sink -q || [ $? = 1 ]
	grep -q '^C .cs....... /bin/tool' sink
}

@test "the state of the guest: sysctls, mounts, processes, sockets" {
	mkdir m
	kdiff --record base --only sysctls,mounts,procs,net,kernel,modules
	[ "$status" = 0 ] || [ "$status" = 4 ]
	for s in kernel modules sysctls mounts net procs; do grep -q "^$s:" base; done
	run ! grep -q '^files:' base
	grep -q '{name: "release", value: "'"$(uname -r)"'"}' base
	mount -t tmpfs none m || skip "may not mount"
	nc -l 127.0.0.1 47111 3>&- &
	listener=$!
	sleep 0.5
	kdiff base --only mounts,net
	kill "$listener"
	umount m
	is 1
	grep -qE "^A .* mounts:$BATS_TEST_TMPDIR/m type=tmpfs" out
	grep -qE '^A .* net:.listen tcp 127\.0\.0\.1:47111. process=/.*nc' out
}

@test "-c: the files and processes of one container" {
	cgroups=$(awk '$0 ~ / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	id=$(echo "$BATS_TEST_TMPDIR" | sha256sum | cut -c1-64)
	mkdir "$cgroups/$id" 2>/dev/null || skip "may not make control groups"
	(echo "$BASHPID" >"$cgroups/$id/cgroup.procs" && exec sleep 60) 3>&- &
	pid=$!
	sleep 0.5
	kdiff -c "${id:0:12}" --only procs --record base
	first=$status
	cp base one
	kdiff -c nosuchcontainer --only procs --record base
	kill "$pid"
	wait "$pid" || true
	rmdir "$cgroups/$id"
	is 2
	[ "$first" = 0 ]
	[ "$(grep -c 'name: "/' one)" = 1 ]
	grep -q 'args: "sleep 60"' one
	grep -q "^container: \"$id\"" one
	grep -q '^root: "/"$' one
}

@test "secrets in arguments of processes are masked" {
	perl -e 'sleep 20' -- --password=geheim 3>&- &
	secret=$!
	sleep 0.2
	kdiff --record - --only procs
	kill "$secret"
	grep -q 'password=\*\*\*' out
	run ! grep -q geheim out
}

@test "--merge: what any of them has; --learn wants something that was recorded" {
	record
	cp base one
	cp /bin/true "$root/bin/other"
	rm base
	record
	rm "$root/bin/other"
	kdiff --merge one base
	is 0
	cp out merged
	kdiff merged --root "$root" --only files
	[ "$(cut -d' ' -f1,3 out)" = "D /bin/other" ]
	kdiff --learn one
	is 2
	grep -q 'holds nothing that was recorded' err
	kdiff --merge
	is 2
	kdiff --learn
	is 2
}

@test "--learn from a recording of all acts: a profile that kwp takes without a word" {
	kdiff --learn "$DATA/acts.kwp"
	is 0
	cp out learnt.yaml
	grep -q 'default: block' learnt.yaml
	grep -q '# once' learnt.yaml
	"$KWP" diff ./learnt.yaml ./learnt.yaml >same 2>err
	[ ! -s same ] && [ ! -s err ]
	kdiff --learn "$DATA/acts.kwp"
	cmp out learnt.yaml
	kdiff --learn "$DATA/acts.kwp" -c nosuchcontainer
	is 2
}

@test "profile against profile, in words" {
	kdiff base strict
	is 1
	grep -qF 'newly denied: writing /etc/crontab (was allowed, is blocked)' out
	kdiff strict base
	grep -qF 'newly allowed: writing /etc/crontab (was blocked, is allowed)' out
	kdiff strict strict
	is 0
	[ ! -s out ]
	kdiff strict ./nosuch.yaml
	is 2
	grep -q nosuch.yaml err
	mkdir -p empty
	kdiff --root empty --only files --record old
	kdiff old strict
	is 2
	grep -q 'old is a baseline' err
	[ "$(wc -l <err)" = 1 ]
}

@test "a recorded command: what it ran and wrote, who did it, and a profile of it" {
	need_kernel
	record
	kdiff --record acts --root "$root" --only files,procs,net --write raw.kwp -- sh -c "cp $root/bin/tool $root/bin/evil; chmod 4755 $root/bin/tool; ls >/dev/null"
	[ "$status" = 0 ] || [ "$status" = 4 ]
	grep -qE 'name: "/(usr/)?bin/cp", as: "program"' acts
	grep -qF "name: \"$root/bin/evil\", access: \"write\"" acts
	grep -q '{name: "lost", value: "0"}' acts
	kdiff base --root "$root" --only files --read raw.kwp
	is 1
	grep -qE '^A .* /bin/evil .* by=/(usr/)?bin/cp\[[0-9]+\]:(create|open)@20' out
	grep -qE '^C .* /bin/tool .* by=/(usr/)?bin/chmod\[[0-9]+\]:chmod@20' out
	kdiff base --root "$root" --only files --read raw.kwp -o json
	jq -es 'any(.[]; .file.path == "/bin/evil" and (.process.executable | endswith("/cp")))' out
	# The same again is nothing new; something else is.
	kdiff acts --root "$root" --only procs,net -q -- ls
	run ! grep -q ' programs:' out
	kdiff acts --root "$root" --only procs,net -q -- sort /dev/null
	grep -qE '^A .* programs:/(usr/)?bin/sort as=program' out
	kdiff --learn acts
	is 0
	grep -qE '^    - "/(usr/)?bin/cp"  # once$' out
	cp out learnt.yaml
	kdiff --learn raw.kwp
	is 0
	"$KWP" diff ./learnt.yaml ./learnt.yaml
}

@test "a command that can't run, and a kernel that can't be watched, are no baseline" {
	need_kernel
	kdiff --record never --only procs -- "$BATS_TEST_TMPDIR/nosuchcommand"
	is 127
	[ ! -e never ]
}

@test "without words a comparison looks where and at what the baseline did; what is asked for and not in it is told" {
	mkdir -p own/bin
	cp /bin/true own/bin/t
	"$KWP" diff -q --only files --root own --record own.yaml
	run -0 --separate-stderr "$KWP" diff own.yaml
	[[ $stderr == *"not in the baseline, and not compared: kernel"* ]]
	[[ $stderr != *"does not see"* ]]
	chmod 700 own/bin/t
	cd /
	run -1 --separate-stderr "$KWP" diff "$BATS_TEST_TMPDIR/own.yaml"
	[ "$output" = "C ...m...... /bin/t mode=0755->0700" ]
	run -4 --separate-stderr "$KWP" diff --only net "$BATS_TEST_TMPDIR/own.yaml"
	[[ $stderr == *"not compared: net"* ]]
}
