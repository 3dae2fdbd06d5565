python3 -c 'import pty; pty.spawn(["/bin/ls", "-l", "/etc/hostname"])'
