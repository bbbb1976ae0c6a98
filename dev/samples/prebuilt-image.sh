#!/usr/bin/env bash
# Builds an image as somebody without pedigree would: the base with the sample's lock installed by pip,
# and its code in /app. Pushes it as vision/mnist-prebuilt:1 and prints its reference with digest. For
# Experiments with `prebuilt`; kept, so that a second call costs a second.
set -euo pipefail
. "$(dirname "$0")/../lib/common.sh"
. "$ROOT/dev/lib/images.sh"
NAME=vision/mnist-prebuilt
LAYER=$IMAGES/prebuilt.layer

make_prebuilt_layer() {
    local root=$IMAGES/prebuilt.root stamp
    stamp=$(cat "$IMAGES/tensorflow.layer" "$ROOT/dev/samples/mnist/"{*.py,requirements.lock,scripts/*.py} | sha256sum)
    [ "$(cat "$IMAGES/prebuilt.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    root_of "$IMAGES/python.layer" "$root"
    install_wheels "$root" "$CACHE/wheels" "$ROOT/dev/samples/mnist/requirements.lock"
    mkdir -p "$root/app"
    cp -r "$ROOT"/dev/samples/mnist/{*.py,scripts} "$root/app/"
    find "$root/app" -name __pycache__ -prune -exec rm -rf {} +
    make_layer "$LAYER" -C "$root" --mtime=@0 app usr/local/bin "usr/local/lib/$PYTHON"
    rm -rf "$root"
    echo "$stamp" >"$IMAGES/prebuilt.stamp"
}

make_prebuilt_layer
digest=$(python3 "$ROOT/dev/lib/oci_image.py" image "$IMAGES" 1 \
    "{\"Env\":[\"PATH=$IMAGE_PATH\"],\"WorkingDir\":\"/app\",\"Cmd\":[\"python\",\"train.py\"]}" \
    "$IMAGES"/{python,tensorflow}.layer "$LAYER")
push_image "$IMAGES" 1 "$NAME"
echo "$REGISTRY/$NAME:1@$digest"
