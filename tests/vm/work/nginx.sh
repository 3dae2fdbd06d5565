# SPDX-License-Identifier: GPL-2.0-only
# A web server: it serves, takes its configuration again, serves, and ends.
set -e
cat >/srv/nginx.conf <<'C'
pid /srv/run/nginx.pid;
error_log /srv/run/error.log;
worker_processes 2;
events {}
http {
	access_log /srv/run/access.log;
	client_body_temp_path /srv/run/body;
	proxy_temp_path /srv/run/proxy;
	fastcgi_temp_path /srv/run/fastcgi;
	uwsgi_temp_path /srv/run/uwsgi;
	scgi_temp_path /srv/run/scgi;
	server { listen 127.0.0.1:8080; root /srv/site; }
}
C
mkdir -p /srv/site /srv/run
echo hello >/srv/site/index.html
nginx -c /srv/nginx.conf
for _ in 1 2 3 4 5; do curl -sf http://127.0.0.1:8080/ >/dev/null; done
nginx -c /srv/nginx.conf -s reload
sleep 1
for _ in 1 2 3 4 5; do curl -sf http://127.0.0.1:8080/ >/dev/null; done
nginx -c /srv/nginx.conf -s quit
while [ -e /srv/run/nginx.pid ]; do sleep 0.1; done
