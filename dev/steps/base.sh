# The images that others are built on: the TensorFlow base of the samples, which stands in for
# tensorflow/tensorflow:2.13.0; the same without TensorFlow, which stands in for python:3.11-slim; and the
# file system under pedigree's own image.
. "$ROOT/dev/lib/images.sh"
. "$ROOT/dev/base/runtime.sh"
base_title="base images"
base_lane=download
base_needs="registry"

tensorflow_layer() {
    local layer=$IMAGES/tensorflow.layer root=$IMAGES/tensorflow.root stamp
    stamp=$(cat "$IMAGES/python.layer" "$ROOT/dev/base/requirements.lock" | sha256sum)
    [ "$(cat "$IMAGES/tensorflow.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "making the TensorFlow base"
    root_of "$IMAGES/python.layer" "$root"
    install_wheels "$root" "$CACHE/wheels" "$ROOT/dev/base/requirements.lock"
    ln -sf python3 "$root/usr/bin/python"
    make_layer "$layer" -C "$root" --mtime=@0 usr/bin/python usr/local/bin "usr/local/lib/$PYTHON"
    rm -rf "$root"
    echo "$stamp" >"$IMAGES/tensorflow.stamp"
}

# base_image NAME TAG FACT LAYER...: FACT in STATE gets its digest
base_image() {
    local name=$1 tag=$2 fact=$3
    shift 3
    python3 "$ROOT/dev/lib/oci_image.py" image "$IMAGES" "$tag" \
        "{\"Env\":[\"PATH=$IMAGE_PATH\"],\"Cmd\":[\"python3\"]}" "$@" >"$STATE/$fact"
    push_image "$IMAGES" "$tag" "base/$name"
}

base_step() {
    need debootstrap skopeo jq
    debian_layer python python3 ca-certificates
    tensorflow_layer
    base_image tensorflow 2.13.0 base-digest "$IMAGES"/{python,tensorflow}.layer
    base_image python 3.11-slim slim-base-digest "$IMAGES/python.layer"
    debian_layer runtime "${RUNTIME_PACKAGES[@]}"
}
