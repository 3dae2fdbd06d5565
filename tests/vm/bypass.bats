#!/usr/bin/env bats
# bypass.bats: ways to get by rules on paths, in a guest. Each is tried in two directories that are alike: in the one that no rule is
# about it must do what it wants, so that it is known to be a way, and in the other it must not. What kwp does not stop is in
# kwp-block(8), Bypasses.
bats_require_minimum_version 1.5.0
load guest
load ../helpers
export BATS_TEST_TIMEOUT=300

here=/tmp/bypass

# template: what is tried at; fresh DIR: DIR has it, as it was.
template() {
	mkdir -p template/sub
	echo SECRET >template/file
	cp template/file template/sub/
	cp /bin/echo template/prog
	printf '#!/bin/sh\necho RAN\n' >template/script
	cp /lib/x86_64-linux-gnu/libz.so.1 template/lib.so
	chmod 777 template template/sub
	chmod 666 template/file
	chmod 755 template/script
}
fresh() {
	rm -rf --one-file-system "${1:?}"/{new,file,sub}
	mkdir -p "$1"
	cp -a $here/template/. "$1/"
}

# far DIR: directories below it, 60 deep, and others with a path of more than 4096 bytes.
far() {
	python3 - "$1" <<-'P'
		import os, sys
		for name, depth in ("d", 60), ("n" * 250, 20):
		    os.chdir(sys.argv[1])
		    for _ in range(depth):
		        os.mkdir(name)
		        os.chdir(name)
		    open("file", "w").write("SECRET\n")
		    os.symlink(sys.argv[1] + "/../file", "link")
	P
}

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir -p $here /srv/over
	cd $here
	template
	for dir in free guarded open hidden good bad excused; do fresh $dir; done
	mkdir open/long hidden/long
	for dir in free guarded; do state $dir >$dir.was; done
	far $here/open/long
	far $here/hidden/long
	cp $here/open/file /srv/over/seen
	cp $here/open/file /srv/over/unseen
	cat >bypass.yaml <<-Y
		kwp: 1
		name: bypass
		file:
		  - {path: "$here/guarded/**", write: block}
		  - {path: "$here/hidden/**", read: block}
		  - {path: /srv/over/unseen, read: block, write: block}
		  - {path: "$here/excused/**", write: block, except: {process.executable: /usr/bin/mv}}
		process:
		  block: ["$here/bad/**", {path: /usr/bin/busybox, as: [expr]}]
	Y
	"$KWP" load bypass.yaml 2>err 3>&- || echo $? >status
}

teardown_file() { "$KWP" load -q --unload || true; }

