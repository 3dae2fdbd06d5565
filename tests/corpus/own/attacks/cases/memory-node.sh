python3 -c 'import os, stat
os.mknod("harmless", 0o600 | stat.S_IFCHR, os.makedev(1, 1))'
