/* SPDX-License-Identifier: GPL-2.0-only */
/* The getters of the field table (field.c), by subject. Each leaves *out alone, a
 * VALUE_NONE, when the event has no such fact. */
#ifndef KWP_FIELD_GET_H
#define KWP_FIELD_GET_H

#include "field.h"
#include "names.h"

typedef void field_getter(const struct event *event, struct value *out);

/* field_get.c: what most events have */
field_getter get_timestamp, get_event_kind, get_event_category, get_event_type, get_event_action,
	get_event_outcome, get_event_sequence, get_event_duration, get_error_code, get_host_id,
	get_schema, get_backend, get_via, get_cpu, get_result, get_unresolved, get_incomplete;

/* field_rule.c */
field_getter get_event_severity, get_message, get_rule_id, get_rule_name, get_rule_description,
	get_rule_ruleset, get_rule_reference, get_technique, get_verdict, get_generation,
	get_access, get_evidence_signal, get_file_drift, get_file_use, get_incident_id,
	get_incident_count, get_incident_first, get_incident_last;

/* field_process.c */
field_getter get_process_pid, get_process_vpid, get_process_entity, get_process_name,
	get_process_executable, get_process_args, get_process_args_count, get_process_command_line,
	get_process_environ, get_process_cwd, get_process_start, get_process_script, get_process_entry,
	get_process_session, get_process_tty, get_process_interactive, get_parent_pid,
	get_parent_entity, get_parent_name, get_parent_executable, get_parent_args,
	get_parent_command_line, get_parent_connections, get_parent_names, get_parent_fetched, get_parent_start, get_ancestors, get_thread_id, get_thread_name,
	get_exit_code, get_exit_signal, get_capabilities, get_user_id, get_group_id,
	get_effective_user, get_container_id, get_container_name, get_container_image,
	get_pod_name, get_pod_namespace, get_cgroup, get_pid_namespace, get_mount_namespace,
	get_login_user, get_attempt_args, get_exec_secure, get_exec_argc, get_child_pid,
	get_child_entity;

/* field_io.c */
field_getter get_stdin, get_stdout, get_stderr, get_io_sockets, get_io_remote_ip,
	get_io_remote_port, get_io_inbound, get_io_peer_pid, get_io_peer_name,
	get_io_peer_executable, get_io_peer_command_line, get_io_relay_pid, get_io_relay_name,
	get_io_relay_executable, get_io_relay_command_line, get_io_relay_streams,
	get_io_relay_family, get_io_relay_type, get_io_relay_listens, get_io_relay_hops,
	get_io_relay_repeats, get_relay_path;

/* field_file.c */
field_getter get_file_path, get_file_name, get_file_target, get_file_inode, get_file_device,
	get_file_mode, get_file_type, get_file_node, get_file_size, get_file_uid, get_file_gid,
	get_file_ctime, get_file_links, get_file_deleted, get_file_memfd, get_file_filesystem, get_file_mount,
	get_file_upper, get_file_injected, get_file_flags, get_file_descriptor, get_file_xattr, get_mount_type,
	get_mount_options, get_file_permissions, get_file_owner, get_file_group;

/* field_network.c */
field_getter get_source_ip, get_source_port, get_destination_ip, get_destination_port,
	get_source_bytes, get_destination_bytes,
	get_destination_domain, get_network_transport, get_network_type, get_network_direction,
	get_socket_family, get_socket_type, get_socket_protocol, get_socket_path, get_socket_cid,
	get_socket_backlog, get_dns_type, get_dns_id, get_dns_question, get_dns_question_type,
	get_dns_answers, get_dns_addresses, get_dns_rcode;

/* field_kernel.c: acts on tasks and on the kernel itself */
field_getter get_target_pid, get_target_name, get_signal, get_ptrace_request, get_namespaces,
	get_old_user, get_new_user, get_old_capabilities, get_new_capabilities, get_dup_from,
	get_dup_to, get_bpf_command, get_bpf_type, get_bpf_name, get_sysctl_name, get_sysctl_value,
	get_uring_operation, get_syscall_name, get_syscall_text, get_loss_total, get_loss_events,
	get_shed_lowered, get_shed_events, get_shed_cpu, get_heartbeat_records,
	get_heartbeat_findings, get_heartbeat_repeats, get_heartbeat_lost, get_heartbeat_evicted,
	get_heartbeat_damaged;

static inline void value_text(struct value *out, const char *text)
{
	if (!text)
		return;
	out->kind = VALUE_TEXT;
	out->text = (struct text){text, __builtin_strlen(text)};
}

static inline void value_bytes(struct value *out, struct text text)
{
	if (!text.bytes)
		return;
	out->kind = VALUE_TEXT;
	out->text = text;
}

static inline void value_number(struct value *out, int64_t number)
{
	out->kind = VALUE_NUMBER;
	out->number = number;
}

static inline void value_bool(struct value *out, bool yes)
{
	out->kind = VALUE_BOOL;
	out->number = yes;
}

/* What was printed into out->buffer, length as snprintf(3) returns it. */
static inline void value_buffer(struct value *out, size_t length)
{
	out->kind = VALUE_TEXT;
	out->text = (struct text){out->buffer, MIN(length, sizeof(out->buffer) - 1)};
}

/* IPv4, IPv6, or IPv4 in IPv6 (shown as IPv4); other families have none. */
void value_address(struct value *out, const struct kwp_addr *addr);

/* In out->buffer: "major:minor" of a kernel dev_t; permission bits in octal;
 * the names of flags. Events have these by the million: no printf. */
void value_device(struct value *out, uint32_t device);
void value_mode(struct value *out, uint32_t mode);
void value_flags(struct value *out, enum name_table table, uint64_t flags);

#define RECORD(event) ((event)->record)
#define FACTS(event, type) ((const struct type *)(event)->facts)

#endif
