#!/usr/bin/env bats
# diff.bats: kwp diff in a guest: roots of each kind that containers have, looked at from the guest and from inside; roots that
# fight back; what a loaded policy has to do with it.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

agent=/run/kata-containers
images=/tmp/images

id_of() { echo "$1" | sha256sum | cut -c1-64; }

# tree DIR: what every root has. Nothing in it is newer than the others.
tree() {
	local file
	mkdir -p "$1"/{bin,etc,lib64,data,proc,sys,dev,kwp,decoy/bin}
	for file in $(ldd /bin/busybox | grep -o '/[^ ]*'); do cp --parents -L "$file" "$1"; done
	cp /bin/busybox "$1/bin/"
	cp /bin/true "$1/bin/tool"
	echo port=80 >"$1/etc/conf"
	echo text >"$1/data/text"
	ln -s / "$1/data/slash"
	ln -s ../../../../../../etc/shadow "$1/data/up"
	mkfifo "$1/data/fifo"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1/data/socket"
	chmod 644 "$1/etc/conf"
	find "$1" -exec touch -h -d 2026-01-01 {} +
}

# image KIND DIR: an image of DIR in $images/KIND, the same for the same DIR.
image() {
	local uuid=11111111-2222-3333-4444-555555555555
	case $1 in
	ext4) truncate -s 64M "$images/ext4" && mke2fs -q -t ext4 -U $uuid -d "$2" "$images/ext4" ;;
	erofs) mkfs.erofs --quiet -T 1767225600 -U $uuid "$images/erofs" "$2" >/dev/null ;;
	esac
}

# root_mount KIND: a root of that kind at its bundle.
root_mount() {
	local at=$agent/$(id_of "$1")/rootfs
	mkdir -p "$at"
	case $1 in
	ext4 | erofs) mount -o loop "$images/$1" "$at" ;;
	tmpfs) mount -t tmpfs none "$at" && cp -a "$images/tree/." "$at" ;;
	overlay)
		mkdir -p $images/upper $images/work
		mount -t overlay -o "lowerdir=$images/tree,upperdir=$images/upper,workdir=$images/work" overlay "$at"
		;;
	shared)
		# 9p takes neither FIFOs nor sockets.
		cp -a "$images/tree" /out/tree 2>copied || ! grep -v 'fifo\|special file' copied
		mount --bind /out/tree "$at"
		;;
	esac
}

# container KIND: starts one in its root, with a mount of its own in it.
container() {
	local id
	id=$(id_of "$1")
	cd "$agent/$id"
	rm -f config.json
	crun spec
	jq --arg id "$id" '.process.terminal = false | .process.args = ["/bin/busybox", "sleep", "900"] | .root.readonly = false |
		.process.capabilities[] += ["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_MKNOD"] | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
		.mounts += [{"destination":"/kwp","type":"bind","source":"/kwp","options":["rbind","ro"]}] |
		.linux.cgroupsPath = "/kubepods/burstable/pod0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/\($id)"' config.json >new.json
	mv new.json config.json
	crun --cgroup-manager=cgroupfs run --detach "$id" >crun.out 2>&1 </dev/null 3>&- || { cat crun.out; return 1; }
	cd "$OLDPWD"
}
inside() { crun --cgroup-manager=cgroupfs exec "$(id_of "$kind")" "$@" 3>&-; }

setup_file() {
	modprobe -a loop erofs 2>/dev/null || true
	mkdir -p $images
	tree $images/tree
}

setup() {
	need_kwp
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	"$KWP" load -q --unload 2>/dev/null || true
	[ -z "${kind-}" ] || {
		crun --cgroup-manager=cgroupfs delete -f "$(id_of "$kind")"
		umount -R "$agent/$(id_of "$kind")/rootfs"
		rm -rf $images/upper $images/work /out/tree
	} 2>/dev/null || true
}

is() { [ "$status" = "$1" ] || { echo "status $status, not $1"; cat out err; return 1; }; }
kdiff() {
	status=0
	timeout 60 "$KWP" diff "$@" >out 2>err 3>&- || status=$?
}

