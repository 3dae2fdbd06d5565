echo 'echo done' | base64 | base64 -d | sh | grep -q done
