# ctypes makes code by which C calls Python.
python3 -c 'import ctypes
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
a = (ctypes.c_int * 3)(3, 1, 2)
ctypes.CDLL(None).qsort(a, 3, 4, compare(lambda x, y: x[0] - y[0]))
assert list(a) == [1, 2, 3]'
