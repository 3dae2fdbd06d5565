# Anonymous memory that is shared is a file in memory; it becomes code only later.
python3 -c 'import ctypes, mmap
m = mmap.mmap(-1, 4096)
m.write(bytes([0xc3]))
at = ctypes.addressof(ctypes.c_char.from_buffer(m))
if ctypes.CDLL(None).mprotect(ctypes.c_void_p(at), 4096, 5): raise SystemExit(1)
ctypes.CFUNCTYPE(None)(at)()'
