sleep 20 &
from=$(sed -n '/stack/s/-.*//p' /proc/$!/maps)
dd if=/proc/$!/mem of=out bs=4096 skip=$((0x$from / 4096)) count=1
kill $!
[ -s out ]
