# SPDX-License-Identifier: GPL-2.0-only
#
#   make              build/kwp, the static binary (no root)
#   make quickstart   install what is missing, build, show kwp audit at work (root)
#   make check        every test; sets itself up (root)
#   make help         the rest

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CLANG ?= clang
BPFTOOL ?= bpftool
LLVM_STRIP ?= $(if $(shell command -v llvm-strip),llvm-strip,llvm-strip-14)
PYTHON ?= python3
B := build

ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
	-Wno-missing-field-initializers -Werror
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -D_GNU_SOURCE= $(WARN) -DKWP_VERSION='"$(VERSION)"' -I$(B) -MMD -MP
LDFLAGS ?= -static
LIBS := -lbpf -lelf -lz -lyaml -lnettle
BPFFLAGS := -O2 -g -mcpu=v3 -target bpf -D__TARGET_ARCH_$(ARCH) -Wall -Wextra \
	-Wno-unused-parameter -Werror -idirafter /usr/include/$(MULTIARCH) -MMD -MP

# core first: libbpf 1.1's linker loses maps that are declared before they are defined.
BPF_OBJ := $(patsubst bpf/%.c,$(B)/bpf/%.o,bpf/core.bpf.c \
	$(filter-out bpf/core.bpf.c bpf/plain.bpf.c bpf/setting.bpf.c bpf/device.bpf.c,$(wildcard bpf/*.bpf.c)))
# For kernels without type information, where one program that uses it fails them all.
PLAIN_OBJ := $(patsubst %,$(B)/bpf/%.bpf.o,plain packet gate name setting device)
COMMON := $(wildcard common/*.c)
OBJ := $(patsubst %.c,$(B)/%.o,$(COMMON) $(wildcard cmd/*.c)) $(B)/profiles.o
COMMANDS := $(filter-out main,$(patsubst cmd/%.c,%,$(wildcard cmd/*.c)))
PROFILES := $(wildcard profiles/*.yaml)

# Unit tests and fuzzers link the floors below the sensor, with sanitizers.
PURE := $(filter-out $(wildcard common/enforce*.c) $(addprefix common/,sensor.c sensor_attach.c \
	loader.c loader_choose.c loader_list.c loader_plain.c object.c proof.c guest.c \
	guest_container.c freeze.c probe.c run.c run_live.c run_finding.c run_now.c \
	wrapper.c scope.c learn_running.c learn_watch.c baseline_tell.c),$(COMMON))
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))

.DELETE_ON_ERROR:
.PHONY: all
all: $(B)/kwp

# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)

# A missing tool is one sentence that names its package.
need = @command -v $(1) >/dev/null || { echo "kwp: '$(1)' is missing: apt-get install $(2), or run 'sudo make setup'" >&2; exit 1; }
.PHONY: tools
tools:
	$(call need,$(CC),gcc)
	$(call need,$(CLANG),clang)
	$(call need,$(LLVM_STRIP),llvm)
	$(call need,$(BPFTOOL),bpftool)
	@for h in bpf/libbpf.h:libbpf-dev gelf.h:libelf-dev zlib.h:zlib1g-dev yaml.h:libyaml-dev nettle/sha2.h:nettle-dev; do \
		echo "#include <$${h%%:*}>" | $(CC) -E -x c - >/dev/null 2>&1 || \
		{ echo "kwp: <$${h%%:*}> is missing: apt-get install $${h##*:}, or run 'sudo make setup'" >&2; exit 1; }; done

# ---- kernel side ----

$(B)/bpf/%.bpf.o: bpf/%.bpf.c | tools
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPFFLAGS) -MF $(@:.o=.d) -c $< -o $@
	@$(LLVM_STRIP) -g $@

$(B)/kwp.bpf.o: $(BPF_OBJ) Makefile
	$(call say,LINK)
	$(Q)$(BPFTOOL) gen object $@ $(BPF_OBJ)

$(B)/plain.bpf.o: $(PLAIN_OBJ) Makefile
	$(call say,LINK)
	$(Q)$(BPFTOOL) gen object $@ $(PLAIN_OBJ)

# The skeleton without its copy of the object, which object.c carries compressed.
$(B)/kwp.skel.h: $(B)/kwp.bpf.o
	$(call say,GEN)
	$(Q)$(BPFTOOL) gen skeleton $< name kwp_bpf | awk ' \
		/elf_bytes\(size_t \*sz\)$$/ { print; print "{\n\treturn object_bytes(sz);"; skip = 1 } \
		/^}/ { skip = 0 } !skip' >$@
$(B)/%.bpf.o.gz: $(B)/%.bpf.o bpf/strip-lines
	$(call say,GZIP)
	$(Q)bpf/strip-lines $< >$@.tmp && gzip -9cn $@.tmp >$@ && rm $@.tmp

# ---- user side ----

$(B)/%.o: %.c | tools
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(B)/common/loader.o: $(B)/kwp.skel.h
$(B)/common/kconfig.o: profiles/kernel.conf
$(B)/common/object.o: $(B)/kwp.bpf.o.gz $(B)/plain.bpf.o.gz
$(B)/common/object.o: override CFLAGS += -DKWP_OBJECT='"$(B)/kwp.bpf.o"' -DKWP_PLAIN='"$(B)/plain.bpf.o"'

# The profiles as they are, in the read-only data of the binary.
$(B)/profiles.c: $(PROFILES) Makefile
	$(call say,GEN)
	@mkdir -p $(@D)
	@{ echo '#include "$(CURDIR)/common/profile.h"'; for f in $(PROFILES); do b=$${f##*/}; n=$$(echo $${b%.yaml} | tr -c 'a-z0-9\n' _); \
		printf '__asm__(".section .rodata\\n%s: .incbin \"%s\"\\n.byte 0\\n.previous");\n' profile_$$n $$f; \
		echo "extern const char profile_$$n[];"; done; \
	echo 'const struct builtin_profile builtin_profiles[] = {'; \
	for f in $(PROFILES); do b=$${f##*/}; n=$$(echo $${b%.yaml} | tr -c 'a-z0-9\n' _); \
		echo "	{\"$${b%.yaml}\", profile_$$n, $$(wc -c <$$f)},"; done; \
	echo '};'; echo "const size_t builtin_profiles_count = $(words $(PROFILES));"; } >$@

$(B)/profiles.o: $(B)/profiles.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(B)/kwp: $(OBJ)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@.debug $^ $(LIBS)
	@strip -s -o $@ $@.debug

# ---- tests ----

$(B)/unit/%.o: %.c | tools
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(SAN) -c $< -o $@

PURE_OBJ := $(patsubst %.c,$(B)/unit/%.o,$(PURE)) $(B)/unit/build/profiles.o
$(B)/unit/build/profiles.o: $(B)/profiles.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(SAN) -c $< -o $@
$(UNIT): $(B)/unit/%: $(B)/unit/tests/unit/%.o $(PURE_OBJ)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(SAN) -o $@ $^ $(LIBS)

$(FUZZ): $(B)/fuzz/%: tests/fuzz/%.c $(PURE) $(B)/profiles.c | tools
	@mkdir -p $(@D)
	$(call say,CLANG)
	$(Q)$(CLANG) $(filter-out -MMD -MP,$(CFLAGS)) -Wno-gnu -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

.PHONY: unit acts setup check check-unit check-bats check-vm check-man check-fuzz fuzz
.PHONY: bench bench-baseline bench-hooks bench-net quickstart
setup:
	tests/setup

check: setup
	tests/check

unit: $(UNIT)
check-unit:
	tests/check unit
check-bats: $(B)/kwp acts
	tests/check bats
check-vm: $(B)/kwp acts
	tests/check vm
fuzz: $(FUZZ)
check-fuzz:
	tests/check fuzz
check-man:
	tests/check man

$(B)/acts/%: tests/acts/%.c tests/acts/sockets.h tests/acts/ring.h tests/acts/catch.h
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=gnu11 -O2 -g -static -D_GNU_SOURCE= -Wall -Wextra -Wno-unused-parameter -o $@ $<
acts: $(patsubst tests/acts/%.c,$(B)/acts/%,$(wildcard tests/acts/*.c))

$(B)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -O2 -g -Wall -Wextra -o $@ $< -lpthread
bench: $(B)/kwp $(B)/bench/storm $(B)/bench/drain
	tests/bench/run $(BENCH)
bench-baseline: $(B)/kwp
	tests/bench/baseline $(BENCH)
bench-hooks: $(B)/kwp $(B)/bench/storm
	tests/bench/hooks $(BENCH)
bench-net: $(B)/kwp
	tests/setup net
	tests/bench/net $(BENCH)

# CORPUS: a folder laid out like tests/corpus/own, which is what is taken without it.
.PHONY: corpus
corpus: $(B)/kwp
	KWP=$(CURDIR)/$(B)/kwp tests/corpus/run $(CORPUS)

quickstart:
	tests/setup build
	$(MAKE) $(B)/kwp
	tests/quickstart

# ---- installation ----

.PHONY: install uninstall
install: $(B)/kwp
	install -Dm755 $(B)/kwp $(DESTDIR)$(PREFIX)/sbin/kwp
	for c in $(COMMANDS); do ln -sf kwp $(DESTDIR)$(PREFIX)/sbin/kwp-$$c; done
	for m in man/*.[1-9]; do install -Dm644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; done
	for p in profiles/*; do install -Dm644 $$p $(DESTDIR)$(PREFIX)/share/kwp/$$p; done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/kwp $(DESTDIR)$(PREFIX)/sbin/kwp-*
	for m in man/*.[1-9]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; done
	rm -rf $(DESTDIR)$(PREFIX)/share/kwp

.PHONY: clean help
clean:
	rm -rf $(filter-out $(B)/vm,$(wildcard $(B)/*))
help:
	@echo 'all           build/kwp (default)'
	@echo 'setup         install the Debian packages that build and tests need (root)'
	@echo 'quickstart    set up, build, and show kwp audit finding two attacks (root)'
	@echo 'check         every test, in this kernel and in guests (root)'
	@echo 'check-unit    check-bats  check-vm  check-fuzz  check-man   one layer of them'
	@echo 'check-vm KERNEL=path APPEND=words   the guest tests on one kernel of yours'
	@echo 'bench         what kwp costs, beside its peers (root); BENCH=--quick'
	@echo 'bench-baseline  what kwp diff costs beside sha256sum, and sees beside AIDE (root)'
	@echo 'bench-hooks   what a policy costs where hooks deny, in instructions (root; a guest)'
	@echo 'bench-net     what rules of addresses cost a network, beside iptables and nftables (root)'
	@echo 'corpus        attacks and harmless look-alikes in guests: what is found (root); CORPUS=DIR'
	@echo 'unit          the unit tests, build/unit/*'
	@echo 'fuzz          the libFuzzer targets, build/fuzz/*'
	@echo 'install       DESTDIR and PREFIX are respected; uninstall takes it away'
	@echo 'clean         all of build/ but the guests of build/vm'
	@echo 'V=1 shows the commands; CC, CLANG, BPFTOOL and CFLAGS can be set'

-include $(shell find $(B)/bpf $(B)/common $(B)/cmd $(B)/unit -name '*.d' -type f 2>/dev/null)
