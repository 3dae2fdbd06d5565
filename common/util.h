/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros that every file may use, and no function of weight. */
#ifndef KWP_UTIL_H
#define KWP_UTIL_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
#define MUST_CHECK __attribute__((warn_unused_result))

#define NS_PER_S 1000000000ull
#define NS_PER_MS 1000000ull

/* Cleanup attributes: `_cleanup_free_ char *name = ...` is freed when it
 * leaves its scope; take_ptr() hands it over, take_fd() a descriptor. */
static inline void cleanup_free(void *p) { free(*(void **)p); }
static inline void cleanup_close(int *fd) { if (*fd >= 0) close(*fd); }
static inline void cleanup_fclose(FILE **f) { if (*f) fclose(*f); }
#define _cleanup_free_ __attribute__((cleanup(cleanup_free)))
#define _cleanup_close_ __attribute__((cleanup(cleanup_close)))
#define _cleanup_fclose_ __attribute__((cleanup(cleanup_fclose)))

#define take_ptr(p) ({ __typeof__(p) *kwp_p_ = &(p), kwp_v_ = *kwp_p_; *kwp_p_ = NULL; kwp_v_; })
#define take_fd(fd) ({ int *kwp_p_ = &(fd), kwp_v_ = *kwp_p_; *kwp_p_ = -1; kwp_v_; })

#endif
