#!/usr/bin/env python3
"""relay.py HOW PORT: a shell on pipes, and a process that carries bytes between them and a connection to PORT."""
import os
import socket
import subprocess
import sys
import threading
import time

how, port = sys.argv[1], int(sys.argv[2])


def connect():
    return socket.create_connection(("127.0.0.1", port))


def carry(source, sink):
    while part := source(4096):
        sink(part)
    os._exit(0)


def relay(peer, to, of):
    threading.Thread(target=carry, args=(peer.recv, lambda b: os.write(to, b)), daemon=True).start()
    carry(lambda n: os.read(of, n), peer.sendall)


def sent_connection():
    """What another process connected."""
    ours, theirs = socket.socketpair()
    if not os.fork():
        time.sleep(1)
        with connect() as peer:
            socket.send_fds(theirs, [b"x"], [peer.fileno()])
        os._exit(0)
    return socket.socket(fileno=socket.recv_fds(ours, 1, 1)[1][0])


if how == "forked":
    peer = connect()
    shell_in, to = os.pipe()
    of, shell_out = os.pipe()
    if not os.fork():
        relay(peer, to, of)
    if not os.fork():
        peer.close()
        os.close(to)
        os.close(of)
        time.sleep(0.2)
        os.dup2(shell_in, 0)
        os.dup2(shell_out, 1)
        os.execvp("sh", ["sh"])
    os._exit(0)
peer = connect() if how == "pipe" else None
shell = subprocess.Popen(["/bin/sh"], stdin=-1, stdout=-1, stderr=-2)
if how == "late":
    time.sleep(1)
    peer = connect()
elif how == "passed":
    peer = sent_connection()
relay(peer, shell.stdin.fileno(), shell.stdout.fileno())
