# The tracking server: MLflow in an environment of its own, on loopback, behind an nginx that asks for
# a login. Its database and artifact credentials come from files; clients upload through it.
. "$ROOT/dev/lib/services.sh"
mlflow_needs="wheels"
mlflow_title="MLflow on $NODE_IP:5500"
MLFLOW_USER=pedigree

# Names with and without the port: MLflow compares the Host header as it is spelled.
allowed_hosts() {
    local name names=(localhost 127.0.0.1 "$NODE_IP" mlflow-server mlflow-server.dev mlflow-server.dev.svc
        mlflow-server.dev.svc.cluster.local)
    for name in "${names[@]}"; do printf '%s,%s:5500,' "$name" "$name"; done | sed 's/,$//'
}

start_server() {
    make_secret postgresql-mlflow
    database mlflow mlflow postgresql-mlflow
    echo "$NODE_IP:5432:mlflow:mlflow:$(secret postgresql-mlflow)" | write_secret mlflow.pgpass
    mkdir -p "$STATE/mlflow"
    PGPASSFILE=$SECRETS/mlflow.pgpass AWS_SHARED_CREDENTIALS_FILE=$SECRETS/aws-credentials \
        AWS_DEFAULT_REGION=$S3_REGION MLFLOW_S3_ENDPOINT_URL=$S3_URL MLFLOW_DISABLE_TELEMETRY=true \
        start mlflow-server "$MLFLOW_ENVIRONMENT/bin/mlflow" server --host 127.0.0.1 --port 5001 --workers 1 \
        --backend-store-uri "postgresql://mlflow@$NODE_IP:5432/mlflow" \
        --artifacts-destination s3://mlflow --allowed-hosts "$(allowed_hosts)"
}

mlflow_step() {
    need nginx htpasswd curl
    start_server
    make_secret mlflow-login
    login_file mlflow "$STATE/nginx/mlflow.htpasswd" $MLFLOW_USER mlflow-login
    start_site mlflow <<END
    server {
        listen $NODE_IP:5500;
        auth_basic mlflow;
        auth_basic_user_file $STATE/nginx/mlflow.htpasswd;
        client_max_body_size 0;
        location / {
            proxy_pass http://127.0.0.1:5001;
            proxy_http_version 1.1;
            proxy_set_header Host \$http_host;
            proxy_set_header Authorization "";
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_read_timeout 300s;
        }
    }
END
    wait_ready mlflow-server 90 curl -sS --fail -o /dev/null http://127.0.0.1:5001/health
    wait_ready mlflow 20 sh -c "curl -sS -o /dev/null http://$NODE_IP:5500/health"
    host_service mlflow-server 5500
}
