/* SPDX-License-Identifier: GPL-2.0-only */
#include "answer.h"

#include <string.h>
#include <sys/socket.h>

/* One message with all of *loaded and its descriptors. */
static void message_make(struct msghdr *message, struct iovec *part, struct loaded *loaded,
			 void *control, size_t size)
{
	*part = (struct iovec){loaded, sizeof(*loaded)};
	*message = (struct msghdr){.msg_iov = part, .msg_iovlen = 1, .msg_control = control,
				   .msg_controllen = size};
}

bool answer_send(int socket, struct loaded *loaded)
{
	const size_t bytes = (LOADER_PROGRAMS + loaded->maps + loaded->rows) * sizeof(int);
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(loaded->fd))];
	struct msghdr message;
	struct cmsghdr *head;
	struct iovec part;

	message_make(&message, &part, loaded, control, CMSG_SPACE(bytes));
	head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(head), loaded->fd, bytes);
	if (loaded->err)
		message.msg_controllen = 0;
	return sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof(*loaded);
}

bool answer_receive(int socket, struct loaded *loaded)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(loaded->fd))];
	struct msghdr message;
	struct cmsghdr *head;
	struct iovec part;

	message_make(&message, &part, loaded, control, sizeof(control));
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL) != sizeof(*loaded))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(loaded->fd); i++)
		loaded->fd[i] = -1;
	head = CMSG_FIRSTHDR(&message);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(loaded->fd, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
	return loaded->err || loaded->fd[LOADER_PROGRAMS - 1] >= 0;
}
