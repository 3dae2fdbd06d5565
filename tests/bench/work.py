# SPDX-License-Identifier: GPL-2.0-only
"""The workloads: storms of one kind of act, and real work."""

import os
import subprocess
import sys

# name: (acts, text that a line of each act holds; None: no tool is asked to show it)
STORMS = {
    'exec': (4000, 'storm-nothing'),
    'open': (200000, 'storm-read'),
    'connect': (20000, '127.83.87.80'),
    'write-open': (100000, 'storm-write'),
    'fork': (4000, None),
    'getpid': (4000000, None),
}

IMPORTS = 'import json, asyncio, argparse, logging, sqlite3, urllib.request, unittest, http.server'

# What a model writes when it is asked for a small thing: it opens, lists, runs, connects.
SNIPPETS = [
    'print(sum(i * i for i in range(10000)))',
    'import os; print(len([f for _, _, fs in os.walk("/etc") for f in fs]))',
    'import json; d = {str(i): i for i in range(1000)}; print(len(json.loads(json.dumps(d))))',
    'import subprocess; print(subprocess.run(["uname", "-a"], capture_output=True).stdout)',
    'import re; print(len(re.findall(r"\\w+", open("/etc/services").read()))) '
    'if __import__("os").path.exists("/etc/services") else print(0)',
    'import csv, io; w = csv.writer(io.StringIO()); [w.writerow([i, i * 2]) for i in range(5000)]',
    'import tempfile, pathlib; d = tempfile.mkdtemp(); p = pathlib.Path(d, "a"); '
    'p.write_text("x" * 1000); print(p.stat().st_size); p.unlink(); p.parent.rmdir()',
    'import socket; s = socket.socket(); print(s.connect_ex(("127.0.0.1", 9))); s.close()',
]

REAL = ('make', 'imports', 'snippets')
REPEATS = 3  # of real work in a round, of which the one that took the least CPU counts
SOURCES = 60

SOURCE = '''#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
{functions}
int part_{n}(int x) {{ return x{calls}; }}
'''
FUNCTION = '''
static int step_{n}_{i}(int x)
{{
	char text[64];
	snprintf(text, sizeof(text), "%d-{i}", x);
	return (int)strlen(text) * {i} + abs(x - {n});
}}
'''
MAKEFILE = '''OBJS := $(patsubst %.c,%.o,$(wildcard *.c))
all: program
program: $(OBJS)
	$(CC) -o $@ $^
%.o: %.c
	$(CC) -O1 -Wall -c -o $@ $<
clean:
	rm -f program $(OBJS)
'''


def project_make(directory):
    """Writes a small C project; returns its directory."""
    os.mkdir(directory)
    for n in range(SOURCES):
        functions = ''.join(FUNCTION.format(n=n, i=i) for i in range(8))
        calls = ''.join(f' + step_{n}_{i}(x)' for i in range(8))
        with open(os.path.join(directory, f'part{n}.c'), 'w') as file:
            file.write(SOURCE.format(n=n, functions=functions, calls=calls))
    with open(os.path.join(directory, 'main.c'), 'w') as file:
        file.write(''.join(f'int part_{n}(int x);\n' for n in range(SOURCES)))
        file.write('int main(void)\n{\n\tint sum = 0;\n')
        file.write(''.join(f'\tsum += part_{n}(sum);\n' for n in range(SOURCES)))
        file.write('\treturn sum == 1;\n}\n')
    with open(os.path.join(directory, 'Makefile'), 'w') as file:
        file.write(MAKEFILE)
    return directory


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


class Work:
    """One workload, ready to run as often as wanted."""

    def __init__(self, bench, name, scale):
        self.bench, self.name, self.real = bench, name, name in REAL
        self.acts, self.text = STORMS.get(name, (1, None))
        self.command = None
        if self.real:
            self.command = self.real_command(scale)
        else:
            self.acts = max(1, int(self.acts * scale))

    def real_command(self, scale):
        """A script: its loop is the workload, its interpreter sh as in a container."""
        python = quote(os.path.realpath(sys.executable))
        path = os.path.join(self.bench.place, self.name + '.sh')
        if self.name == 'make':
            project = project_make(os.path.join(self.bench.place, 'project'))
            return ['make', '-s', '-j2', '-C', project]
        codes = [IMPORTS] * 8 if self.name == 'imports' else SNIPPETS * 3
        with open(path, 'w') as file:
            for code in codes[:max(4, int(len(codes) * scale))]:
                file.write(f'{python} -c {quote(code)} >/dev/null || exit 1\n')
        return ['sh', path]

    def prepare(self):
        if self.name == 'make':
            subprocess.run(['make', '-s', '-C', self.command[-1], 'clean'], check=True)

    def run(self, running=None):
        """Returns a dict: acts, and in ns wall, cpu (the workload's), tool, total (of both).
        A storm has a processor of its own; its tool and whoever reads that have the others."""
        if running:
            running.stay_off(not self.real)
        if not self.real:
            return self.run_once(running)
        return min((self.run_once(running) for _ in range(REPEATS)), key=lambda r: r['total'])

    def run_once(self, running):
        tool = running.tool if running else None
        acts = self.acts if self.real else max(1, int(self.acts * (tool.scale if tool else 1)))
        self.prepare()
        before = running.cpu() if running else 0
        prefix, fds = running.prefix() if running else ([], [])
        command = self.command or [self.bench.storm, '-1', self.name, str(acts)]
        output, wall, usage = self.bench.measure(prefix + command, fds)
        cpu = usage
        if not self.real:
            wall, cpu = (int(n) for n in output.split()[1:3])
        if not running:
            spent = 0
        else:
            # A tracer that is the workload's parent is in its usage.
            spent = usage - cpu if tool.wrap else running.quiet() - before
        return {'acts': acts, 'wall': wall, 'cpu': cpu, 'tool': spent, 'total': cpu + spent}
