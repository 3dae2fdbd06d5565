#!/usr/bin/env bats
# drift.bats: programs, libraries and scripts that the image did not bring are denied, each of the image's own runs. The root of the
# guest is an overlay; a container whose image is no overlay, with a volume of the same file system, is beside it.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

place=/tmp/drift

# Runs in the command that kwp confines: try NAME COMMAND... keeps its exit status. It is no file, as that would be a script.
acts='
try() { local name=$1 status=0; shift; "$@" >>said 2>&1 </dev/null || status=$?; echo "$name $status" >>results; }
cp /bin/true /usr/local/bin/new; try upper /usr/local/bin/new
chmod 775 /usr/bin/factor; try changed /usr/bin/factor 21
cp -p /usr/bin/seq kept; cat kept >/usr/bin/seq; touch -d 2001-01-01 /usr/bin/seq; try overwritten /usr/bin/seq 1
mv /usr/bin/expr /usr/bin/.expr; try renamed /usr/bin/.expr 1
cp /bin/true new; try tmpfs ./new
cp /bin/true /dev/shm/new; try shared-memory /dev/shm/new
try memfd python3 -c "import os; d = os.memfd_create(\"x\"); os.write(d, open(\"/bin/true\", \"rb\").read()); os.execve(d, [\"x\"], {})"
exec 9<new; rm new; try unlinked /proc/self/fd/9; exec 9<&-; cp /bin/true new
try mount /kwp/build/acts/reach
try loader /lib64/ld-linux-x86-64.so.2 ./new
cp /lib/x86_64-linux-gnu/libz.so.1 l.so; try library python3 -c "import ctypes; ctypes.CDLL(\"./l.so\")"
try library-of-image python3 -c "import ctypes; ctypes.CDLL(\"libz.so.1\")"
printf "#!/bin/sh\necho drifted\n" >s.sh; chmod 755 s.sh; ln -s s.sh linked
try script ./s.sh
try script-by-shell sh s.sh
try script-by-options bash -o pipefail -e s.sh
try script-by-link dash linked
try script-by-descriptor bash -c "bash /dev/fd/8 8<s.sh"
try script-as-input bash -c "bash <s.sh; exit \$?"
try script-of-busybox busybox sh s.sh
try script-in-pipe sh -c "cat s.sh | sh"
echo "print(1)" >p.py
try python python3 p.py
try python-with-options python3 -u -W ignore ./p.py
try python-data python3 -c "import sys; print(open(sys.argv[1]).read())" p.py
try perl perl s.sh
try perl-data perl -ne print s.sh
try shell-data sh -c "while read -r l; do :; done <\$0" s.sh
try cat cat s.sh
try awk awk "{print}" s.sh
sync; echo 3 >/proc/sys/vm/drop_caches
try upper-later /usr/local/bin/new
try image-later /usr/bin/env true
try image perl -e "system(q(/bin/true)) and die"
try image-script bash -c "ldd /bin/true"
try image-in-pid-namespace unshare -pf --mount-proc true
try drift-in-pid-namespace unshare -pf --mount-proc /usr/local/bin/new
try image-in-chroot chroot / /bin/true
try image-bound unshare -m sh -c "mount --bind /usr /mnt && /mnt/bin/true"
mkdir o; try image-in-overlay unshare -m sh -c "mount -t tmpfs none o && mkdir o/u o/w o/m && mount -t overlay -o lowerdir=/usr,upperdir=o/u,workdir=o/w overlay o/m && o/m/bin/true"
try drift-in-overlay unshare -m sh -c "mount -t tmpfs none o && mkdir o/l o/u o/w o/m && cp /bin/true o/l && mount -t overlay -o lowerdir=o/l,upperdir=o/u,workdir=o/w overlay o/m && o/m/true"
cp /bin/true allowed; try allowed ./allowed
'

