# What the steps of the services beside the cluster share. Sourced by them.
#   make_secret NAME             STATE/secrets/NAME: random, made once, readable by root only
#   write_secret NAME            the same from standard input, for files with a form of their own
#   secret NAME                  its text, for the standard input of another program
#   start_site NAME              an nginx of its own for the server blocks on standard input
#   login_file SERVICE FILE USER SECRET...    htpasswd file for a site or the registry
#   database NAME ROLE SECRET [OPTIONS]       a PostgreSQL database and the login role that owns it
#   s3_bucket BUCKET, s3_put FILE BUCKET/KEY  without a client program
# A secret never stands in an argument list: programs read it from a file or from standard input.

SECRETS=$STATE/secrets
POSTGRESQL=$STATE/postgresql
MLFLOW_ENVIRONMENT=$CACHE/mlflow-server
S3_URL=http://$NODE_IP:9000
S3_REGION=us-east-1
mkdir -p "$SECRETS"
chmod 700 "$SECRETS"

secret() { cat "$SECRETS/$1"; }

make_secret() {
    [ -s "$SECRETS/$1" ] || (umask 077 && openssl rand -hex 24 | tr -d '\n' >"$SECRETS/$1")
}

write_secret() { (umask 077 && cat >"$SECRETS/$1.new" && mv "$SECRETS/$1.new" "$SECRETS/$1"); }

# Its workers are www-data, so what they serve must be readable by all and login files by their group.
start_site() {
    local name=$1 folder=$STATE/nginx
    mkdir -p "$folder/$name"
    configure "$name" "$folder/$name.conf" <<END
daemon off;
user www-data;
worker_processes 1;
pid $folder/$name/pid;
error_log stderr;
events { worker_connections 512; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /dev/stdout;
    server_tokens off;
    client_body_temp_path $folder/$name/body;
    proxy_temp_path $folder/$name/proxy;
    fastcgi_temp_path $folder/$name/fastcgi;
    uwsgi_temp_path $folder/$name/uwsgi;
    scgi_temp_path $folder/$name/scgi;
$(cat)
}
END
    start "$name" nginx -e stderr -c "$folder/$name.conf"
}

login_file() {
    local service=$1 file=$2
    shift 2
    [ ! -s "$file" ] || return 0
    mkdir -p "$(dirname "$file")"
    (umask 027 && : >"$file.new")
    while [ $# -gt 0 ]; do
        secret "$2" | htpasswd -i -B "$file.new" "$1"
        shift 2
    done
    chgrp www-data "$file.new"
    mv "$file.new" "$file"
    stop "$service"
}

as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

database() {
    local name=$1 role=$2 password=$3 options=${4:-}
    as_postgres psql -q -v ON_ERROR_STOP=1 -h "$POSTGRESQL/socket" -d postgres <<END
SELECT 'CREATE ROLE $role LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') \gexec
ALTER ROLE $role $options PASSWORD '$(secret "$password")';
SELECT 'CREATE DATABASE $name OWNER $role' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$name') \gexec
REVOKE ALL ON DATABASE $name FROM PUBLIC;
END
}

# A store that has just been started answers 503 for a while.
s3_request() {
    printf 'user = "%s:%s"\n' "$(secret s3-access-key)" "$(secret s3-secret-key)" |
        curl -sS -K - --retry 20 --retry-delay 1 --aws-sigv4 "aws:amz:$S3_REGION:s3" "$@"
}

s3_bucket() {
    local status
    status=$(s3_request -o /dev/null -w '%{http_code}' -X PUT "$S3_URL/$1")
    case $status in 200 | 409) ;; *) fail "bucket $1: the store answers $status" "read $STATE/logs/minio.log" ;; esac
}

s3_put() { s3_request --fail-with-body -o /dev/null -T "$1" "$S3_URL/$2"; }
