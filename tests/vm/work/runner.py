# SPDX-License-Identifier: GPL-2.0-only
"""What runs code that a model wrote: each snippet in a process and a directory of its own."""

import os
import subprocess
import sys
import tempfile

with open(os.path.join(os.path.dirname(__file__), 'snippets.txt')) as file:
    snippets = [line.rstrip('\n') for line in file if not line.startswith('#')]
for snippet in snippets[:int(os.environ.get('SNIPPETS', '50'))]:
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run([sys.executable, '-c', snippet], cwd=place, capture_output=True,
                              timeout=60)
        if done.returncode:
            sys.exit(f'{snippet}\n{done.stderr.decode()}')
