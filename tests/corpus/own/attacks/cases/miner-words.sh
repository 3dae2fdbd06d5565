bash -c 'true' -o stratum+tcp://127.0.0.1:3333 -u x
