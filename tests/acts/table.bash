# table.bash: acts and the events that kwp must show for them; for ../native.bats and ../vm/trace.bats.
# row GROUP TYPE COMMAND EXPR: COMMAND, run by sh in an empty directory of its own ($d in EXPR), gives an event of TYPE for
# which the jq expression is true. What a command needs first may have events of its own.

rows=()
row() { rows+=("$1" "$2" "$3" "$4"); }

row process exec 'cp /bin/true t; act spawn ./t one "two three"' \
	'.file.path == "\($d)/t" and .process.args == ["./t","one","two three"] and .process.working_directory == $d and .process.parent.name == "act" and .kwp.result == 0'
row process exec 'act +exec ./nothere x' '.error.code == "ENOENT" and .event.outcome == "failure" and (.file.path | endswith("/nothere"))'
row process exec 'act +exec /etc/passwd' '.error.code == "EACCES" and .file.path == "/etc/passwd"'
row process exec 'printf "#!/bin/sh -e\n:\n" >script; chmod 755 script; ./script "an argument"' \
	'.process.script.path == "\($d)/script" and (.process.executable | test("/(da|ba)sh$")) and .process.args[-2:] == ["./script","an argument"]'
row process exec 'cp /bin/true t; act +memfd-exec hidden ./t x' '.file.memfd and .file.deleted and .file.filesystem == "tmpfs" and (.file.path | contains("memfd:hidden"))'
row process exec 'cp /bin/true t; act +deleted-exec t' '.file.deleted and (.file.memfd | not) and .kwp.result == 0'
row process fork 'act +exit 0' '.process.name == "act" and .process.child.pid > 1 and .process.child.entity_id != .process.entity_id'
row process exit 'act +exit 42' '.process.exit_code == 42 and (.process.exit_signal | not) and .event.duration > 0'
row process exit 'act +die 15' '.process.exit_signal == "SIGTERM" and (.process.exit_code | not)'

row file open ': >f; act open f r' '.file.path == "\($d)/f" and .file.flags == "O_RDONLY" and .kwp.result >= 3 and .file.descriptor == .kwp.result'
row file open ': >f; act open f wat' '.file.path == "\($d)/f" and (.file.flags | contains("O_WRONLY") and contains("O_TRUNC") and contains("O_APPEND"))'
row file open 'act open nothere r' '.error.code == "ENOENT" and .file.path == "\($d)/nothere" and .kwp.unresolved'
row file open 'act chdir / , open etc/passwd r' '.file.path == "/etc/passwd" and (.kwp.unresolved | not)'
row file open ': >f; ln -s f s; act open s r' '.file.path == "\($d)/f"'
row file create 'act open f cw' '.file.path == "\($d)/f" and (.file.flags | contains("O_CREAT")) and .file.inode > 0 and .file.mode == "0640"'
row file create 'act creat f 600' '.file.path == "\($d)/f"'
row file create 'mkdir s; act openat s f' '.file.path == "\($d)/s/f"'
row file create 'act mkdir s 750' '.file.path == "\($d)/s" and .kwp.result == 0'
row file create 'act mkfifo p 600' '.file.path == "\($d)/p"'
row file open 'act open /nowhere/f cw' '.file.path == "/nowhere/f" and .error.code == "ENOENT"'
row file rename ': >a; act rename a b' '.file.path == "\($d)/a" and .file.target_path == "\($d)/b" and .kwp.result == 0'
row file rename 'mkdir s; : >s/x; act renameat s x y' '.file.path == "\($d)/s/x" and .file.target_path == "\($d)/s/y"'
row file rename 'act rename nothere there' '.error.code == "ENOENT" and (.file.path | endswith("nothere"))'
row file unlink ': >f; act unlink f' '.file.path == "\($d)/f" and .kwp.result == 0'
row file unlink 'mkdir s; act rmdir s' '.file.path == "\($d)/s" and .kwp.result == 0'
row file link ': >f; act link f hard' '.file.path == "\($d)/f" and .file.target_path == "\($d)/hard"'
row file link 'act symlink ../text soft' '.file.path == "../text" and .file.target_path == "\($d)/soft"'
row file chmod ': >f; act chmod 4755 f' '.file.path == "\($d)/f" and .file.permissions == "4755" and .kwp.result == 0'
row file chmod ': >f; act fchmod 640 f' '.file.path == "\($d)/f" and .file.permissions == "0640"'
row file chown ': >f; act chown 1 2 f' '.file.path == "\($d)/f" and .file.owner.id == 1 and .file.group.id == 2'
row file truncate 'echo 123456 >f; act truncate 3 f' '.file.path == "\($d)/f" and .kwp.result == 0'
row file xattr ': >f; act setxattr f trusted.k value' '.file.path == "\($d)/f" and .file.xattr == "trusted.k"'
row file xattr ': >f; act removexattr f trusted.none' '.file.path == "\($d)/f" and .file.xattr == "trusted.none" and .event.outcome == "failure"'