# A container whose image is a directory of a tmpfs, as is its volume beside it.
container() {
	mkdir -p bundle/rootfs/bin bundle/rootfs/proc bundle/rootfs/vol volume
	cp /bin/busybox bundle/rootfs/bin/
	ldd /bin/busybox | grep -o '/[^ ]*' | while read -r library; do cp --parents -L "$library" bundle/rootfs; done
	for name in sh cp true sleep; do ln -s busybox "bundle/rootfs/bin/$name"; done
	cp /bin/busybox volume/true
	(cd bundle && crun spec && jq '.process.terminal = false | .root.readonly = false | .process.args = ["/bin/sh", "-c", $script] |
		.mounts += [{"destination": "/vol", "type": "bind", "source": "'$place'/volume", "options": ["bind"]}]' --arg script '
		try() { local name=$1; shift; "$@" >/dev/null 2>&1; echo "$name $?" >>/results; }
		sleep 2
		try image /bin/true
		try volume /vol/true
		cp /bin/busybox /bin/new; try new /bin/new true' <config.json >new.json && mv new.json config.json)
	crun --cgroup-manager=cgroupfs run --bundle "$place/bundle" drift >>crun.out 2>&1 </dev/null 3>&- || true
}

setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir $place
	cd $place
	cat >drift.yaml <<-Y
		kwp: 1
		name: drift
		process: {drift: block, allow: ["$place/allowed"]}
	Y
	printf 'kwp: 1\nname: told\nprocess: {drift: monitor}\n' >told.yaml
	printf 'kwp: 1\nname: loose\nprocess: {drift: block, drift-scripts: off}\n' >loose.yaml
	printf 'kwp: 1\nname: contained\nscope: {containers: ["*"]}\nprocess: {drift: block}\n' >contained.yaml
	"$KWP" block -q -P $place/drift.yaml -o json -w out -- bash -c "$acts" 2>err 3>&- || echo $? >status
	"$KWP" load -q contained.yaml >>crun.out 2>&1 3>&- && container
	"$KWP" audit -q --attached -o json -d 2 >contained 2>>crun.out 3>&- || true
	"$KWP" load -q --unload >>crun.out 2>&1 3>&- || true
}

setup() {
	need_kwp
	need_btf
	cd $place
}

# denied, runs NAME...: so did the acts end.
denied() { for name; do status=$(sed -n "s/^$name //p" results); [ "${status:-0}" != 0 ] || { echo "$name: ${status:-?}"; return 1; }; done; }
runs() { for name; do status=$(sed -n "s/^$name //p" results); [ "${status:-1}" = 0 ] || { echo "$name: ${status:-?}"; cat err; return 1; }; done; }

@test "a program in the overlay's upper layer is denied: new, changed, overwritten, renamed" {
	denied upper changed overwritten renamed
	has '.file.path == "/usr/local/bin/new" and .rule.name == "drift" and .kwp.evidence.signal == "upper" and .kwp.access == "execute"'
	has '.file.path == "/usr/bin/factor" and .kwp.evidence.signal == "upper"'
	has '.file.path == "/usr/bin/seq" and .rule.reference == "drift.yaml:3"'
}

@test "where no hook can deny, the image's libraries are mapped below an overlay, others end the process" {
	"$KWP" block -q -P loose.yaml --backend tracepoint -- true
	mkdir -p libraries
	cp "$(ldd /bin/true | grep -o '/[^ ]*/libc\.so\.6')" libraries
	run "$KWP" block -q -P loose.yaml --backend tracepoint -- env LD_LIBRARY_PATH=$place/libraries true
	[ "$status" = 137 ]
}

@test "a program in memory is denied: on a tmpfs, a memfd, without a name" {
	denied tmpfs shared-memory memfd unlinked
	has '.file.path == "/tmp/drift/new" and .kwp.evidence.signal == "memory"'
	has '.file.path == "/dev/shm/new" and .kwp.evidence.signal == "memory"'
	has '(.file.path | test("memfd:x")) and .kwp.evidence.signal == "memory"'
}

