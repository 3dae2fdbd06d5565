mkdir -p www/cgi-bin
printf '#!/bin/sh\necho "Content-Type: text/plain"; echo; uptime\n' >www/cgi-bin/a
chmod 755 www/cgi-bin/a
(cd www && exec python3 -m http.server --cgi 32002) &
for i in $(seq 100); do curl -s http://127.0.0.1:32002/cgi-bin/a >out && break; sleep 0.1; done
kill $!
grep -q load out
