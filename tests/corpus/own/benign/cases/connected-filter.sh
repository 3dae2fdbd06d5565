# Code of the command line with a connection runs what it names itself.
. "$CORPUS/lib/common.sh"
attacker serve 31046 some-data
python3 -c 'import socket, subprocess
s = socket.create_connection(("127.0.0.1", 31046))
print(subprocess.run(["tr", "a-z", "A-Z"], input=s.recv(99), capture_output=True).stdout)
print(subprocess.check_output(["sh", "-c", "uname -r"]))'
