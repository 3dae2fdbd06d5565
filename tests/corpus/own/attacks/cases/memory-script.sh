python3 -c 'import os
f = os.memfd_create("x", 0)
os.write(f, b"exit 0")
os.execv("/usr/bin/perl", ["perl", "/proc/self/fd/%d" % f])'
