/* SPDX-License-Identifier: GPL-2.0-only */
#include "proof.h"

#include <errno.h>
#include <fcntl.h>

#include <bpf/bpf.h>

#include "log.h"
#include "probe.skel.h"

static struct bpf_program *canary(struct probe_bpf *probe, enum kwp_backend by)
{
	switch (by) {
	case KWP_BY_LSM:
		return probe->progs.probe_lsm;
	case KWP_BY_FMOD_RET:
		return probe->progs.probe_fmod_ret;
	default:
		return probe->progs.probe_tp;
	}
}

/* An act that every canary can see. */
static void act(void)
{
	_cleanup_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* 1: it fired, 0: it attached and stayed silent, -errno: the kernel refuses it. */
static int prove(enum kwp_backend by)
{
	struct probe_bpf *probe = probe_bpf__open();
	struct bpf_program *program;
	struct bpf_link *link = NULL;
	int err;

	if (!probe)
		return -errno;
	bpf_object__for_each_program(program, probe->obj)
		bpf_program__set_autoload(program, program == probe->progs.probe_who ||
							   program == canary(probe, by));
	err = probe_bpf__load(probe);
	if (!err) {
		bpf_prog_test_run_opts(bpf_program__fd(probe->progs.probe_who), NULL);
		link = bpf_program__attach(canary(probe, by));
		err = link ? 0 : -errno;
	}
	if (!err) {
		act();
		err = probe->bss->probe_fired & 1u << by ? 1 : 0;
	}
	bpf_link__destroy(link);
	probe_bpf__destroy(probe);
	return err;
}

uint32_t proof_backends(uint32_t wanted, uint32_t *silent)
{
	uint32_t proven = 0, quiet = 0;

	for (enum kwp_backend by = KWP_BY_LSM; by <= KWP_BY_TRACEPOINT; by++) {
		int fired = wanted & 1u << by ? prove(by) : -ECANCELED;

		log_debug("backend %d: %s", by, fired == 1 ? "fires" : fired ? "refused" : "silent");
		if (fired == 1)
			proven |= 1u << by;
		else if (!fired)
			quiet |= 1u << by;
	}
	if (silent)
		*silent = quiet;
	return proven;
}
