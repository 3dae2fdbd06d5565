/* SPDX-License-Identifier: GPL-2.0-only */
#include "field.h"

#include <string.h>

#include "field_get.h"
#include "word.h"

#define ANY (~0ull)
#define METRICS (TYPE(LOSS) | TYPE(SHED) | TYPE(HEARTBEAT))
#define ACTS (ANY & ~METRICS)
#define FILES                                                                                      \
	(TYPE(OPEN) | TYPE(CREATE) | TYPE(RENAME) | TYPE(UNLINK) | TYPE(LINK) | TYPE(CHMOD) |            \
	 TYPE(CHOWN) | TYPE(TRUNCATE) | TYPE(XATTR) | TYPE(MOUNT) | TYPE(UMOUNT) | TYPE(CHROOT) |        \
	 TYPE(MEMFD) | TYPE(MMAP_EXEC) | TYPE(MPROTECT) | TYPE(MODULE))
#define FILED (FILES | TYPE(EXEC) | TYPE(DRIFT))
#define NET                                                                                        \
	(TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(BIND) | TYPE(LISTEN) | TYPE(SOCKET) | TYPE(CLOSE))
#define ENDS ((NET & ~TYPE(SOCKET)) | TYPE(DNS))
#define STDIO (TYPE(EXEC) | TYPE(DUP) | TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(RELAY))
#define TASKS                                                                                      \
	(TYPE(SIGNAL) | TYPE(PTRACE) | TYPE(SETUID) | TYPE(CAPSET) | TYPE(SETNS) | TYPE(UNSHARE))

/* Kinds and where a value comes from, to keep a row on a line. */
#define N VALUE_NUMBER
#define B VALUE_BOOL
#define T VALUE_TEXT
#define L VALUE_LIST
#define A VALUE_ADDRESS
#define W VALUE_TIME
#define PROCESS .of_process = true
#define EVENT .of_process = false
#define EXTRA .extra = true
#define OF_HEAD .of_head = true
#define OF_FILE .of_file = true
#define OF_RULE .of_rule = true

/* In the order of the JSON object; within an object, what depends on the process
 * alone comes first, because the writer keeps it. */
