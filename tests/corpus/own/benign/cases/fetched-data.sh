# What comes from the network goes to programs that are no shells.
python3 -m http.server 31063 --bind 127.0.0.1 >/dev/null 2>&1 &
server=$!
until curl -s http://127.0.0.1:31063/ | sort | sha256sum; do sleep 0.1; done
curl -s http://127.0.0.1:31063/ | tr a-z A-Z | wc -c
kill $server
