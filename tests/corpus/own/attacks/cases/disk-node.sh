mknod disk b 254 0
