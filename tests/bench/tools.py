# SPDX-License-Identifier: GPL-2.0-only
"""The tools that are measured: how each is started, found ready, watched and stopped."""

import glob
import os
import re
import shutil
import signal
import subprocess
import time

READY_SECS = 15
QUIET_SECS = 20
PATHS = ('exec', 'open', 'connect', 'write-open')  # acts that tools are asked to show

# Tracing tools need tracefs. It is mounted for the tool alone: the machine stays as it was.
TRACEFS = ['unshare', '-m', 'sh', '-c',
           'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec "$@"', 'sh']

BPFTRACE = r'''
tracepoint:syscalls:sys_enter_execve { printf("EXEC %d %s ", pid, comm); join(args->argv); }
tracepoint:syscalls:sys_enter_openat { printf("OPEN %d %s %s\n", pid, comm, str(args->filename)); }
tracepoint:syscalls:sys_enter_connect { printf("CONNECT %s %d\n", comm, pid); }
'''

FALCO = '''
- rule: exec
  desc: all
  condition: evt.type in (execve, execveat) and evt.dir=<
  output: EXEC %proc.pid %proc.cmdline
  priority: INFO
- rule: open
  desc: all
  condition: evt.type in (open, openat, openat2) and evt.dir=<
  output: OPEN %proc.pid %proc.name %fd.name
  priority: INFO
- rule: connect
  desc: all
  condition: evt.type=connect and evt.dir=<
  output: CONNECT %proc.pid %proc.name %fd.name
  priority: INFO
'''


class Failed(Exception):
    """A tool that does not start here; the text says why."""


class Tool:
    """commands: what runs, all of it writing to one pipe. wrap: the workload is its child.
    scale: part of the acts that suffices for a slow one. texts: what its lines hold instead of
    the usual text of a workload. ready: what its diagnostics say when it is. settle: seconds to
    wait instead, for a tool that does not print file names. silent: it shows no acts."""

    def __init__(self, name, commands=(), package=None, wrap=False, scale=1.0, texts=None,
                 stream='stdout', works=None, ready=None, files=None, settle=0, silent=False):
        self.name, self.commands, self.package = name, list(commands), package
        self.wrap, self.scale, self.texts = wrap, scale, texts or {}
        self.stream, self.works, self.ready = stream, works, ready
        self.files, self.settle, self.silent = files or {}, settle, silent

    def missing(self):
        """The first program that is not installed, or None."""
        for command in self.commands:
            if not shutil.which(command[0]):
                return command[0]
        return None

    def start(self, bench, texts, **options):
        return Running(self, bench, texts, **options)


class Auditd(Tool):
    """The audit subsystem: rules, and a daemon of our own that writes a log, which tail follows."""

    RULE = ['exit,always', '-S', 'execve', '-S', 'openat', '-S', 'connect', '-k', 'storm']

    def start(self, bench, texts, **options):
        if 'pid 0\n' not in self.control('-s'):
            raise Failed('an auditd runs already')
        self.was = re.search(r'^enabled (\d)', self.control('-s'), re.M)[1]
        directory = os.path.join(bench.place, 'audit')
        shutil.rmtree(directory, ignore_errors=True)
        os.mkdir(directory, 0o750)
        log = os.path.join(directory, 'audit.log')
        open(log, 'w').close()
        os.chmod(log, 0o600)
        with open(os.path.join(directory, 'auditd.conf'), 'w') as config:
            config.write(f'log_file = {log}\nlog_format = RAW\nflush = NONE\nmax_log_file = 0\n'
                         f'max_log_file_action = IGNORE\nplugin_dir = {directory}\n'
                         'space_left = 2\nadmin_space_left = 1\n')
        self.commands = [['auditd', '-n', '-c', directory],
                         ['tail', '-n', '+1', '-F', log]]
        return Running(self, bench, texts, then=self.rules_add, finish=self.rules_remove, **options)

    @staticmethod
    def control(*args):
        done = subprocess.run(['auditctl', *args], capture_output=True, text=True)
        return done.stdout + done.stderr

    def rules_add(self):
        for _ in range(50):
            if 'pid 0\n' not in self.control('-s'):
                break
            time.sleep(0.02)
        self.control('-b', '65536')
        self.control('-e', '1')
        self.control('-a', *self.RULE)

    def rules_remove(self):
        self.control('-d', *self.RULE)
        self.control('-e', self.was)
        self.control('-b', '64')