@test "a program on another file system is denied" {
	denied mount
	has '.file.path == "/kwp/build/acts/reach" and .kwp.evidence.signal == "mount"'
}

@test "a library is denied, also a program as one of the loader's" {
	denied loader library
	has '.file.path == "/tmp/drift/l.so" and .kwp.access == "map"'
	runs library-of-image
}

@test "a script is denied, however an interpreter is told to run it" {
	denied script script-by-shell script-by-options script-by-link script-by-descriptor script-as-input script-of-busybox \
		python python-with-options perl
	[ "$(grep -cx drifted said)" = 1 ] # that of script-in-pipe
	has '.file.path == "/tmp/drift/p.py" and .kwp.access == "read" and .rule.name == "drift"'
}

@test "the same file is data to those that were not told to run it" {
	runs python-data perl-data shell-data cat awk script-in-pipe
}

@test "the image's own programs run: by namespaces, another root, bind mounts and overlays too" {
	runs image image-script image-in-pid-namespace image-in-chroot image-bound image-in-overlay
	denied drift-in-pid-namespace drift-in-overlay
	hasnt '(.file.path | test("^/usr/(s?bin|lib)/")) and (.file.path | test("/(seq|factor|[.]expr)$") | not)'
}

@test "memory that is taken back changes nothing" {
	denied upper-later
	runs image-later
}

@test "a program that allow names may have come from anywhere" {
	runs allowed
}

@test "monitor only tells" {
	"$KWP" block -q -P $place/told.yaml -o json -w told -- bash -c './new && sh s.sh' 2>err 3>&-
	has '.file.path == "/tmp/drift/new" and .kwp.verdict == "audit"' told
	has '.file.path == "/tmp/drift/s.sh" and .kwp.verdict == "audit"' told
}

@test "drift-scripts: off lets scripts run, and no program" {
	"$KWP" block -q -P $place/loose.yaml -o json -w loose -- bash -c 'sh s.sh && ./s.sh && ! ./new' 2>err 3>&-
	hasnt '.file.path == "/tmp/drift/s.sh"' loose
}

@test "kwp itself may have come later, as it was when it loaded, and no copy of it" {
	cp "$KWP" late
	./late load -q drift.yaml 3>&- || [ $? = 4 ]
	cp late copy
	./late --version
	run -126 ./copy --version
	run -126 unshare -m ./late --version
	cp late kept
	cat kept >late
	run -126 ./late --version
	rm -r /sys/fs/bpf/kwp # as nobody can start kwp
	until_true 20 ./late --version
}

@test "in a container: what is newer than its first process, and volumes, are not its image's" {
	cat crun.out
	grep -qx 'image 0' bundle/rootfs/results
	grep -qE '^new [1-9]' bundle/rootfs/results
	grep -qE '^volume [1-9]' bundle/rootfs/results
	has '.file.path == "/bin/new" and .kwp.evidence.signal == "ctime" and .kwp.verdict == "block"' contained
	has '.file.path == "/vol/true" and .kwp.evidence.signal == "memory"' contained
	hasnt '.file.path == "/bin/busybox"' contained
}

@test "kwp trace tells of drift, with the signal and the use" {
	"$KWP" trace -q -e drift -o json -w seen -- bash -c '/usr/local/bin/new; ./new; sh s.sh; /kwp/build/acts/reach; LD_PRELOAD=./l.so /bin/true; perl -e 1' >said 2>err 3>&- || true
	has '.file.path == "/tmp/drift/new" and .file.drift == "memory" and .file.use == "program" and .process.executable == "/tmp/drift/new"' seen
	has '.file.path == "/tmp/drift/s.sh" and .file.use == "script"' seen
	has '.file.path == "/tmp/drift/l.so" and .file.use == "library"' seen
	has '.file.path == "/kwp/build/acts/reach" and .file.drift == "mount"' seen
	all '.file.path | test("^/usr/(bin|lib)/") | not' seen
}
