. "$CORPUS/lib/common.sh"
python3 -c 'import socket, subprocess
s = socket.socket(socket.AF_UNIX); s.bind("sock"); s.listen()
c = s.accept()[0]; subprocess.run(["sh"], stdin=c, stdout=c, stderr=c)' &
until [ -S sock ]; do sleep 0.1; done
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("sock"); s.settimeout(10)
s.sendall(b"id\n"); sys.exit(b"uid=" not in s.recv(99))'
