: >/etc/ld.so.preload
rm /etc/ld.so.preload
