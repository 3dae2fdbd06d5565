cp /bin/bash s
chmod 4755 s
setpriv --reuid=65534 --regid=65534 --clear-groups ./s -p -c id | grep -q 'euid=0'
