mkdir d
mount -t cgroup2 none d && umount d
