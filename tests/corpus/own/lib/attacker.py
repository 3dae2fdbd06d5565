#!/usr/bin/env python3
"""attacker.py listen|connect PORT: the far end of a shell on loopback. Asks it for `id` and ends with 0 if it answers.
attacker.py serve PORT TEXT: hands TEXT to who connects."""
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
