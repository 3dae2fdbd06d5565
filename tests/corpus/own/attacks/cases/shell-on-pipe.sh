echo 'echo >done' | sh
[ -e done ]
