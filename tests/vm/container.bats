#!/usr/bin/env bats
# container.bats: containers as Kata's agent starts them: who they are, and whose pids are told. The bundle is where the
# agent keeps it, its root is an overlay of the guest's own, its control group is named as by Kubernetes.
bats_require_minimum_version 1.5.0
load guest
load ../helpers

cid=4f2a7c1e9b8d5f60a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718
pod=pod0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
agent=/run/kata-containers

# bundle ID COMMAND...: makes the bundle of a privileged container.
bundle() {
	local dir=$agent/$1 id=$1
	shift
	mkdir -p "$dir/rootfs" "/tmp/layers/$id/upper" "/tmp/layers/$id/work"
	mount -t overlay -o "lowerdir=/,upperdir=/tmp/layers/$id/upper,workdir=/tmp/layers/$id/work" overlay "$dir/rootfs"
	(cd "$dir" && rm -f config.json && crun spec)
	jq --arg id "$id" --arg pod "$pod" '
		.process.terminal = false | .process.args = $ARGS.positional | .root.readonly = false |
		(.process.capabilities[]) = ["CAP_SYS_ADMIN","CAP_BPF","CAP_PERFMON","CAP_NET_ADMIN","CAP_KILL","CAP_SYS_PTRACE","CAP_DAC_OVERRIDE","CAP_SYS_RESOURCE"] |
		del(.process.rlimits) | .linux.maskedPaths = [] | .linux.readonlyPaths = [] |
		.process.env += ["PATH=/kwp/build/acts:/usr/sbin:/usr/bin:/sbin:/bin"] |
		.mounts += [{"destination":"/kwp","type":"bind","source":"/kwp","options":["rbind","ro"]}] |
		.linux.cgroupsPath = "/kubepods/burstable/\($pod)/\($id)" |
		.annotations = {"io.kubernetes.cri.container-name":"web","io.kubernetes.cri.image-name":"registry.example/shop/web:1.2",
			"io.kubernetes.cri.sandbox-name":"web-7d9f","io.kubernetes.cri.sandbox-namespace":"shop",
			"io.kubernetes.cri.container-type":"container"}' --args -- "$@" <"$dir/config.json" >"$dir/new.json"
	mv "$dir/new.json" "$dir/config.json"
}
run_crun() { crun --cgroup-manager=cgroupfs "$@"; }

# One kwp sees from the guest's root how a container starts, works, and is entered.
setup_file() {
	[ -e /sys/kernel/btf/vmlinux ] || return 0
	need_acts
	mkdir /tmp/container
	cd /tmp/container
	bundle $cid sh -c 'cp /bin/true /new; /new first; until [ -e /go ]; do sleep 0.2; done; /new last; /bin/true end'
	watch trace -o json -e exec,exit
	run_crun run --bundle $agent/$cid --detach $cid >crun.out 2>&1 </dev/null 3>&- || { cat crun.out; return 1; }
	run_crun state $cid >state
	run_crun exec $cid /bin/echo "by exec" >exec.out 2>&1 </dev/null 3>&- || true
	/bin/true outside
	# Another kwp, that knows the container only by what already runs.
	"$KWP" trace -q -o json -e exec -c ${cid:0:12} -d 4 >inside.json 2>inside.err 3>&- &
	sleep 2.5
	/bin/true outside
	touch $agent/$cid/rootfs/go
	wait $!
	unwatch
	run_crun delete -f $cid || true
}

teardown_file() {
	[ -z "${watcher-}" ] || kill -KILL "$watcher" || true
}

setup() {
	need_kwp
	need_btf
	cd /tmp/container
	watcher=
}

@test "container.id and the names of the pod are told, from the bundle's annotations" {
	has '.process.args == ["/new","first"] and .container.id == "'$cid'"'
	has '.process.args == ["/new","first"] and .container.name == "web" and .container.image.name == "registry.example/shop/web:1.2"'
	has '.process.args == ["/new","first"] and .orchestrator.namespace == "shop" and .orchestrator.resource.name == "web-7d9f"'
	has '.process.args == ["/bin/true","outside"] and (.container | not) and (.orchestrator | not)'
}

@test "pids as the guest's root sees them, the container's own beside" {
	init=$(jq .pid state)
	has ".process.pid == $init and .process.vpid == 1 and .container.id == \"$cid\""
	has '.process.args == ["/new","first"] and .process.parent.pid == '"$init"' and .process.vpid > 1 and .process.vpid < 20'
	has '.process.args == ["/bin/true","outside"] and (.process.vpid | not)'
}

@test "the chain of ancestors leads from the container to pid 1" {
	init=$(jq .pid state)
	has '.process.args == ["/new","first"] and .process.ancestors[0].pid == '"$init"' and .process.ancestors[-1].pid == 1'
}

@test "the container's first process, and who came in later" {
	init=$(jq .pid state)
	has ".process.pid == $init and .process.entry == \"container-init\""
	has '.process.args == ["/bin/echo","by exec"] and .process.entry == "exec-session" and .container.id == "'$cid'"'
	hasnt '.process.args == ["/new","first"] and .process.entry'
}

@test "a program that the container made is in the overlay's upper layer, one of the image is not" {
	has '.process.args == ["/new","first"] and .file.upper == true and .file.filesystem == "overlay" and .file.path == "/new"'
	has '.process.args == ["/bin/true","end"] and .file.upper == false'
}

@test "-c sees one container, by the beginning of its id" {
	cat inside.err
	has '.process.args == ["/new","last"] and .container.name == "web" and .orchestrator.resource.name == "web-7d9f"' inside.json
	all '.container.id == "'$cid'"' inside.json
	status=0
	"$KWP" trace -e exec -d 1 -c nosuchcontainer >none 2>err.none || status=$?
	is 2
	grep -q nosuchcontainer err.none
}

@test "kwp in a privileged container: pids are what the container sees" {
	other=${cid/4f2a/beef}
	bundle $other sh -c 'kwp=/kwp/build/kwp
		$kwp trace -o json -w /out.json -e exec -- sh -c "echo \$\$ >/pid; exec /bin/true inner" 2>/err
		echo $? >/status'
	run_crun run --bundle $agent/$other $other >other.out 2>&1 </dev/null 3>&- || { cat other.out; false; }
	root=/tmp/layers/$other/upper
	[ "$(cat "$root/status")" = 0 ] || { cat "$root/err"; false; }
	pid=$(cat "$root/pid")
	[ "$pid" -lt 50 ]
	has '.process.args == ["/bin/true","inner"] and .process.pid == '"$pid" "$root/out.json"
	has '.process.args == ["/bin/true","inner"] and any(.process.ancestors[]; .pid == 1)' "$root/out.json"
	hasnt '.process.args == ["/bin/true","inner"] and .process.vpid' "$root/out.json"
}
