/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists from the item that was longest untouched to the one that was last. */
#ifndef KWP_LIST_H
#define KWP_LIST_H

#include <stddef.h>

/* A list of type, which has members `*newer, *older` of its own type. */
#define LIST_OF(type) struct { type *oldest, *newest; size_t count; }

/* As the newest. */
#define list_add(list, item) ({ \
	__typeof__(list) kwp_l_ = (list); \
	__typeof__(item) kwp_i_ = (item); \
	kwp_i_->newer = NULL; \
	kwp_i_->older = kwp_l_->newest; \
	*(kwp_i_->older ? &kwp_i_->older->newer : &kwp_l_->oldest) = kwp_i_; \
	kwp_l_->newest = kwp_i_; \
	kwp_l_->count++; \
})

#define list_remove(list, item) ({ \
	__typeof__(list) kwp_l_ = (list); \
	__typeof__(item) kwp_i_ = (item); \
	*(kwp_i_->older ? &kwp_i_->older->newer : &kwp_l_->oldest) = kwp_i_->newer; \
	*(kwp_i_->newer ? &kwp_i_->newer->older : &kwp_l_->newest) = kwp_i_->older; \
	kwp_l_->count--; \
})

#define list_touch(list, item) ({ list_remove(list, item); list_add(list, item); })

#endif
