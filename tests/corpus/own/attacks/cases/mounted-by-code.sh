mkdir m
python3 -c 'import ctypes
mount = ctypes.CDLL(None).mount
raise SystemExit(mount(b"x", b"m", b"tmpfs", 0, None))'
status=$?
umount m
exit $status
