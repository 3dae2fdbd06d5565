# A script of the image's with pipes to a process that has a connection, as CGI has.
cat >cgi.sh <<'S'
#!/bin/sh
read -r line
echo "got $line"
S
chmod +x cgi.sh
python3 -c '
import socket, subprocess
server = socket.create_server(("127.0.0.1", 31062))
client = socket.create_connection(("127.0.0.1", 31062))
peer, _ = server.accept()
print(subprocess.run(["./cgi.sh"], input=b"x\n", capture_output=True).stdout)'
