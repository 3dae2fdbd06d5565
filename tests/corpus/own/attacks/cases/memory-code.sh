# ret
python3 -c 'import ctypes, mmap
m = mmap.mmap(-1, 4096, prot=7)
m.write(bytes([0xc3]))
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()'