row mount mount 'mkdir m; act mount something m tmpfs size=1m , umount m' \
	'.file.target_path == "\($d)/m" and .file.path == "something" and .file.mount_type == "tmpfs" and (.file.flags | contains("MS_NOSUID")) and .file.mount_options == "size=1m" and .kwp.result == 0'
row mount mount 'mkdir a b; act bind-mount a b , umount b' '.file.path == "\($d)/a" and .file.target_path == "\($d)/b" and .file.flags == "MS_BIND"'
row mount umount 'mkdir m; act mount tmpfs m tmpfs size=1m , umount m' '.file.path == "\($d)/m" and .file.flags == "MNT_DETACH" and .kwp.result == 0'
row mount chroot 'mkdir s; act +chroot s' '.file.path == "\($d)/s" and .kwp.result == 0'

row net socket 'act tcp 8093' '.kwp.socket.family == "inet" and .kwp.socket.type == "stream" and .network.transport == "tcp" and .kwp.result >= 3'
row net bind 'act tcp 8094' '.destination.ip == "127.0.0.1" and .destination.port == 8094 and .kwp.result == 0'
row net listen 'act tcp 8095' '.destination.port == 8095 and .kwp.socket.backlog == 7'
row net connect 'act tcp 8096' '.destination.ip == "127.0.0.1" and .destination.port == 8096 and .source.ip == "127.0.0.1" and .source.port > 0 and .network.direction == "egress" and .kwp.result == 0'
row net connect 'act tcp6 8097' '.destination.ip == "::1" and .destination.port == 8097 and .network.type == "ipv6"'
row net connect 'act connect 127.0.0.1 1' '.destination.port == 1 and .error.code == "ECONNREFUSED"'
row net connect 'act unix s' '.kwp.socket.family == "unix" and (.kwp.socket.path | endswith("/s")) and .kwp.result == 0'
row net accept 'act tcp 8098' '.destination.ip == "127.0.0.1" and .destination.port == 8098 and .source.ip == "127.0.0.1" and .network.direction == "ingress" and .kwp.result >= 3'
row net accept 'act unix s' '.kwp.socket.family == "unix"'
row net close 'act tcp 8092' '.network.direction == "egress" and .process.name == "act" and .source.ip == "127.0.0.1" and .source.port > 0 and .source.port != 8092 and .destination.port == 8092 and .source.bytes == 0 and .event.duration > 0 and .event.outcome == "success"'
row net close 'act tcp6 8091' '.network.direction == "ingress" and .process.name == "act" and .source.ip == "::1" and .destination.port == 8091 and .destination.bytes == 0 and .event.duration > 0'
row net close 'act connect 127.0.0.1 1' '.destination.port == 1 and .error.code == "ECONNREFUSED"'
row net dns 'unshare -n sh -c "ip link set lo up; dns www.example.org"' '.dns.type == "query" and .dns.question == {"name":"www.example.org","type":"A"} and .destination.port == 53 and .network.transport == "udp" and .process.name == "dns"'
row net dns 'unshare -n sh -c "ip link set lo up; dns www.example.net"' '.dns.type == "answer" and .dns.question.name == "www.example.net" and .dns.resolved_ip == ["192.0.2.7"] and .dns.response_code == "NOERROR"'
row net dns 'unshare -n sh -c "ip link set lo up; dns tcp.example.org tcp"' '.dns.type == "query" and .dns.question.name == "tcp.example.org" and .network.transport == "tcp"'

