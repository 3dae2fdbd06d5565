LD_PRELOAD=libm.so.6 LD_LIBRARY_PATH=$PWD cat /proc/self/maps | grep -q libm.so
