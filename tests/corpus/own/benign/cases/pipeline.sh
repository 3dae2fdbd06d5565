ls / | sort | while read -r name; do echo "$name"; done | tail -n 1
