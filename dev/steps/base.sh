# The images that others are built on: the TensorFlow base of the samples, which stands in for
# tensorflow/tensorflow:2.13.0, and the file system under pedigree's own image.
. "$ROOT/dev/lib/images.sh"
. "$ROOT/dev/base/runtime.sh"
base_title="base images"
base_lane=download
base_needs="registry"
PYTHON=python3.11

# The host's pip, run by the base's Python in the base's file system: paths, scripts and RECORD are
# those of that system. The byte code is made afterwards, independent of file times.
install_tensorflow() {
    local root=$1
    mkdir -p "$root/tmp/wheels" "$root/tmp/installer"
    cp "$CACHE"/wheels-base/*.whl "$root/tmp/wheels/"
    cp "$ROOT/dev/base/requirements.lock" "$root/tmp/"
    cp -r "$(python3 -c 'import os, pip; print(os.path.dirname(pip.__file__))')" "$root/tmp/installer/"
    env -i PATH=$IMAGE_PATH PYTHONPATH=/tmp/installer PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
        chroot "$root" $PYTHON -m pip install --quiet --no-index --find-links /tmp/wheels --no-deps \
        --require-hashes --no-compile --root-user-action=ignore --break-system-packages \
        -r /tmp/requirements.lock
    # A few files of the wheels' own tests are not Python 3; they stay without byte code.
    env -i PATH=$IMAGE_PATH unshare --mount sh -c '
        mkdir -p "$1/dev/shm" && mount -t tmpfs none "$1/dev/shm" &&
        chroot "$1" "$2" -m compileall -q -j 2 --invalidation-mode unchecked-hash /usr/local/lib' \
        _ "$root" $PYTHON || true
    ln -sf python3 "$root/usr/bin/python"
}

tensorflow_layer() {
    local layer=$IMAGES/tensorflow.layer root=$IMAGES/tensorflow.root stamp
    stamp=$(cat "$IMAGES/python.layer" "$ROOT/dev/base/requirements.lock" | sha256sum)
    [ "$(cat "$IMAGES/tensorflow.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "making the TensorFlow base"
    root_of "$IMAGES/python.layer" "$root"
    install_tensorflow "$root"
    make_layer "$layer" -C "$root" --mtime=@0 usr/bin/python usr/local/bin usr/local/lib/$PYTHON
    rm -rf "$root"
    echo "$stamp" >"$IMAGES/tensorflow.stamp"
}

base_step() {
    need debootstrap skopeo jq
    debian_layer python python3 ca-certificates
    tensorflow_layer
    python3 "$ROOT/dev/lib/oci_image.py" image "$IMAGES" 2.13.0 \
        "{\"Env\":[\"PATH=$IMAGE_PATH\"],\"Cmd\":[\"python3\"]}" \
        "$IMAGES/python.layer" "$IMAGES/tensorflow.layer" >"$STATE/base-digest"
    push_image "$IMAGES" 2.13.0 base/tensorflow
    debian_layer runtime "${RUNTIME_PACKAGES[@]}"
}
