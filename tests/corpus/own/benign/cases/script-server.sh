# A super server that runs a script for each connection.
. "$CORPUS/lib/common.sh"
printf "read -r line\necho \"you said \$line\"\n" >answer.sh
socat TCP-LISTEN:31047,reuseaddr EXEC:"bash $W/answer.sh" &
for i in 1 2 3 4 5 6 7 8 9; do
	echo hello | socat -t3 - TCP:127.0.0.1:31047 >said 2>/dev/null && break
	sleep 0.3
done
grep -q "you said hello" said
