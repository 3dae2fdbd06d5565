. "$CORPUS/lib/common.sh"
attacker serve 32001 hello
bash -c 'exec 3<>/dev/tcp/127.0.0.1/32001; read -r line <&3; [ "$line" = hello ]'
