# A shell that a program without a connection drives, by pipes and by a terminal.
python3 -c '
import os, pty, subprocess
print(subprocess.run(["sh"], input=b"echo $((6*7))\nexit\n", capture_output=True).stdout)
pid, fd = pty.fork()
if not pid:
    os.execvp("sh", ["sh", "-i"])
os.write(fd, b"exit\n")
os.waitpid(pid, 0)'