row task dup 'act dup2 1 2' '.kwp.dup == {"from":1,"to":2} and .kwp.result == 2'
row task signal 'act kill 12' '.kwp.signal == "SIGUSR2" and .kwp.target.name == "act" and .kwp.target.pid > 1 and .kwp.result == 0'
row task ptrace 'act ptrace' '.kwp.ptrace == "PTRACE_SEIZE" and .kwp.target.name == "act" and .kwp.result == 0'
row task setuid 'act +setuid 1234' '(.kwp.old.uid == 0 or (.kwp.incomplete // [] | index("kwp.old"))) and .kwp.new.uid == 1234 and .kwp.result == 0'
row task setuid 'act +setresuid 1 2 3' '(.kwp.old.uid == 0 or (.kwp.incomplete // [] | index("kwp.old"))) and .kwp.new.uid == 1'
row task setuid 'act +setuid 1000 , +setuid 0' '.kwp.new.uid == 1000'
row task capset 'act +capset' '.kwp.new.capabilities == "0000000000000020" and ((.kwp.old.capabilities // "" | test("[1-9a-f]")) or (.kwp.incomplete // [] | index("kwp.old"))) and .kwp.result == 0'
row task unshare 'act +unshare' '.kwp.namespaces == "CLONE_NEWUTS" and .kwp.result == 0'
row task setns 'act setns /proc/self/ns/uts' '.kwp.namespaces == "CLONE_NEWUTS" and .kwp.result == 0'

row kernel memfd 'act memfd hidden' '.file.memfd and (.file.path | contains("memfd:hidden")) and .kwp.result >= 3'
row kernel mmap-exec 'cp /bin/true t; act mmap-exec t' '.file.path == "\($d)/t" and .file.permissions == "PROT_READ|PROT_EXEC"'
row kernel mmap-exec 'act mmap-rwx' '.file.permissions == "PROT_READ|PROT_WRITE|PROT_EXEC" and (.file.path | not)'
row kernel mprotect 'act mprotect' '.file.permissions == "PROT_READ|PROT_EXEC" and .process.name == "act" and .kwp.result == 0'
row kernel module 'echo junk >m.ko; act module m.ko' '.file.path == "\($d)/m.ko" and .event.outcome == "failure"'
row kernel bpf 'act bpf mymap' '.kwp.bpf.command == "BPF_MAP_CREATE" and .kwp.bpf.name == "mymap" and .kwp.result >= 3'
row kernel sysctl 'unshare -u act sysctl /proc/sys/kernel/hostname other' '(.kwp.sysctl.name | gsub("/"; ".")) == "kernel.hostname" and .kwp.sysctl.value == "other"'
row kernel io-uring 'uring nop' '.kwp.io_uring == "setup" and .kwp.result >= 3'

row uring create 'uring open f' '.kwp.via == "io_uring" and .file.path == "\($d)/f" and (.kwp.result >= 3 or (.kwp.incomplete // [] | index("event.outcome")))'
row uring create 'uring mkdir s' '.kwp.via == "io_uring" and .file.path == "\($d)/s" and (.kwp.result == 0 or (.kwp.incomplete // [] | index("event.outcome")))'
row uring rename ': >a; uring rename a b' '.kwp.via == "io_uring" and .file.path == "\($d)/a" and .file.target_path == "\($d)/b" and (.kwp.result == 0 or (.kwp.incomplete // [] | index("event.outcome")))'
row uring unlink ': >f; uring unlink f' '.kwp.via == "io_uring" and .file.path == "\($d)/f" and (.kwp.result == 0 or (.kwp.incomplete // [] | index("event.outcome")))'
row uring unlink 'uring unlink nothere' '.kwp.via == "io_uring" and .error.code == "ENOENT"'
row uring link ': >f; uring link f g' '.kwp.via == "io_uring" and .file.path == "\($d)/f" and .file.target_path == "\($d)/g"'
row uring connect 'uring connect 127.0.0.1 1' '.kwp.via == "io_uring" and .destination.ip == "127.0.0.1" and .destination.port == 1 and .error.code == "ECONNREFUSED"'

