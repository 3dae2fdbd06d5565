/* SPDX-License-Identifier: GPL-2.0-only */
/* What the loader's child tells its parent: a struct loaded and its descriptors. */
#ifndef KWP_ANSWER_H
#define KWP_ANSWER_H

#include "loader.h"

bool answer_send(int socket, struct loaded *loaded);
/* All descriptors are -1 where *loaded tells of an error. false: no whole answer came. */
bool answer_receive(int socket, struct loaded *loaded);

#endif
