# The package index that the operator is told to use: PEP 503 pages over the downloaded wheels.
. "$ROOT/dev/lib/services.sh"
index_title="package index on $NODE_IP:8081"
index_needs="wheels"

index_step() {
    need nginx
    python3 "$ROOT/dev/lib/make_index.py" "$CACHE/wheels" "$STATE/index"
    start_site index <<END
    server {
        listen $NODE_IP:8081;
        root $STATE/index;
        location /files/ { alias $CACHE/wheels/; }
        location / { index index.html; absolute_redirect off; }
    }
END
    wait_ready index 20 curl -sS --fail -o /dev/null "http://$NODE_IP:8081/simple/"
    host_service index 8081
}