row compat create 'compat' '.kwp.via == "32-bit" and .file.path == "\($d)/compat.file"'
row compat rename 'compat' '.kwp.via == "32-bit" and .file.path == "\($d)/compat.file" and .file.target_path == "\($d)/compat.new"'
row compat chmod 'compat' '.kwp.via == "32-bit" and .file.path == "\($d)/compat.new" and .file.permissions == "0600"'
row compat unlink 'compat' '.kwp.via == "32-bit" and .file.path == "\($d)/compat.new"'
row compat socket 'compat' '.kwp.via == "32-bit" and .kwp.socket.family == "inet"'
row compat connect 'compat' '.kwp.via == "32-bit" and .destination.ip == "127.0.0.1" and .destination.port == 1 and .error.code == "ECONNREFUSED"'
row compat exec 'compat /bin/true' '(.file.path | endswith("/true")) and .process.args == ["/bin/true","by 32 bits"]'

# rows_run GROUP [KWP-OPTION...]: for each type of the group one kwp that watches only that type, and the acts below it.
# Says what is wrong with each row; fails if anything is. EXTRA, if set, must be true as well for each event found.
rows_run() {
	local group=$1 base types type i bad=0
	shift
	base=$(pwd -P)
	every_field
	types=$(for ((i = 0; i < ${#rows[@]}; i += 4)); do [ "${rows[i]}" != "$group" ] || echo "${rows[i + 1]}"; done | sort -u)
	[ -n "$types" ] || { echo "no rows of $group"; return 1; }
	for type in $types; do
		rows_script "$group" "$type" "$base"
		trace "$@" -q -e "$type" --fields "$FIELDS" -- sh "$base/script"
		[ "$status" = 0 ] || { echo "$type: exit status $status: $(cat err)"; bad=1; continue; }
		jq -es --arg t "$type" 'all(.[]; .event.action == $t)' out >/dev/null ||
			{ echo "$type: other events: $(jq -sr 'map(.event.action) | unique | join(" ")' out)"; bad=1; }
		rows_judge "$group" "$type" "$base" || bad=1
	done
	return $bad
}

# The script that does the acts of a group and type, each in its directory.
rows_script() {
	local i
	for ((i = 0; i < ${#rows[@]}; i += 4)); do
		[ "${rows[i]}" = "$1" ] && [[ $2 == all || ${rows[i + 1]} == "$2" ]] || continue
		rm -rf "$3/$i"
		mkdir -p "$3/$i"
		echo "cd '$3/$i'; { ${rows[i + 2]}; } >/dev/null 2>>'$3/acts.err'"
	done >script
	echo : >>script
}

# rows_judge GROUP TYPE BASE: is each row in out? One jq for all of them; it says which are not.
rows_judge() {
	local i program='. as $all | empty' missing
	for ((i = 0; i < ${#rows[@]}; i += 4)); do
		[ "${rows[i]}" = "$1" ] && [[ $2 == all || ${rows[i + 1]} == "$2" ]] || continue
		program+=", (\"$3/$i\" as \$d | if any(\$all[]; .event.action == \"${rows[i + 1]}\" and (${rows[i + 3]}) and (${EXTRA:-true})) then empty else $i end)"
	done
	missing=$(jq -s "$program" out) || return 1
	for i in $missing; do
		echo "not seen: ${rows[i + 1]} by: ${rows[i + 2]}"
		echo "  wanted: ${rows[i + 3]} and ${EXTRA:-true}"
		jq -c --arg d "$3/$i" --arg t "${rows[i + 1]}" 'select(.event.action == $t) |
			select(.process.working_directory == $d) |
			del(.host, .process.ancestors, .process.parent, .user, .group, ."@timestamp", .process.args)' out | tail -n 3 | cut -c 1-1200
	done
	[ -z "$missing" ]
}
