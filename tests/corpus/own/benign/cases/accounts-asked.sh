[ -s /etc/shadow ] || echo 'root:*:19000:0:99999:7:::' >/etc/shadow
getent passwd root && getent shadow root >/dev/null && id nobody
