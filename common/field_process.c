/* SPDX-License-Identifier: GPL-2.0-only */
#include "field_get.h"

#include <ctype.h>
#include <string.h>

#include "container.h"
#include "names.h"
#include "process.h"

/* ---- the process and its parent ---- */

static void value_list(struct value *out, const char *bytes, size_t size)
{
	if (!bytes)
		return;
	out->kind = VALUE_LIST;
	out->text = (struct text){bytes, size};
}

static void value_pid(struct value *out, const struct process *process)
{
	if (process && process->view_pid)
		value_number(out, process->view_pid);
}

static void value_start(struct value *out, const struct process *process)
{
	if (!process || !process->start_time)
		return;
	out->kind = VALUE_TIME;
	out->time = process->start_time;
}

static const struct process *parent_of(const struct event *event)
{
	return event->process ? event->process->parent : NULL;
}

void get_process_pid(const struct event *event, struct value *out)
{
	value_pid(out, event->process);
}

/* The pid that the process itself sees, where it is another one. */
void get_process_vpid(const struct event *event, struct value *out)
{
	const struct process *p = event->process;

	if (p && p->own_pid && p->own_pid != p->view_pid)
		value_number(out, p->own_pid);
}

void get_process_entity(const struct event *event, struct value *out)
{
	if (event->process)
		value_text(out, event->process->entity_id);
}

void get_process_name(const struct event *event, struct value *out)
{
	if (event->process && event->process->comm[0])
		value_text(out, event->process->comm);
}

void get_process_executable(const struct event *event, struct value *out)
{
	if (event->process)
		value_text(out, event->process->executable);
}

void get_process_args(const struct event *event, struct value *out)
{
	if (event->process)
		value_list(out, event->process->args, event->process->args_size);
}

void get_process_environ(const struct event *event, struct value *out)
{
	if (event->process)
		value_list(out, event->process->environ, event->process->environ_size);
}

void get_process_args_count(const struct event *event, struct value *out)
{
	size_t count = 0;

	if (!event->process || !event->process->args)
		return;
	for (size_t i = 0; i < event->process->args_size; i++)
		count += !event->process->args[i];
	value_number(out, count);
}

void get_process_command_line(const struct event *event, struct value *out)
{
	if (event->process)
		value_text(out, event->process->command_line);
}

void get_process_cwd(const struct event *event, struct value *out)
{
	if (event->process)
		value_text(out, event->process->cwd);
}

void get_process_start(const struct event *event, struct value *out)
{
	value_start(out, event->process);
}

void get_process_script(const struct event *event, struct value *out)
{
	if (event->process)
		value_text(out, event->process->script);
}

void get_process_entry(const struct event *event, struct value *out)
{
	if (event->process && event->process->entered)
		value_text(out, event->process->ns_init ? "container-init" : "exec-session");
}

void get_process_session(const struct event *event, struct value *out)
{
	if (event->process && event->process->session)
		value_number(out, event->process->session);
}

void get_process_tty(const struct event *event, struct value *out)
{
	const uint32_t tty = event->process ? event->process->tty : 0;

	if (tty)
		value_device(out, tty);
}

void get_process_interactive(const struct event *event, struct value *out)
{
	if (event->process)
		value_bool(out, event->process->tty != 0);
}

void get_parent_pid(const struct event *event, struct value *out)
{
	value_pid(out, parent_of(event));
}

void get_parent_entity(const struct event *event, struct value *out)
{
	if (parent_of(event))
		value_text(out, parent_of(event)->entity_id);
}

void get_parent_name(const struct event *event, struct value *out)
{
	if (parent_of(event) && parent_of(event)->comm[0])
		value_text(out, parent_of(event)->comm);
}

void get_parent_executable(const struct event *event, struct value *out)
{
	if (parent_of(event))
		value_text(out, parent_of(event)->executable);
}

void get_parent_args(const struct event *event, struct value *out)
{
	if (parent_of(event))
		value_list(out, parent_of(event)->args, parent_of(event)->args_size);
}

void get_parent_command_line(const struct event *event, struct value *out)
{
	if (parent_of(event))
		value_text(out, parent_of(event)->command_line);
}

void get_parent_connections(const struct event *event, struct value *out)
{
	static const char *const words[] = {NULL, "outbound", "inbound", "both"};

	if (parent_of(event) && parent_of(event)->connected < ARRAY_SIZE(words))
		value_text(out, words[parent_of(event)->connected]);
}

/* Does the text hold the word, between other bytes than those of words? Of what code would write
 * in another way, such as ends of lines, only the beginning counts. */
static bool text_names(const char *text, const char *word)
{
	const size_t size = strcspn(word, "\a\b\t\n\v\f\r\"'\\");
	const size_t length = strlen(text);

	if (!size)
		return false;
	for (const char *at = text; (at = memmem(at, length - (at - text), word, size)); at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[size]))
			return true;
	return false;
}