setup() {
	need_kwp
	need_btf
	T=$BATS_TEST_TMPDIR
	cd "$T"
	background=()
}
teardown() { [ ${#background[@]} = 0 ] || kill "${background[@]}" || true; } 2>/dev/null

# try WAY DIR: does it in a mount namespace of its own, in an empty directory.
try() {
	(
		cd "$(mktemp -d "$T/XXXXXX")"
		export D=$2 W=$PWD
		timeout 20 unshare -m --propagation private bash -c "$1"
	) >said 2>&1 </dev/null 3>&- || true
}

# state DIR: its names, modes, times and content.
state() { (cd "$1" && find .  -printf '%p %y %m %U %s %T@ %n\n' | sort && getfattr -Rd -m - sub file && getfacl -R sub file && cat file sub/file) 2>&1 || true; }

# writes, reads, runs NAME WAY: it is a way to, and no way there where a rule is.
writes() {
	fresh $here/free
	try "$2" $here/free
	state $here/free >after
	! cmp -s $here/free.was after || { echo "no way to write: $1: $(cat said)"; return 1; }
	try "$2" $here/guarded
	state $here/guarded >after
	cmp $here/guarded.was after || { echo "written by $1: $(cat said)"; return 1; }
}
reads() {
	[ -e $here/open/file ] || fresh $here/open
	try "$2" $here/open
	grep -q SECRET said || { echo "no way to read: $1: $(cat said)"; return 1; }
	try "$2" $here/hidden
	! grep -q SECRET said || { echo "read by $1"; return 1; }
	[ -e $here/hidden/file ] || { echo "moved by $1"; return 1; }
}
runs() {
	try "$2" $here/good
	grep -q RAN said || { echo "no way to run: $1: $(cat said)"; return 1; }
	try "$2" $here/bad
	! grep -q RAN said || { echo "run by $1"; return 1; }
}

@test "what is loaded is proven" {
	cat $here/err
	[ ! -e $here/status ]
}

@test "other spellings of a path" {
	local spellings=(
		'plain|%s|$D/file'
		'symlink|ln -s $D l; %s|l/file'
		'symlink-of-file|ln -s $D/file l; %s|l'
		'root|%s|/proc/self/root$D/file'
		'working-directory|cd $D/sub; %s|/proc/self/cwd/file'
		'dots|%s|$D/sub/.././/file'
		'descriptor|exec 9<$D; %s|/proc/self/fd/9/file'
		'relative|cd $D/sub; %s|../file'
	)
	for spelling in "${spellings[@]}"; do
		IFS='|' read -r name way path <<<"$spelling"
		writes "$name" "${way/\%s/echo x >>}$path"
		reads "$name" "${way/\%s/cat }$path"
	done
	runs symlink 'ln -s $D l; l/prog RAN'
	runs root '/proc/self/root$D/prog RAN'
	runs dots '$D/sub/../prog RAN'
	runs directory 'exec 9<$D; /proc/self/fd/9/prog RAN'
}

@test "other names: hard links, renames, exchanges, removal" {
	writes link 'ln $D/file l; echo x >>l'
	writes rename 'mv $D/file m'
	writes rename-over 'echo x >n; mv n $D/file'
	writes exchange 'echo x >n; dodge exchange n $D/file'
	writes directory 'mv $D/sub s'
	writes recreate 'rm $D/file; echo x >$D/file'
	writes into 'echo x >n; ln n $D/new'
	reads link 'ln $D/file l; cat l'
	reads rename 'mv $D/file m; cat m; mv m $D/file'
	reads exchange 'echo x >n; dodge exchange n $D/file; cat n; dodge exchange n $D/file'
	reads above 'mv $D $D.moved; cat $D.moved/file; mv $D.moved $D'
	runs link 'ln $D/prog l; ./l RAN'
	runs above 'mv $D $D.moved; $D.moved/prog RAN; mv $D.moved $D'
	runs name 'exec -a other $D/prog RAN'
}

@test "a rename is refused, not punished, and excused where an exception says so" {
	status=0
	mv $here/guarded/file m 2>said || status=$?
	[ "$status" = 1 ] && grep -q 'not permitted' said
	mv $here/excused/file $here/excused/moved
	run ! ln $here/excused/moved $here/excused/file
	run ! cp /etc/hostname $here/excused/moved
}

@test "names that a file had before: what forbids holds at each, a default at none" {
	mkdir secret
	echo SECRET >secret/file
	ln secret/file linked
	cp /bin/echo tool
	ln tool tool2
	cat >names.yaml <<-Y
		kwp: 1
		name: names
		process: {default: block, allow: ["/usr/**", "$PWD/tool"]}
		file: [{path: "$PWD/secret/**", read: block}, {path: "$PWD/**", write: block}]
	Y
	"$KWP" block -q -P ./names.yaml -- bash -c './tool RAN; ./tool2 RAN2; cat linked; echo x >>linked; cat names.yaml' \
		>said 2>&1 3>&- || true
	cat said
	grep -qx RAN said
	grep -q 'name: names' said
	run ! grep -E 'RAN2$|SECRET' said
}

@test "other mounts and roots" {
	writes bind 'mkdir m; mount --bind $D m; echo x >>m/file'
	writes bind-of-file ': >m; mount --bind $D/file m; echo x >>m'
	writes chroot 'mkdir m; mount --rbind / m; chroot m sh -c "echo x >>$D/file"'
	writes user-namespace 'chmod 777 . ..; setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urm sh -c "mount --bind $D /mnt; echo x >>/mnt/file"'
	reads bind 'mkdir m; mount --bind $D m; cat m/file'
	reads bind-of-file ': >m; mount --bind $D/file m; cat m'
	reads bind-above 'mkdir m; mount --bind ${D%/*} m; cat m/${D##*/}/file'
	reads chroot 'mkdir m; mount --rbind / m; chroot m cat $D/file'
	reads chroot-below 'mkdir -p r/usr r/d; mount --rbind /usr r/usr; ln -s usr/lib usr/lib64 usr/bin r; mount --bind $D r/d; chroot r /bin/cat /d/file'
	reads overlay 'mkdir o m; mount -t tmpfs none o; mkdir o/u o/w; mount -t overlay -o lowerdir=$D,upperdir=o/u,workdir=o/w overlay m; cat m/file'
	reads user-namespace 'chmod 777 . ..; setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urm sh -c "mount --bind $D /mnt; cat /mnt/file"'
	runs bind 'mkdir m; mount --bind $D m; m/prog RAN'
	runs chroot 'mkdir m; mount --rbind / m; chroot m $D/prog RAN'
	runs overlay 'mkdir o m; mount -t tmpfs none o; mkdir o/u o/w; mount -t overlay -o lowerdir=$D,upperdir=o/u,workdir=o/w overlay m; m/prog RAN'
}

@test "mounts by the calls that have no path" {
	reads detached 'dodge detached $D file'
	reads moved 'mkdir m; dodge moved $D m file'
	reads handle 'dodge handle $D file'
}

@test "an overlay's file is the same when it was copied up" {
	try 'echo x >>$D/seen; cat $D/seen' /srv/over
	grep -q SECRET said
	for _ in 1 2; do
		try 'echo x >>$D/unseen; cat $D/unseen; ln $D/unseen l; cat l; mv $D/unseen m; cat m' /srv/over
		run ! grep SECRET said
		try 'chmod 600 $D/unseen; chown 1 $D/unseen; touch $D/unseen' /srv/over
		[ "$(stat -c '%a %u' /srv/over/unseen)" = "644 0" ]
	done
}

@test "io_uring" {
	writes open 'uring open $D/new'
	writes rename 'uring rename $D/file m'
	writes unlink 'uring unlink $D/file'
	writes link 'echo >n; uring link n $D/new'
	writes symlink 'uring symlink x $D/new'
	writes mkdir 'uring mkdir $D/new'
	[[ $(uring look $here/open/file) =~ look\ [0-9] ]]
	[ "$(uring look $here/hidden/file | tail -n 1)" = "look -1" ]
}

@test "32-bit calls" {
	[ "$(uname -m)" = x86_64 ] || skip "only x86-64 has them"
	[ "$(call -32 20)" = ok ] || skip "this kernel has none"
	writes open 'call -32 5 @$D/new 0x41 0600'
	writes creat 'call -32 8 @$D/new 0600'
	writes unlink 'call -32 10 @$D/file'
	writes rename 'call -32 38 @$D/file @$W/m'
	writes chmod 'call -32 15 @$D/file 0600'
	writes chown 'call -32 212 @$D/file 1 1'
	writes truncate 'call -32 92 @$D/file 1'
	[ "$(call -32 5 @$here/open/file 0)" = ok ]
	[ "$(call -32 5 @$here/hidden/file 0)" = EPERM ]
	status=0
	call -32 11 @$here/good/prog % % >said || status=$?
	[ "$status" = 0 ]
	[ "$(call -32 11 @$here/bad/prog % %)" = EPERM ]
}

@test "each way to change a file" {
	writes truncate 'act truncate 1 $D/file'
	writes open-truncate ': >$D/file'
	writes chmod 'chmod 600 $D/file'
	writes chown 'chown 1 $D/file'
	writes times 'touch -d 2001-01-01 $D/file'
	writes xattr 'setfattr -n trusted.x -v y $D/file'
	writes acl 'setfacl -m u:1:rw $D/file'
	writes mkdir 'mkdir $D/new'
	writes mknod 'mkfifo $D/new'
	writes rmdir 'rm -r $D/sub'
	writes symlink 'ln -s x $D/new'
	writes memory 'dodge write-map $D/file'
	writes copy 'cp /etc/hostname $D/file'
	writes dd 'dd if=/dev/zero of=$D/file bs=1 count=1 conv=notrunc'
	try 'mount -t tmpfs none $D && echo SECRET' $here/guarded
	run ! grep SECRET said
}

@test "each way to read a file" {
	reads splice 'dodge splice $D/file'
	reads path-descriptor 'dodge opath $D/file'
	reads copy 'cp $D/file c; cat c'
	reads archive 'tar cf - -C $D file'
	reads map "python3 -c 'import mmap, sys; f = open(sys.argv[1], \"rb\"); print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:])' \$D/file"
}

@test "each way to execute a file" {
	runs plain '$D/prog RAN'
	runs loader '/lib64/ld-linux-x86-64.so.2 $D/prog RAN'
	runs descriptor 'exec 9<$D/prog; /proc/self/fd/9 RAN'
	runs path-descriptor 'dodge exec-fd $D/prog'
	runs script '$D/script'
	runs library 'LD_PRELOAD=$D/lib.so /bin/echo RAN | grep -v "cannot be preloaded" | grep -c . >/dev/null; python3 -c "import ctypes, sys; ctypes.CDLL(sys.argv[1] + \"/lib.so\"); print(\"RAN\")" $D'
	runs memory 'dodge exec-map $D/prog && echo RAN'
}

@test "a path of many or of long components" {
	reads deep 'd=$D/long; for i in {1..60}; do d=$d/d; done; cat $d/file'
	reads by-steps 'dodge deep $D/long'
	reads long 'cd $D/long; for i in {1..20}; do cd n*; done; cat file'
	reads link-at-the-end 'cd $D/long; for i in {1..20}; do cd n*; done; cat ./link'
}

@test "a path that another thread changes meanwhile" {
	mkdir -p $here/public $here/opened
	echo PUBLIC >$here/public/file
	echo SECRET >$here/opened/file
	dodge race $here/public/file $here/opened/file 1
	dodge race $here/public/file $here/hidden/file 5 >said || true
	cat said
	grep -qx '0 got' said
}

@test "a program of many names" {
	[ "$(busybox expr 1 + 1 2>&1)" != 2 ]
	ln -s /usr/bin/busybox expr
	[ "$(./expr 1 + 1 2>&1)" != 2 ]
	[ "$(bash -c 'exec -a expr /usr/bin/busybox 1 + 1' 2>&1)" != 2 ]
	[ "$(bash -c 'exec -a /x/expr busybox 1 + 1' 2>&1)" != 2 ]
	[ "$(busybox basename a/2)" = 2 ]
}

@test "descriptors that another process opened" {
	printf 'kwp: 1\nname: bypass\nscope: {containers: ["*"]}\nfile:\n  - {path: "%s", read: block}\n' "$here/hidden/**" >contained.yaml
	"$KWP" load -q contained.yaml 3>&-
	cat $here/hidden/file
	for dir in open hidden; do
		dodge give "$T/$dir" $here/$dir/file >"$T/$dir.gives" 3>&- &
		background+=($!)
		until_true 10 grep -q ready "$T/$dir.gives"
	done
	[ "$(unshare -m dodge take "$T/open")" = SECRET ]
	[ "$(unshare -m dodge take "$T/hidden")" != SECRET ]
	sleep 60 7<$here/open/file 8<$here/hidden/file 3>&- &
	background+=($!)
	until_true 10 test -e /proc/$!/fd/8
	[ "$(unshare -m dodge getfd $! 7)" = SECRET ]
	[ "$(unshare -m dodge getfd $! 8)" != SECRET ]
	[ "$(unshare -m cat /proc/$!/fd/7)" = SECRET ]
	[ "$(unshare -m cat /proc/$!/fd/8)" != SECRET ]
	"$KWP" load -q $here/bypass.yaml 3>&-
}

@test "who leaves the tree of processes stays in what it is confined to" {
	"$KWP" load -q --unload 3>&-
	"$KWP" block -q --read-file "$here/hidden/**" -- bash -c "(setsid -f bash -c '
		sleep 0.5; for dir in open hidden; do cat $here/\$dir/file >$T/\$dir 2>&1; echo >>$T/\$dir; done') &
		until [ -s $T/hidden ]; do sleep 0.2; done" 3>&- || true
	grep -q SECRET "$T/open"
	run ! grep SECRET "$T/hidden"
}
