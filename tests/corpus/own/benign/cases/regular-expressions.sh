# grep compiles them to machine code.
seq 9999 | grep -cP '(\d)\1'
