cp -p /usr/bin/factor keep
cat /usr/bin/true >/usr/bin/factor
factor 21
status=$?
cat keep >/usr/bin/factor
exit $status
