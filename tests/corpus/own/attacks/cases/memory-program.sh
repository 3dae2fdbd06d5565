python3 -c 'import os
f = os.memfd_create("x")
os.write(f, open("/bin/true", "rb").read())
os.execv("/proc/self/fd/%d" % f, ["x"])'
