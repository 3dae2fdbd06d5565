lib=$(ldconfig -p | sed -n 's/.*=> \(.*libm\.so\.6\)$/\1/p' | head -n 1)
cp "$lib" injected.so
LD_PRELOAD=$PWD/injected.so cat /proc/self/maps | grep -q injected.so
