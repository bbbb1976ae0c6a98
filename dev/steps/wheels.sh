# The wheels of the locks, which the package index serves: the samples' and the TensorFlow base's; and the
# environment of MLflow's server, which is made of wheels as well.
. "$ROOT/dev/lib/services.sh"
wheels_title="wheels of the locks"
wheels_lane=download

download_lock() {
    local lock=$1 folder=$CACHE/wheels stamp
    stamp=$folder/.$(basename "$(dirname "$lock")").lock
    mkdir -p "$folder"
    if cmp -s "$lock" "$stamp"; then return 0; fi
    rm -f "$stamp"
    # pathtools, which W&B needs, exists as a source distribution only.
    python3 -m pip download --progress-bar off --require-hashes --no-deps --only-binary :all: --no-binary pathtools \
        -d "$folder" -r "$lock" ||
        fail "the wheels of ${lock#"$ROOT/"} cannot be had" "look at pip's own message above and its configuration"
    cp "$lock" "$stamp"
}

mlflow_environment() {
    local lock=$ROOT/dev/mlflow-server.lock
    if cmp -s "$lock" "$MLFLOW_ENVIRONMENT/.lock"; then return 0; fi
    stop mlflow-server
    rm -rf "$MLFLOW_ENVIRONMENT"
    say "installing MLflow's server"
    python3 -m venv "$MLFLOW_ENVIRONMENT"
    "$MLFLOW_ENVIRONMENT/bin/python" -m pip install -q --require-hashes --no-deps --only-binary :all: -r "$lock" ||
        fail "MLflow's server cannot be installed" "look at pip's own message above and its configuration"
    cp "$lock" "$MLFLOW_ENVIRONMENT/.lock"
}

wheels_step() {
    python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
        fail "python3 is $(python3 -V), the locks hold wheels for Python 3.11" "put Python 3.11 first into PATH"
    local lock
    for lock in "$ROOT"/dev/{base,samples/mnist,samples/mnist/stacks/*}/requirements.lock; do
        download_lock "$lock"
    done
    mlflow_environment
}