void get_parent_names(const struct event *event, struct value *out)
{
	const struct process *process = event->process, *parent = parent_of(event);
	size_t last;

	if (!parent || !parent->command_line || !process->args || process->args_size < 2)
		return;
	last = process->args_size - 1;
	while (last > 0 && process->args[last - 1])
		last--;
	value_bool(out, text_names(parent->command_line, process->args + last));
}

void get_parent_fetched(const struct event *event, struct value *out)
{
	if (parent_of(event))
		value_bool(out, parent_of(event)->fetched);
}

void get_parent_start(const struct event *event, struct value *out)
{
	value_start(out, parent_of(event));
}

void get_ancestors(const struct event *event, struct value *out)
{
	if (!parent_of(event))
		return;
	out->kind = VALUE_PROCESSES;
	out->process = parent_of(event);
}

/* ---- who it runs as, and where ---- */

void get_user_id(const struct event *event, struct value *out)
{
	if (event->process)
		value_number(out, event->process->uid);
}

void get_effective_user(const struct event *event, struct value *out)
{
	if (event->process && event->process->euid != event->process->uid)
		value_number(out, event->process->euid);
}

void get_group_id(const struct event *event, struct value *out)
{
	if (event->process)
		value_number(out, event->process->gid);
}

void get_container_id(const struct event *event, struct value *out)
{
	if (event->container)
		value_text(out, event->container->id);
}

void get_container_name(const struct event *event, struct value *out)
{
	if (event->container)
		value_text(out, event->container->name);
}

void get_container_image(const struct event *event, struct value *out)
{
	if (event->container)
		value_text(out, event->container->image);
}

void get_pod_name(const struct event *event, struct value *out)
{
	if (event->container)
		value_text(out, event->container->pod);
}

void get_pod_namespace(const struct event *event, struct value *out)
{
	if (event->container)
		value_text(out, event->container->namespace);
}

void get_cgroup(const struct event *event, struct value *out)
{
	if (event->process && event->process->cgroup)
		value_number(out, event->process->cgroup);
}

void get_pid_namespace(const struct event *event, struct value *out)
{
	if (event->process && event->process->pid_ns)
		value_number(out, event->process->pid_ns);
}

void get_mount_namespace(const struct event *event, struct value *out)
{
	if (event->process && event->process->mnt_ns)
		value_number(out, event->process->mnt_ns);
}

/* ---- what only the record knows ---- */

void get_thread_id(const struct event *event, struct value *out)
{
	if (RECORD(event)->view_tid)
		value_number(out, RECORD(event)->view_tid);
}

void get_thread_name(const struct event *event, struct value *out)
{
	if (RECORD(event)->comm[0])
		value_text(out, RECORD(event)->comm);
}

void get_login_user(const struct event *event, struct value *out)
{
	if (RECORD(event)->loginuid != ~0u)
		value_number(out, RECORD(event)->loginuid);
}

void get_capabilities(const struct event *event, struct value *out)
{
	if (RECORD(event)->pid)
		value_buffer(out, snprintf(out->buffer, sizeof(out->buffer), "%016llx",
					   (unsigned long long)RECORD(event)->capabilities));
}

void get_exit_code(const struct event *event, struct value *out)
{
	const struct kwp_exit *exit = event->facts;

	if (RECORD(event)->type == KWP_EXIT && !(exit->code & 0x7f))
		value_number(out, exit->code >> 8 & 0xff);
}

void get_exit_signal(const struct event *event, struct value *out)
{
	const struct kwp_exit *exit = event->facts;

	if (RECORD(event)->type == KWP_EXIT && (exit->code & 0x7f))
		value_flags(out, NAME_SIGNAL, exit->code & 0x7f);
}

void get_child_pid(const struct event *event, struct value *out)
{
	const struct kwp_fork *fork = event->facts;

	if (RECORD(event)->type == KWP_FORK && fork->child_view_pid)
		value_number(out, fork->child_view_pid);
}

void get_child_entity(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_FORK && event->target)
		value_text(out, event->target->entity_id);
}

void get_exec_secure(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_EXEC)
		value_bool(out, FACTS(event, kwp_exec)->secure);
}

void get_exec_argc(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_EXEC && FACTS(event, kwp_exec)->argc)
		value_number(out, FACTS(event, kwp_exec)->argc);
}

/* An exec that failed left the process as it was: what it wanted is here. */
void get_attempt_args(const struct event *event, struct value *out)
{
	if (RECORD(event)->type == KWP_EXEC && RECORD(event)->ret < 0)
		value_list(out, event->string[1].bytes, event->string[1].size);
}
