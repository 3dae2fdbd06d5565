# Servers and clients that run commands, not shells that take them, while they are connected.
cat >app.py <<'P'
import http.server, subprocess, threading, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        out = subprocess.run("uname -m; date", shell=True, capture_output=True, stdin=subprocess.PIPE).stdout
        self.send_response(200)
        self.end_headers()
        self.wfile.write(out)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 31061), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for _ in range(3):
    print(urllib.request.urlopen("http://127.0.0.1:31061/").read())
P
python3 app.py
