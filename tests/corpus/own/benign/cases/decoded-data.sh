echo c2VjcmV0 | base64 -d >key
word=$(echo c2VjcmV0 | base64 -d)
[ "$word" = secret ] && [ "$(cat key)" = secret ] && echo "$word" | base64 | base64 -d | cat
