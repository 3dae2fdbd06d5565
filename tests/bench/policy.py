# SPDX-License-Identifier: GPL-2.0-only
"""What a policy in the kernel costs: profiles of any size, and `kwp load` of them as a tool."""

import json
import subprocess

import tools

SIZES = (8, 1000)
DETECTIONS = ('reverse-shell', 'bind-shell', 'exec-on-socket', 'fileless-exec', 'exec-deleted',
              'exec-shared-memory', 'process-injection')

# Pins of our own: what the machine has loaded stays as it is, and ours goes with the namespace.
APART = ['unshare', '-m', 'sh', '-c', 'mount -t bpf bpf /sys/fs/bpf && exec "$@"', 'sh']
# Where no hook can deny, kwp load ends with 4: kwp itself is not protected.
LOAD = '"$@" || [ $? = 4 ]'
HOLD = '"$1" load -q "$2" || [ $? = 4 ] && echo loaded >&2 && exec sleep 1000'


def profile(paths, networks, detect=False):
    """Rules about what nobody does here: paths of each kind, and networks."""
    lines = ['kwp: 1', 'name: bench', 'mode: enforce', 'process:', '  block:']
    lines += [f'    - /opt/bench/program{n}' for n in range(paths)]
    lines += ['file:']
    lines += [f"  - {{path: '/opt/bench/written{n}/**', write: block}}" for n in range(paths)]
    lines += [f'  - {{path: /opt/bench/read{n}, read: block}}' for n in range(paths)]
    lines += ['network:', '  egress:', '    default: allow', '    block:']
    lines += [f"      - '10.{n // 250}.{n % 250}.0/24:4444'" for n in range(networks)]
    if detect:
        lines += ['detect:'] + [f'  {name}: block' for name in DETECTIONS]
    return '\n'.join(lines) + '\n'


def policy_tool(binary, count):
    """A policy in force, with count rules of each kind, that nobody reads."""
    name = f'{count}.yaml'
    return tools.Tool(f'policy {count}', [[*APART, 'sh', '-c', HOLD, 'sh', binary, name]],
                      files={name: profile(count, count)}, ready='loaded', silent=True)


def load_run(bench, binary, paths, networks):
    """Loads a policy with all detections, and again: wall time and CPU of both, kernel memory."""
    with open(f'{bench.place}/load.yaml', 'w') as file:
        file.write(profile(paths // 3, networks, detect=True))
    holder = bench.spawn([*APART, 'sh', '-c', 'echo; exec sleep 1000'], stdout=subprocess.PIPE)
    holder.stdout.read(1)
    inside = ['nsenter', '-t', str(holder.pid), '-m', 'sh', '-c', LOAD, 'sh', binary, 'load']
    try:
        figures = {}
        for name in ('first', 'again'):
            _, wall, cpu = bench.measure([*inside, '-q', f'{bench.place}/load.yaml'])
            figures |= {f'{name}_ms': wall / 1e6, f'{name}_cpu_ms': cpu / 1e6}
        status = json.loads(bench.measure([*inside, '--status', '-o', 'json'])[0])
        figures['kernel_mb'] = (status['map_bytes'] + status['program_bytes']) / 2**20
        return figures
    finally:
        bench.end(holder)