# looked_at: the root of $kind has a baseline, from the guest and by -c; again there is no difference, and only an image is
# read again; from inside it is the same.
looked_at() {
	local id hashed
	id=$(id_of "$kind")
	root_mount "$kind"
	container "$kind"
	sleep 2.1 # what has just changed is always read again
	kdiff -c "${id:0:12}" --only files --ignore '/kwp/**' --ignore '/dev/**' --record base
	is 0
	grep -q '"/bin/tool"' base
	grep -q '"/data/slash", type: "symlink"' base
	run ! grep -qE 'path: "/(data/slash|data/up|proc|sys)/' base
	grep -q "^container: \"$id\"" base
	kdiff -c "${id:0:12}" --only files base
	is 0
	hashed=$(sed -n 's/.* \([0-9]*\) hashed.*/\1/p' err)
	if [ "$kind" = erofs ]; then [ "$hashed" -ge 4 ]; else [ "$hashed" = 0 ]; fi
	sed '/^container:/d' base >inside.base
	inside /bin/busybox sh -c '/bin/busybox cat >/dev/inside.base; /kwp/build/kwp diff --only files /dev/inside.base' <inside.base >out 2>err || { cat out err; return 1; }
	kdiff --root "$agent/$id/rootfs" --only files --ignore '/proc' --ignore '/sys' inside.base
	is 0
}

# changed: what was done to it since is told, from the guest.
changed() {
	local id
	id=$(id_of "$kind")
	kdiff -c "${id:0:12}" --only files base
	is 1
	grep -qE '^A [+]+ /bin/new type=file sha256=' out
	grep -qE '^C \.c\.+ /etc/conf sha256=[0-9a-f]+->[0-9a-f]+$' out
	grep -qE '^D -+ /bin/tool ' out
	[ "$(grep -c '/bin/new\|/etc/conf\|/bin/tool' out)" = 3 ]
}
change() {
	sed -i s/80/81/ "$1/etc/conf"
	mv "$1/bin/tool" "$1/bin/new"
}

@test "a root that the host shares, by virtio-fs or 9p" { kind=shared; looked_at; change /out/tree; changed; }
@test "a root on an overlay" { kind=overlay; looked_at; change "$agent/$(id_of $kind)/rootfs"; changed; }
@test "a root in memory" { kind=tmpfs; looked_at; change "$agent/$(id_of $kind)/rootfs"; changed; }
@test "a root on a block device" {
	kind=ext4
	image ext4 $images/tree
	looked_at
	change "$agent/$(id_of $kind)/rootfs"
	changed
}

@test "a root that is an image: another one in its place, of the same sizes and times, is told" {
	kind=erofs
	image erofs $images/tree
	looked_at
	crun --cgroup-manager=cgroupfs delete -f "$(id_of $kind)"
	umount "$agent/$(id_of $kind)/rootfs"
	cp -a $images/tree other
	change other
	find other -exec touch -h -d 2026-01-01 {} +
	image erofs other
	root_mount $kind
	container $kind
	changed
}

# hostile: the container of $kind, with what somebody in it has done to the walk.
hostile() {
	kind=overlay
	root_mount $kind
	container $kind
	id=$(id_of $kind)
	pid=$(crun --cgroup-manager=cgroupfs state "$id" | jq .pid)
}

@test "a server of a container's mounts that never answers does not stop the walk, nor does a file of holes" {
	hostile
	truncate -s 4T "$agent/$id/rootfs/bin/hollow"
	chmod 755 "$agent/$id/rootfs/bin/hollow"
	# Nobody reads what the kernel asks there.
	exec 8<>/dev/fuse 9<>/dev/fuse
	nsenter -t "$pid" -m /bin/busybox mount -t fuse -o fd=8,rootmode=40000,user_id=0,group_id=0 none /data
	nsenter -t "$pid" -m /bin/busybox mount -t fuse -o fd=9,rootmode=100644,user_id=0,group_id=0 none /etc/conf
	kdiff -c "${id:0:12}" --only files,mounts -v --record base
	cat err
	is 4
	grep -q 'not looked into: /data: fuse' err
	grep -q 'not looked into: /etc/conf: fuse' err
	grep -q 'not looked at: /bin/hollow: it is big and nearly all holes' err
	grep -q '{name: "/data", type: "fuse"' base
	grep -q '{path: "/bin/hollow", type: "file", size: "4398046511104"' base
	grep -q '"/bin/tool"' base
}

