[ -s /etc/shadow ] || echo 'root:*:19000:0:99999:7:::' >/etc/shadow
while read -r line; do echo "$line"; done </etc/shadow >out
[ -s out ]