class Running:
    """A tool at work and the drain that reads it. The drain's CPU is not the tool's."""

    def __init__(self, tool, bench, texts, beat=True, stall=0, extra=(), then=None, finish=None,
                 losses=None):
        self.tool, self.bench, self.processes, self.finish = tool, bench, [], finish
        self.texts = {work: tool.texts.get(work, text) for work, text in texts.items()}
        self.diagnostics = os.path.join(bench.place, 'stderr')
        self.start_ms = None
        try:
            self._start(['-s', str(stall), *(['-l', losses] if losses else [])], extra, then)
            if tool.settle:
                time.sleep(tool.settle)
            elif not tool.wrap:
                self._wait_ready(beat)
        except BaseException:
            self.stop()
            raise

    def _start(self, options, extra, then):
        wanted = [text for text in self.texts.values() if text]
        self.drain = self.bench.spawn([self.bench.drain, *options, *wanted],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.began = time.clock_gettime_ns(time.CLOCK_REALTIME)
        for name, text in self.tool.files.items():
            with open(os.path.join(self.bench.place, name), 'w') as file:
                file.write(text)
        if self.tool.wrap:
            return
        pipe = self.drain.stdin
        with open(self.diagnostics, 'wb') as errors:
            for command in self.tool.commands:
                out, err = (pipe, errors) if self.tool.stream == 'stdout' else (errors, pipe)
                own = self.tool.silent or self.tool.name.startswith('kwp')
                prefix = [] if own else TRACEFS
                self.processes.append(self.bench.spawn(prefix + command + list(extra),
                                                       stdout=out, stderr=err))
        pipe.close()
        if then:
            then()

    def _wait_ready(self, beat):
        """Ready when its first line comes: until then `storm mix` makes a file every millisecond.
        Without a beat: when its diagnostics say so."""
        end = time.monotonic() + READY_SECS
        mix = beat and self.bench.spawn([self.bench.storm, 'mix', '1000', str(READY_SECS)],
                                        stdout=subprocess.DEVNULL)
        os.set_blocking(self.drain.stdout.fileno(), False)
        first = None
        while not first:
            if time.monotonic() > end or all(p.poll() is not None for p in self.processes):
                raise Failed(self.last_words() or 'no event came')
            time.sleep(0.002)
            if beat:
                first = re.match(rb'first (\d+)\n', self.drain.stdout.read() or b'')
            else:
                first = re.search(self.tool.ready, self.words())
        if beat:
            self.start_ms = (int(first[1]) - self.began) / 1e6
            self.bench.end(mix)
        os.set_blocking(self.drain.stdout.fileno(), True)
        self.quiet()

    def words(self):
        try:
            with open(self.diagnostics, errors='replace') as file:
                return file.read()
        except OSError:
            return ''

    def last_words(self):
        lines = [line for line in self.words().splitlines() if line.strip()]
        return lines[-1].strip() if lines else ''

    def prefix(self):
        """What stands before a workload's command, and the descriptors that it needs."""
        if not self.tool.wrap:
            return [], []
        fd = self.drain.stdin.fileno()
        return [*self.tool.commands[0], '-o', f'/dev/fd/{fd}'], [fd]

    def pids(self):
        pids = [p.pid for p in self.processes if p.poll() is None and 'tail' not in p.args]
        return pids + (kauditd() if isinstance(self.tool, Auditd) else [])

    def cpu(self):
        """CPU ns of all threads that the tool's processes ever had."""
        return sum(cpu_clock(pid) for pid in self.pids())

    def quiet(self):
        """Waits until the tool has worked off what waits; returns its cpu()."""
        end, last = time.monotonic() + QUIET_SECS, self.cpu()
        while time.monotonic() < end:
            time.sleep(0.15)
            now = self.cpu()
            if now - last < 3_000_000:
                return now
            last = now
        return last

    def stay_off(self, off):
        """Keeps the tool and its reader off processor 0, or lets them go anywhere again."""
        cpus = set(range(1 if off and os.cpu_count() > 1 else 0, os.cpu_count()))
        for process in [*self.processes, self.drain]:
            for path in glob.glob(f'/proc/{process.pid}/task/[0-9]*'):
                try:
                    os.sched_setaffinity(int(path.split('/')[-1]), cpus)
                except ProcessLookupError:
                    pass

    def memory(self):
        """Bytes: (peak resident set, BPF maps) of the tool's processes."""
        pids = self.pids()
        return sum(peak(pid) for pid in pids), sum(maps(pid) for pid in pids)

    def stop(self):
        """Ends the tool as its user would; returns what the drain counted."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                pass
            self.bench.end(process)
        if self.finish:
            self.finish()
        if not self.drain.stdin.closed:
            self.drain.stdin.close()
        os.set_blocking(self.drain.stdout.fileno(), True)
        report = (self.drain.stdout.read() or b'').decode(errors='replace')
        self.bench.end(self.drain)
        return self._counts(report)

    def _counts(self, report):
        counts = {'loss': 0, 'lost': 0, 'lines': 0}
        by_text = {}
        for line in report.splitlines():
            kind, _, rest = line.partition(' ')
            if kind == 'count':
                number, _, text = rest.partition(' ')
                by_text[text] = int(number)
            elif kind == 'delay':
                counts['delay'] = [int(n) for n in rest.split()]
            elif kind in counts:
                counts[kind] = int(rest)
        counts['works'] = {work: by_text.get(text, 0) for work, text in self.texts.items() if text}
        return counts


def cpu_clock(pid):
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)  # CPUCLOCK_SCHED of a process
    except OSError:
        return 0


def kauditd():
    """The kernel thread that does auditd's work."""
    for path in glob.glob('/proc/[0-9]*/comm'):
        try:
            with open(path) as file:
                if file.read() == 'kauditd\n':
                    return [int(path.split('/')[2])]
        except OSError:
            pass
    return []


def peak(pid):
    try:
        with open(f'/proc/{pid}/status') as file:
            return int(re.search(r'VmHWM:\s+(\d+)', file.read())[1]) * 1024
    except (OSError, TypeError):
        return 0


def maps(pid):
    """Each map once, as `bpftool map show` counts (bytes_memlock)."""
    sizes = {}
    for path in glob.glob(f'/proc/{pid}/fdinfo/*'):
        try:
            with open(path) as file:
                text = file.read()
        except OSError:
            continue
        found = re.search(r'^memlock:\s+(\d+)\nmap_id:\s+(\d+)', text, re.M)
        if found:
            sizes[found[2]] = int(found[1])
    return sum(sizes.values())


def kwp(binary, events, name='kwp', works=None):
    return Tool(name, [[binary, 'trace', '-e', events, '-o', 'json']], works=works,
                ready=r'watching')


def audit(binary):
    """The rules of base. What the workloads do is no finding, so no line says that it is ready."""
    return Tool('kwp audit', [[binary, 'audit', '-o', 'json']], ready=r'watching',
                texts=dict.fromkeys(PATHS),
                works={'exec', 'open', 'write-open', 'make', 'imports', 'snippets'})


def peers():
    """In the order of the table."""
    falco = ['falco', '-o', 'engine.kind=modern_ebpf', '-o', 'stdout_output.enabled=true',
             '-o', 'buffered_outputs=false', '-r', 'falco.yaml']
    events = 'execve,openat,connect'
    return [
        Tool('libbpf-tools', [['execsnoop'], ['opensnoop'], ['tcpconnect']], 'libbpf-tools'),
        Tool('bpftrace', [['bpftrace', '-e', BPFTRACE]], 'bpftrace', scale=0.5,
             texts={'connect': 'CONNECT storm'}),
        Auditd('auditd', [['auditd'], ['auditctl']], 'auditd', scale=0.5,
               texts={'exec': 'a0="./storm-nothing"', 'connect': '7F535750'}),
        Tool('sysdig', [['sysdig', '--modern-bpf', '-p', '%evt.type %proc.name %evt.args',
                         'evt.dir=< and evt.type in (execve, openat, connect)']]),
        Tool('falco', [falco], files={'falco.yaml': FALCO}),
        Tool('perf trace', [['perf', 'trace', '-a', '-e', events]], 'linux-perf', scale=0.1,
             stream='stderr', settle=2, texts=dict.fromkeys(PATHS)),
        Tool('strace', [['strace', '-f', '--seccomp-bpf', '-qq', '-e', 'trace=' + events]],
             'strace', scale=0.1, wrap=True),
    ]
