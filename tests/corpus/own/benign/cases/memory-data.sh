python3 -c 'import os, mmap
f = os.memfd_create("heap")
os.ftruncate(f, 4096)
mmap.mmap(f, 4096).write(b"data")'
