# Layers and images of dev/. Sourced.
#   debian_layer NAME PACKAGE...       a minimal Debian with these packages, in CACHE/images, made once
#   root_of LAYER FOLDER               unpacks it, to install something on top
#   install_wheels FOLDER WHEELS LOCK  the lock's wheels, as Debian's own Python would
#   make_layer LAYER TAR-ARGV...       compresses what tar packs
#   push_image LAYOUT TAG NAME         to the registry, if it is not there already
. "$ROOT/dev/lib/services.sh"
IMAGES=$CACHE/images
REGISTRY=$NODE_IP:5000
PYTHON=python3.11
IMAGE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

make_layer() {
    local layer=$1
    shift
    tar --create --sort=name --numeric-owner "$@" |
        python3 "$ROOT/dev/lib/oci_image.py" layer "$IMAGES" >"$layer.new"
    mv "$layer.new" "$layer"
}

# The first archive that apt knows for Debian's main part, so that apt's own settings hold here too.
debian_archive() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
        awk '$2 == "bookworm" && $3 == "main" && !found {print $1; found = 1}'
}

# What belongs to this machine or only to people leaves it.
strip_root() {
    local root=$1
    rm -rf "$root"/var/{log,cache}/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale}/*
    : >"$root/etc/apt/sources.list"
    : >"$root/etc/machine-id"
}

debian_layer() {
    local name=$1 root=$IMAGES/$1.root packages archive
    shift
    packages=$(IFS=,; echo "$*")
    [ "$(cat "$IMAGES/$name.packages" 2>/dev/null)" != "$packages" ] || return 0
    archive=$(debian_archive)
    [ -n "$archive" ] || fail "apt knows no archive of Debian bookworm" "run apt-get update and look at /etc/apt"
    say "making the file system $name"
    mkdir -p "$IMAGES"
    rm -rf "$root"
    # Its mounts end with it, however it ends.
    unshare --mount debootstrap --variant=minbase --include="$packages" bookworm "$root" "$archive"
    strip_root "$root"
    echo 'pedigree:x:65532:65532::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
    make_layer "$IMAGES/$name.layer" -C "$root" --exclude='./dev/*' .
    rm -rf "$root"
    echo "$packages" >"$IMAGES/$name.packages"
}

root_of() {
    rm -rf "$2"
    mkdir -p "$2"
    tar -xz -C "$2" -f "$(layer_blob "$IMAGES" "$1")"
    mknod -m 666 "$2/dev/null" c 1 3
}

# The host's pip, run by the image's Python in the image's file system: paths, scripts and RECORD are
# those of that system. The byte code is made afterwards, independent of file times.
install_wheels() {
    local root=$1 wheels=$2 lock=$3
    mkdir -p "$root/tmp/wheels" "$root/tmp/installer"
    cp "$wheels"/*.whl "$root/tmp/wheels/"
    cp "$lock" "$root/tmp/requirements.lock"
    cp -r "$(python3 -c 'import os, pip; print(os.path.dirname(pip.__file__))')" "$root/tmp/installer/"
    env -i PATH=$IMAGE_PATH PYTHONPATH=/tmp/installer PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
        chroot "$root" $PYTHON -m pip install --quiet --no-index --find-links /tmp/wheels --no-deps \
        --require-hashes --no-compile --root-user-action=ignore --break-system-packages \
        -r /tmp/requirements.lock
    # A few files of the wheels' own tests are not Python 3; they stay without byte code.
    # shellcheck disable=SC2016
    env -i PATH=$IMAGE_PATH unshare --mount sh -c '
        mkdir -p "$1/dev/shm" && mount -t tmpfs none "$1/dev/shm" &&
        chroot "$1" "$2" -m compileall -q -j 2 --invalidation-mode unchecked-hash /usr/local/lib' \
        _ "$root" $PYTHON || true
}

layer_blob() { echo "$1/blobs/sha256/$(jq -r '.digest[7:]' "$2")"; }

push_image() {
    local layout=$1 tag=$2 name=$3 digest
    digest=$(jq -r --arg tag "$tag" \
        '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' "$layout/index.json")
    if skopeo inspect --tls-verify=false --authfile "$SECRETS/registry-push.json" \
        --raw "docker://$REGISTRY/$name@$digest" >/dev/null 2>&1; then return 0; fi
    skopeo --insecure-policy copy --quiet --dest-tls-verify=false --authfile "$SECRETS/registry-push.json" \
        "oci:$layout:$tag" "docker://$REGISTRY/$name:$tag"
}
