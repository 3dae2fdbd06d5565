# What comes over a connection goes through filters, and is no command.
. "$CORPUS/lib/common.sh"
attacker serve 31048 HELLO
nc.openbsd 127.0.0.1 31048 </dev/null | tr A-Z a-z | while read -r l; do echo "$l"; done | grep -q hello
