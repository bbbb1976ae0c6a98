# The object store: data sets, pedigree's artifacts, MLflow's artifacts. One key pair serves all three
# buckets, because MinIO makes further ones only through its own client's encrypted calls.
. "$ROOT/dev/lib/services.sh"
minio_title="object store on $NODE_IP:9000"
minio_needs="binaries"

minio_step() {
    need minio curl
    make_secret s3-access-key
    make_secret s3-secret-key
    write_secret minio.env <<END
MINIO_ROOT_USER=$(secret s3-access-key)
MINIO_ROOT_PASSWORD=$(secret s3-secret-key)
MINIO_BROWSER=off
MINIO_UPDATE=off
END
    write_secret aws-credentials <<END
[default]
aws_access_key_id = $(secret s3-access-key)
aws_secret_access_key = $(secret s3-secret-key)
END
    mkdir -p "$STATE/minio"
    MINIO_CONFIG_ENV_FILE=$SECRETS/minio.env \
        start minio "$BIN/minio" server --quiet --address "$NODE_IP:9000" "$STATE/minio"
    wait_ready minio 30 curl -sS --fail -o /dev/null "$S3_URL/minio/health/ready"
    local bucket
    for bucket in datasets pedigree mlflow; do s3_bucket $bucket; done
    host_service minio 9000
}
