# The wheels of the locks: the sample's, which the package index serves, and the base image's.
wheels_title="wheels of the locks"
wheels_lane=download

download_lock() {
    local lock=$1 folder=$2 stamp=$2/.lock
    mkdir -p "$folder"
    if cmp -s "$lock" "$stamp"; then return 0; fi
    rm -f "$stamp"
    python3 -m pip download --progress-bar off --require-hashes --no-deps --only-binary :all: \
        -d "$folder" -r "$lock" ||
        fail "the wheels of ${lock#"$ROOT/"} cannot be had" "look at pip's own message above and its configuration"
    cp "$lock" "$stamp"
}

wheels_step() {
    python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
        fail "python3 is $(python3 -V), the locks hold wheels for Python 3.11" "put Python 3.11 first into PATH"
    download_lock "$ROOT/dev/samples/mnist/requirements.lock" "$CACHE/wheels"
    download_lock "$ROOT/dev/base/requirements.lock" "$CACHE/wheels-base"
}
