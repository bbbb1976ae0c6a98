# pedigree's and MLflow's database: Debian's PostgreSQL 15 with a data folder of its own. Databases
# log in with passwords, the superuser only over the local socket and as the system user postgres.
. "$ROOT/dev/lib/services.sh"
postgresql_title="PostgreSQL on $NODE_IP:5432"
PROGRAMS=/usr/lib/postgresql/15/bin
DATA=$POSTGRESQL/data

make_data_folder() {
    [ ! -e "$DATA" ] || return 0
    install -d -o postgres -g postgres -m 755 "$POSTGRESQL" "$POSTGRESQL/socket"
    rm -rf "$DATA.new"
    as_postgres "$PROGRAMS/initdb" -D "$DATA.new" --username=postgres --auth-local=peer \
        --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    echo "host all all $POD_CIDR scram-sha-256" >>"$DATA.new/pg_hba.conf"
    mv "$DATA.new" "$DATA"
}

postgresql_step() {
    need setpriv openssl
    [ -x "$PROGRAMS/postgres" ] || fail "PostgreSQL 15 is missing" "run dev/quickstart --only packages"
    make_data_folder
    # INT: end the sessions; TERM would wait for them.
    STOP_SIGNAL=INT start postgresql setpriv --reuid postgres --regid postgres --init-groups \
        "$PROGRAMS/postgres" -D "$DATA" -c "listen_addresses=$NODE_IP" -c port=5432 \
        -c "unix_socket_directories=$POSTGRESQL/socket" -c max_connections=100 -c shared_buffers=64MB \
        -c log_line_prefix='%m %u@%d '
    wait_ready postgresql 30 "$PROGRAMS/pg_isready" -q -h "$POSTGRESQL/socket"
    make_secret postgresql-pedigree
    # Its migrations make the writer's and the reader's role.
    database pedigree pedigree_operator postgresql-pedigree CREATEROLE
    echo "postgresql://pedigree_operator:$(secret postgresql-pedigree)@$NODE_IP:5432/pedigree" |
        write_secret database-url
    host_service postgresql 5432
}
