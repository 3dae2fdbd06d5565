echo line >/var/log/some.log
: >/var/log/some.log