@test "a process with another root and a lower number does not stand for the container" {
	[ -w /proc/sys/kernel/ns_last_pid ] || skip "this kernel lets nobody choose a number"
	echo 3000 >/proc/sys/kernel/ns_last_pid
	hostile
	cp -a $images/tree/{bin,lib,lib64} "$agent/$id/rootfs/decoy/"
	rm "$agent/$id/rootfs/decoy/bin/tool"
	[ "$pid" -gt 3000 ]
	echo 500 >/proc/sys/kernel/ns_last_pid
	inside /bin/busybox chroot /decoy /bin/busybox sleep 100 &
	until_true 20 sh -c 'for p in /proc/[5-6]??/root; do [ "$(readlink "$p")" = /decoy ] && exit; done; exit 1'
	kdiff -c "${id:0:12}" --only files --record base
	is 0
	grep -q 'path: "/bin/tool"' base
	grep -q 'path: "/decoy/bin/busybox"' base
}

@test "an exec and a policy: who changed what is told by a loaded kwp that saw it" {
	mkdir -p /srv/seen/etc
	echo 1 >/srv/seen/etc/conf
	printf 'kwp: 1\nname: seen\nfile:\n  - {path: "/srv/seen/**", write: monitor}\n' >seen.yaml
	kdiff --root /srv/seen --only files --record base
	"$KWP" load -q ./seen.yaml 3>&- || [ $? = 4 ]
	sh -c 'echo 2 >>/srv/seen/etc/conf'
	cp /bin/true /srv/seen/tool
	chmod 600 /srv/seen/etc/conf
	kdiff --root /srv/seen --only files --attached base
	is 1
	cat out
	grep -qE '^A .* /tool .* by=(/usr/bin/)?cp\[[0-9]+\]:(open|create)@20' out
	grep -qE '^C .* /etc/conf .* by=(/usr/bin/)?(chmod|sh)\[[0-9]+\]:(chmod|open)@20' out
}

@test "--running: the policy in the kernel is this profile's, by digest and by its rules" {
	printf 'kwp: 1\nname: one\nfile:\n  - {path: "/srv/a", write: block}\n' >one.yaml
	kdiff --running ./one.yaml
	is 1
	grep -q 'nothing\|no policy' out err
	"$KWP" load -q ./one.yaml 3>&- || [ $? = 4 ]
	kdiff --running ./one.yaml
	is 0
	# The same rules in other words, then other rules under the same name.
	printf '# words\nkwp: 1\nname: one\nfile:\n  - path: /srv/a\n    write: block\n' >words.yaml
	kdiff --running ./words.yaml
	is 0
	sed 's,srv/a,srv/b,' one.yaml >other.yaml
	kdiff --running ./other.yaml
	is 1
	grep -q /srv/b out
	grep -q /srv/a out
	"$KWP" load -q --mode monitor
	kdiff --running ./one.yaml
	cat out err
	is 1
}

@test "--heal: what a learnt profile denied is learnt in, and nothing else" {
	mkdir -p /srv/work
	work='ls /srv/work >/dev/null; echo 1 >/srv/work/made'
	"$KWP" diff -q --only procs,net --record recorded -- sh -c "$work" 3>&-
	"$KWP" diff --learn recorded >learnt.yaml
	"$KWP" block -q -P ./learnt.yaml --write denials -- sh -c "$work; echo 2 >/srv/work/healed" 2>err 3>&- || true
	[ ! -s /srv/work/healed ]
	kdiff --learn recorded denials
	is 0
	run ! grep -q healed out
	kdiff --learn --heal recorded denials
	is 0
	cp out healed.yaml
	"$KWP" block -q -P ./healed.yaml -o json -w findings -- sh -c "$work; echo 2 >/srv/work/healed" 3>&-
	[ -s /srv/work/healed ] && [ ! -s findings ]
	run ! "$KWP" block -q -P ./healed.yaml -- sh -c 'echo 3 >/srv/work/other' 3>&-
}
