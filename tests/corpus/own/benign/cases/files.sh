tmp=$(mktemp)
cp /etc/passwd "$tmp"
sed -i 's/root/toor/' "$tmp"
chmod 755 "$tmp"
mv "$tmp" copy
rm copy