const struct field fields[] = {
	/* name, heading, width, kind, types, getter, help, and what it depends on */
	{"@timestamp", "TIMESTAMP", 30, W, ANY, get_timestamp, "when it happened, UTC", EVENT},
	{"event.kind", "KIND", 6, T, ANY, get_event_kind, "event, alert (a finding) or metric", OF_HEAD},
	{"event.category", "CATEGORY", 8, L, ANY, get_event_category, "ECS categories of the act", OF_HEAD},
	{"event.type", "TYPE", 8, L, ANY, get_event_type, "ECS types of the act", OF_HEAD, EXTRA},
	{"event.action", "EVENT", 9, T, ANY, get_event_action, "the type of act: exec, open, connect...", OF_HEAD},
	{"event.outcome", "OUTCOME", 7, T, ACTS, get_event_outcome, "success or failure, where the result is known", OF_HEAD},
	{"event.severity", "SEV", 3, N, ANY, get_event_severity, "of a finding: 21 info, 47 low, 59 medium, 73 high, 99 critical", OF_RULE},
	{"event.sequence", "SEQUENCE", 8, N, ANY, get_event_sequence, "count of records of this CPU (kwp.cpu); a gap is a loss", EVENT},
	{"event.duration", "DURATION", 10, N, TYPE(SYSCALL) | TYPE(EXIT) | TYPE(CLOSE), get_event_duration, "nanoseconds that a system call took, a process lived or a connection lasted", EVENT},
	{"error.code", "ERROR", 12, T, ACTS, get_error_code, "errno of a failure by name: ENOENT", OF_HEAD},
	{"message", "MESSAGE", 0, T, ANY, get_message, "a finding in words", OF_RULE},
	{"rule.id", "RULEID", 6, T, ANY, get_rule_id, "number of a rule of the kernel's policy, in its generation", OF_RULE},
	{"rule.name", "RULE", 22, T, ANY, get_rule_name, "id of the rule that made a finding, or kind of the policy's rule", OF_RULE},
	{"rule.ruleset", "RULESET", 16, T, ANY, get_rule_ruleset, "name of the profile", OF_RULE},
	{"rule.description", "DESCRIPTION", 0, T, ANY, get_rule_description, "what the rule looks for or forbids", OF_RULE, EXTRA},
	{"rule.reference", "REFERENCE", 18, T, ANY, get_rule_reference, "profile and line of the rule", OF_RULE},
	{"threat.technique.id", "TECHNIQUE", 10, L, ANY, get_technique, "MITRE ATT&CK techniques of a finding", OF_RULE},

	{"process.pid", "PID", 7, N, ACTS, get_process_pid, "process id as kwp's pid namespace knows it", PROCESS},
	{"process.vpid", "VPID", 7, N, ACTS, get_process_vpid, "process id in its own namespace, where that is another number", PROCESS},
	{"process.entity_id", "ENTITY", 16, T, ACTS, get_process_entity, "one id for this process on this machine for ever", PROCESS},
	{"process.name", "NAME", 15, T, ACTS, get_process_name, "command name (15 bytes, the process can change it)", PROCESS},
	{"process.executable", "EXECUTABLE", 24, T, ACTS, get_process_executable, "path of the program as the kernel resolved it", PROCESS},
	{"process.args", "ARGS", 0, L, ACTS, get_process_args, "arguments of the last exec", PROCESS},
	{"process.args_count", "ARGC", 4, N, ACTS, get_process_args_count, "how many arguments", PROCESS, EXTRA},
	{"process.command_line", "COMMAND", 0, T, ACTS, get_process_command_line, "arguments joined by spaces", PROCESS, EXTRA},
	{"process.env_vars", "ENVIRON", 0, L, ACTS, get_process_environ, "LD_PRELOAD, LD_LIBRARY_PATH and LD_AUDIT of its last exec", PROCESS, EXTRA},
	{"process.working_directory", "CWD", 20, T, ACTS, get_process_cwd, "current directory at the last exec", PROCESS},
	{"process.start", "START", 30, W, ACTS, get_process_start, "when the process was forked, UTC", PROCESS},
	{"process.script.path", "SCRIPT", 20, T, ACTS, get_process_script, "file that the executable interprets (#! or binfmt_misc)", PROCESS},
	{"process.entry", "ENTRY", 14, T, ACTS, get_process_entry, "container-init or exec-session: its parent is in another pid namespace", PROCESS},
	{"process.interactive", "TTY?", 5, B, ACTS, get_process_interactive, "it has a controlling terminal", PROCESS},
	{"process.session_leader.pid", "SESSION", 7, N, ACTS, get_process_session, "session leader, id of the initial pid namespace", PROCESS, EXTRA},
	{"process.parent.pid", "PPID", 7, N, ACTS, get_parent_pid, "process id of the parent", PROCESS},
	{"process.parent.entity_id", "PENTITY", 16, T, ACTS, get_parent_entity, "entity id of the parent", PROCESS},
	{"process.parent.name", "PNAME", 15, T, ACTS, get_parent_name, "command name of the parent", PROCESS},
	{"process.parent.executable", "PEXECUTABLE", 24, T, ACTS, get_parent_executable, "program of the parent", PROCESS},
	{"process.parent.args", "PARGS", 0, L, ACTS, get_parent_args, "arguments of the parent", PROCESS, EXTRA},
	{"process.parent.command_line", "PCOMMAND", 0, T, ACTS, get_parent_command_line, "arguments of the parent joined by spaces", PROCESS, EXTRA},
	{"process.parent.connections", "PCONNECTED", 10, T, ACTS, get_parent_connections, "stream connections that the parent has had since its exec: outbound inbound both", PROCESS, EXTRA},
	{"process.parent.fetched", "PFETCHED?", 9, B, ACTS, get_parent_fetched, "a shell that the parent started took its input from the network", PROCESS, EXTRA},
	{"process.parent.names", "PNAMES?", 7, B, ACTS, get_parent_names, "the process's last argument is also in the parent's arguments, as a word", PROCESS, EXTRA},
	{"process.parent.start", "PSTART", 30, W, ACTS, get_parent_start, "when the parent was forked, UTC", PROCESS, EXTRA},
	{"process.ancestors", "ANCESTORS", 0, VALUE_PROCESSES, ACTS, get_ancestors, "the chain of parents to pid 1, nearest first", PROCESS},
	{"process.thread.id", "TID", 7, N, ACTS, get_thread_id, "thread that acted", EVENT},
	{"process.thread.name", "THREAD", 15, T, ACTS, get_thread_name, "its name", EXTRA},
	{"process.exit_code", "CODE", 4, N, TYPE(EXIT), get_exit_code, "exit status, unless a signal ended it", EVENT},
	{"process.exit_signal", "SIGNAL", 8, T, TYPE(EXIT), get_exit_signal, "signal that ended it", EVENT},
	{"process.secure", "SECURE", 6, B, TYPE(EXEC), get_exec_secure, "the program gained privileges (set-id, capabilities)", EVENT},
	{"process.io.stdin", "STDIN", 6, T, STDIO, get_stdin, "what fd 0 is: none file null tty pipe socket memfd other", EVENT},
	{"process.io.stdout", "STDOUT", 6, T, STDIO, get_stdout, "what fd 1 is", EVENT},
	{"process.io.stderr", "STDERR", 6, T, STDIO, get_stderr, "what fd 2 is", EVENT},
	{"process.io.sockets", "SOCKETS", 7, N, STDIO, get_io_sockets, "how many of fds 0 to 2 are inet, inet6 or vsock sockets", EVENT},
	{"process.io.remote.ip", "REMOTE", 15, A, STDIO, get_io_remote_ip, "far end of the first of them", EVENT},
	{"process.io.remote.port", "RPORT", 5, N, STDIO, get_io_remote_port, "its port", EVENT},
	{"process.io.inbound", "INBOUND", 7, B, STDIO, get_io_inbound, "that connection was accepted, not made; or fd 0 is a unix socket that was", EVENT},
	{"process.io.peer.pid", "PEERPID", 7, N, TYPE(RELAY), get_io_peer_pid, "process that holds the other end of its streams", EVENT},
	{"process.io.peer.name", "PEER", 15, T, TYPE(RELAY), get_io_peer_name, "its command name", EVENT},
	{"process.io.peer.executable", "PEEREXE", 24, T, TYPE(RELAY), get_io_peer_executable, "its program", EVENT},
	{"process.io.peer.command_line", "PEERCMD", 0, T, TYPE(RELAY), get_io_peer_command_line, "its arguments joined by spaces", EVENT, EXTRA},
	{"process.io.relay.pid", "RELAYPID", 8, N, TYPE(RELAY), get_io_relay_pid, "process that holds the connection which its streams lead to", EVENT},
	{"process.io.relay.name", "RELAY", 15, T, TYPE(RELAY), get_io_relay_name, "its command name", EVENT},
	{"process.io.relay.executable", "RELAYEXE", 24, T, TYPE(RELAY), get_io_relay_executable, "its program", EVENT},
	{"process.io.relay.command_line", "RELAYCMD", 0, T, TYPE(RELAY), get_io_relay_command_line, "its arguments joined by spaces", EVENT},
	{"process.io.relay.streams", "STREAMS", 7, T, TYPE(RELAY), get_io_relay_streams, "what leads to the connection: input output both; local: another program writes the input", EVENT},
	{"process.io.relay.family", "RFAMILY", 7, T, TYPE(RELAY), get_io_relay_family, "of the connection: inet inet6 vsock, or unix: nothing else was found", EVENT},
	{"process.io.relay.type", "RTYPE", 6, T, TYPE(RELAY), get_io_relay_type, "of its socket: stream dgram raw...", EVENT},
	{"process.io.relay.listens", "LISTENS", 7, B, TYPE(RELAY), get_io_relay_listens, "the process waits for further connections", EVENT},
	{"process.io.relay.repeats", "FETCHED", 7, N, TYPE(RELAY), get_io_relay_repeats, "how often the parent had the same command bring input for a program before", EVENT},
	{"process.io.relay.hops", "HOPS", 4, N, TYPE(RELAY), get_io_relay_hops, "processes between the program and the connection", EVENT},
	{"process.child.pid", "CHILD", 7, N, TYPE(FORK), get_child_pid, "process id of the new process", EVENT},
	{"process.child.entity_id", "CENTITY", 16, T, TYPE(FORK), get_child_entity, "entity id of the new process", EVENT},

	{"user.id", "UID", 6, N, ACTS, get_user_id, "real user id", PROCESS},
	{"user.effective.id", "EUID", 6, N, ACTS, get_effective_user, "effective user id, where it differs", PROCESS},
	{"user.login.id", "LOGINUID", 8, N, ACTS, get_login_user, "login user id (audit), where set", OF_HEAD},
	{"group.id", "GID", 6, N, ACTS, get_group_id, "real group id", PROCESS},
	{"container.id", "CONTAINER", 12, T, ACTS, get_container_id, "container, from the control group", PROCESS},
	{"container.name", "CNAME", 15, T, ACTS, get_container_name, "its name in the pod", PROCESS},
	{"container.image.name", "IMAGE", 24, T, ACTS, get_container_image, "its image", PROCESS},
	{"orchestrator.namespace", "NAMESPACE", 12, T, ACTS, get_pod_namespace, "Kubernetes namespace", PROCESS},
	{"orchestrator.resource.name", "POD", 20, T, ACTS, get_pod_name, "pod", PROCESS},

	{"file.path", "PATH", 0, T, FILED, get_file_path, "path as the kernel resolved it (see kwp.unresolved)", OF_FILE},
	{"file.name", "FILE", 16, T, FILED, get_file_name, "last component of the path", OF_FILE, EXTRA},
	{"file.target_path", "TARGET", 0, T, TYPE(RENAME) | TYPE(LINK) | TYPE(MOUNT), get_file_target, "second path: new name, link, mount point", EVENT},
	{"file.flags", "FLAGS", 20, T, FILES, get_file_flags, "flags of the call: O_WRONLY|O_CREAT", OF_FILE},
	{"file.descriptor", "FD", 4, N, FILES, get_file_descriptor, "file descriptor that it got or used", EXTRA},
	{"file.inode", "INODE", 10, N, FILED, get_file_inode, "inode number", OF_FILE},
	{"file.device", "DEVICE", 7, T, FILED, get_file_device, "device of the filesystem, major:minor", OF_FILE},
	{"file.mode", "MODE", 5, T, FILED, get_file_mode, "permission bits, octal", OF_FILE},
	{"file.type", "FTYPE", 8, T, FILED, get_file_type, "regular, directory, socket...", OF_FILE, EXTRA},
	{"file.node", "NODE", 6, T, TYPE(CREATE), get_file_node, "device that a device file was made for, major:minor", EVENT},
	{"file.size", "SIZE", 10, N, FILED, get_file_size, "bytes; of memory that no file is mapped to, those that were mapped", OF_FILE, EXTRA},
	{"file.uid", "FUID", 6, N, FILED, get_file_uid, "owner", OF_FILE, EXTRA},
	{"file.gid", "FGID", 6, N, FILED, get_file_gid, "group", OF_FILE, EXTRA},
	{"file.ctime", "CTIME", 30, W, FILED, get_file_ctime, "last change of content or attributes, UTC", OF_FILE, EXTRA},
	{"file.links", "LINKS", 5, N, FILED, get_file_links, "how many names it has", OF_FILE, EXTRA},
	{"file.deleted", "DELETED", 7, B, FILED, get_file_deleted, "it has no name (deleted, memfd, O_TMPFILE)", OF_FILE},
	{"file.memfd", "MEMFD", 5, B, FILED, get_file_memfd, "it only ever was in memory (memfd_create)", OF_FILE, EXTRA},
	{"file.filesystem", "FS", 8, T, FILED, get_file_filesystem, "ext4, overlay, tmpfs...", OF_FILE},
	{"file.mount", "MOUNT", 6, T, FILED, get_file_mount, "kernel: on a mount that no path leads to", OF_FILE},
	{"file.upper", "UPPER", 5, B, FILED, get_file_upper, "overlay: it is in the upper layer, so not as the image has it", OF_FILE},
	{"file.drift", "DRIFT", 6, T, TYPE(DRIFT), get_file_drift, "why it is not the image's: upper ctime memory mount", EVENT},
	{"file.use", "USE", 7, T, TYPE(DRIFT), get_file_use, "what it was used as: program, library, script", EVENT},
	{"file.injected", "INJECTED", 8, B, TYPE(DRIFT), get_file_injected, "LD_PRELOAD or LD_AUDIT of the program has its name", EVENT},
	{"file.permissions", "PERM", 12, T, TYPE(CHMOD) | TYPE(MMAP_EXEC) | TYPE(MPROTECT), get_file_permissions, "permissions asked for: octal mode, or PROT_ flags", OF_FILE},
	{"file.owner.id", "OWNER", 6, N, TYPE(CHOWN), get_file_owner, "owner asked for", OF_FILE},
	{"file.group.id", "GROUP", 6, N, TYPE(CHOWN), get_file_group, "group asked for", OF_FILE},
	{"file.xattr", "XATTR", 16, T, TYPE(XATTR), get_file_xattr, "name of the extended attribute", EVENT},
	{"file.mount_type", "MTYPE", 8, T, TYPE(MOUNT), get_mount_type, "filesystem that is mounted", EVENT},
	{"file.mount_options", "MOPTIONS", 16, T, TYPE(MOUNT), get_mount_options, "options of the mount", EVENT},

	{"source.ip", "SADDR", 15, A, ENDS, get_source_ip, "address of the end that began", EVENT},
	{"source.port", "SPORT", 5, N, ENDS, get_source_port, "its port", EVENT},
	{"source.bytes", "SBYTES", 8, N, TYPE(CLOSE), get_source_bytes, "bytes that it sent", EVENT},
	{"destination.ip", "DADDR", 15, A, ENDS, get_destination_ip, "address of the other end", EVENT},
	{"destination.port", "DPORT", 5, N, ENDS, get_destination_port, "its port", EVENT},
	{"destination.bytes", "DBYTES", 8, N, TYPE(CLOSE), get_destination_bytes, "bytes that it sent", EVENT},
	{"destination.domain", "DOMAIN", 20, T, ENDS, get_destination_domain, "name that was looked up for the address before", EVENT},
	{"network.transport", "PROTO", 5, T, NET | TYPE(DNS), get_network_transport, "tcp, udp, icmp...", EVENT},
	{"network.type", "IP", 4, T, NET | TYPE(DNS), get_network_type, "ipv4 or ipv6", EVENT},
	{"network.direction", "DIRECTION", 9, T, TYPE(CONNECT) | TYPE(ACCEPT) | TYPE(DNS) | TYPE(CLOSE), get_network_direction, "egress or ingress", EVENT},
	{"dns.type", "DNS", 6, T, TYPE(DNS), get_dns_type, "query or answer", EVENT},
	{"dns.id", "DNSID", 5, N, TYPE(DNS), get_dns_id, "message id", EVENT},
	{"dns.question.name", "QUESTION", 24, T, TYPE(DNS), get_dns_question, "name that was asked for", EVENT},
	{"dns.question.type", "QTYPE", 6, T, TYPE(DNS), get_dns_question_type, "A, AAAA, TXT...", EVENT},
	{"dns.answers", "ANSWERS", 0, L, TYPE(DNS), get_dns_answers, "answers: type and data", EVENT},
	{"dns.resolved_ip", "RESOLVED", 0, L, TYPE(DNS), get_dns_addresses, "addresses in the answers", EVENT},
	{"dns.response_code", "RCODE", 8, T, TYPE(DNS), get_dns_rcode, "NOERROR, NXDOMAIN...", EVENT},

	{"host.id", "HOST", 16, T, ANY, get_host_id, "the virtual machine", OF_HEAD},

	{"kwp.cgroup", "CGROUP", 8, N, ACTS, get_cgroup, "id of the control group", PROCESS, EXTRA},
	{"kwp.pid_namespace", "PIDNS", 10, N, ACTS, get_pid_namespace, "innermost pid namespace", PROCESS, EXTRA},
	{"kwp.mount_namespace", "MNTNS", 10, N, ACTS, get_mount_namespace, "mount namespace", PROCESS, EXTRA},
	{"kwp.tty", "TTY", 7, T, ACTS, get_process_tty, "controlling terminal, major:minor", PROCESS, EXTRA},
	{"kwp.schema", "SCHEMA", 2, N, ANY, get_schema, "number of this set of fields", OF_HEAD},
	{"kwp.verdict", "VERDICT", 11, T, ANY, get_verdict, "allow audit would-block block kill", OF_RULE},
	{"kwp.generation", "GENERATION", 10, N, ANY, get_generation, "of the policy in the kernel that spoke", OF_RULE},
	{"kwp.access", "ACCESS", 7, T, FILED, get_access, "what the policy's rule was asked about: read write execute map", OF_RULE},
	{"kwp.evidence.signal", "EVIDENCE", 8, T, FILED, get_evidence_signal, "why a file is not the image's: upper ctime memory mount written", OF_RULE},
	{"kwp.incident.id", "INCIDENT", 16, T, ANY, get_incident_id, "one id for the findings of one tree of processes: the entity id of its root", OF_RULE},
	{"kwp.incident.count", "COUNT", 6, N, ANY, get_incident_count, "how often this was found, where it repeats", OF_RULE},
	{"kwp.incident.first", "FIRST", 30, W, ANY, get_incident_first, "when it was found first, where it repeats, UTC", OF_RULE},
	{"kwp.incident.last", "LAST", 30, W, ANY, get_incident_last, "when it was found last, where it repeats, UTC", OF_RULE},
	{"kwp.backend", "BACKEND", 10, T, ACTS, get_backend, "who saw it: lsm fmod_ret tracepoint cgroup iterator", OF_HEAD},
	{"kwp.via", "VIA", 8, T, ACTS, get_via, "io_uring or 32-bit: not by a native system call", OF_HEAD},
	{"kwp.cpu", "CPU", 3, N, ANY, get_cpu, "processor that counted event.sequence", OF_HEAD},
	{"kwp.unresolved", "UNRESOLVED", 5, B, ACTS, get_unresolved, "paths or addresses are the caller's words: the kernel resolved none", OF_HEAD},
	{"kwp.incomplete", "INCOMPLETE", 12, L, ANY, get_incomplete, "fields that should be here and are not known", OF_HEAD},
	{"kwp.syscall.name", "SYSCALL", 16, T, ACTS, get_syscall_name, "system call that did it", EVENT},
	{"kwp.syscall.text", "CALL", 0, T, TYPE(SYSCALL), get_syscall_text, "the call with arguments and result as strace(1) prints it", EVENT},
	{"kwp.result", "RET", 5, N, ACTS, get_result, "what the act returned: a number or -errno", EVENT},
	{"kwp.capabilities", "CAPS", 16, T, ACTS, get_capabilities, "effective capabilities, hexadecimal", EXTRA},
	{"kwp.path", "WAY", 0, T, TYPE(RELAY), get_relay_path, "the way from the program's streams to the connection, in words", EVENT},
	{"kwp.attempt.args", "ATTEMPT", 0, L, TYPE(EXEC), get_attempt_args, "arguments of an exec that failed; file.path is what it wanted to run", EVENT},
	{"kwp.socket.family", "FAMILY", 7, T, NET, get_socket_family, "inet inet6 unix vsock netlink packet...", EVENT},
	{"kwp.socket.type", "STYPE", 7, T, NET, get_socket_type, "stream dgram raw...", EVENT},
	{"kwp.socket.protocol", "SPROTO", 5, N, NET, get_socket_protocol, "protocol number", EXTRA},
	{"kwp.socket.path", "UNIXPATH", 20, T, NET, get_socket_path, "name of a unix socket, @ for abstract ones", EVENT},
	{"kwp.socket.cid", "CID", 6, N, NET, get_socket_cid, "vsock context id: 2 is the host", EVENT},
	{"kwp.socket.backlog", "BACKLOG", 7, N, TYPE(LISTEN), get_socket_backlog, "length of the queue", EVENT},
	{"kwp.dup.from", "FROM", 4, N, TYPE(DUP), get_dup_from, "descriptor that was duplicated", EVENT},
	{"kwp.dup.to", "TO", 4, N, TYPE(DUP), get_dup_to, "standard descriptor that it became", EVENT},
	{"kwp.target.pid", "TPID", 7, N, TASKS, get_target_pid, "process that it was done to", EVENT},
	{"kwp.target.name", "TNAME", 15, T, TASKS, get_target_name, "its command name", EVENT},
	{"kwp.signal", "SIG", 8, T, TYPE(SIGNAL), get_signal, "signal that was sent", EVENT},
	{"kwp.ptrace", "PTRACE", 16, T, TYPE(PTRACE), get_ptrace_request, "ptrace request", EVENT},
	{"kwp.namespaces", "NS", 16, T, TYPE(SETNS) | TYPE(UNSHARE), get_namespaces, "kinds of namespaces: CLONE_NEWUSER...", EVENT},
	{"kwp.old.uid", "OLDUID", 6, N, TYPE(SETUID), get_old_user, "user id before", EVENT},
	{"kwp.old.capabilities", "OLDCAPS", 16, T, TYPE(CAPSET), get_old_capabilities, "effective capabilities before", EVENT},
	{"kwp.new.uid", "NEWUID", 6, N, TYPE(SETUID), get_new_user, "user id after", EVENT},
	{"kwp.new.capabilities", "NEWCAPS", 16, T, TYPE(CAPSET), get_new_capabilities, "effective capabilities after", EVENT},
	{"kwp.bpf.command", "BPFCMD", 20, T, TYPE(BPF), get_bpf_command, "bpf(2) command", EVENT},
	{"kwp.bpf.type", "BPFTYPE", 24, T, TYPE(BPF), get_bpf_type, "program type", EVENT},
	{"kwp.bpf.name", "BPFNAME", 16, T, TYPE(BPF), get_bpf_name, "program or map name", EVENT},
	{"kwp.sysctl.name", "SYSCTL", 28, T, TYPE(SYSCTL), get_sysctl_name, "kernel setting", EVENT},
	{"kwp.sysctl.value", "VALUE", 12, T, TYPE(SYSCTL), get_sysctl_value, "value written", EVENT},
	{"kwp.io_uring", "URING", 16, T, TYPE(URING), get_uring_operation, "io_uring operation, or setup", EVENT},
	{"kwp.loss.total", "LOST", 8, N, TYPE(LOSS), get_loss_total, "records lost since the last loss record", EVENT},
	{"kwp.loss.events", "LOSSES", 0, L, TYPE(LOSS), get_loss_events, "the same by type of event", EVENT},
	{"kwp.shed.lowered", "LOWERED", 7, B, TYPE(SHED), get_shed_lowered, "events are left out from now on, as a limit was passed; false: no more", EVENT},
	{"kwp.shed.events", "RATE", 8, N, TYPE(SHED), get_shed_events, "events a second that were seen", EVENT},
	{"kwp.shed.cpu", "CPUPPM", 8, N, TYPE(SHED), get_shed_cpu, "what kwp's programs took of one processor, in millionths", EVENT},
	{"kwp.heartbeat.records", "RECORDS", 10, N, TYPE(HEARTBEAT), get_heartbeat_records, "records that came since the watch began", EVENT},
	{"kwp.heartbeat.findings", "FOUND", 8, N, TYPE(HEARTBEAT), get_heartbeat_findings, "findings, without repeats", EVENT},
	{"kwp.heartbeat.repeats", "REPEATS", 8, N, TYPE(HEARTBEAT), get_heartbeat_repeats, "findings that repeat one before", EVENT},
	{"kwp.heartbeat.lost", "HLOST", 8, N, TYPE(HEARTBEAT), get_heartbeat_lost, "records that were lost", EVENT},
	{"kwp.heartbeat.evicted", "EVICTED", 8, N, TYPE(HEARTBEAT), get_heartbeat_evicted, "what bounded tables had to forget while it was of use", EVENT},
	{"kwp.heartbeat.damaged", "DAMAGED", 8, N, TYPE(HEARTBEAT), get_heartbeat_damaged, "records that made no sense", EVENT},
};
const size_t fields_count = ARRAY_SIZE(fields);

const struct field *field_find(const char *name, size_t size)
{
	for (size_t i = 0; i < fields_count; i++)
		if (strlen(fields[i].name) == size && !memcmp(fields[i].name, name, size))
			return &fields[i];
	return NULL;
}

const struct field *field_suggest(const char *name, size_t size)
{
	const struct field *best = NULL;
	unsigned least = 3 + size / 6;

	for (size_t i = 0; i < fields_count; i++) {
		const char *last = strrchr(fields[i].name, '.');
		unsigned d = word_distance(name, size, fields[i].name, strlen(fields[i].name));

		/* "pid" means process.pid */
		if (last && strlen(last + 1) == size && !memcmp(last + 1, name, size))
			d = 1;
		if (d < least) {
			least = d;
			best = &fields[i];
		}
	}
	return best;
}

bool field_secret(const struct field *field)
{
	static const char *const ends[] = {".args", ".env_vars", "command_line", "message", ".mount_options"};
	size_t size = strlen(field->name);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t end = strlen(ends[i]);

		if (size >= end && !strcmp(field->name + size - end, ends[i]))
			return true;
	}
	return false;
}
