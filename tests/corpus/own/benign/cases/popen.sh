python3 -c 'import subprocess; print(subprocess.run(["sh", "-c", "echo $((6*7))"], capture_output=True).stdout)'
perl -e 'open my $p, "-|", "ls", "/" or die; print <$p>; system("date")'
