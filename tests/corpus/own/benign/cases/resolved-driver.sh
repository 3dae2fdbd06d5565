# Who drives a shell looks a route up, as resolvers do, and sends nothing.
python3 -c 'import socket, subprocess
p = subprocess.Popen(["sh"], stdin=-1, stdout=-1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.connect(("127.0.0.1", 53))
print(p.communicate(b"echo $((6*7))\n"))'
