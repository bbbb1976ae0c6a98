#!/usr/bin/env bash
# Builds pedigree's own image from the programs of a build folder, pushes it as pedigree/pedigree:dev
# to the development registry and prints its digest.
#   dev/pedigree-image.sh BUILD
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$ROOT/dev/lib/images.sh"
. "$ROOT/dev/base/runtime.sh"
PROGRAMS=(pedigree-operator pedigree-worker pedigree-recorder pedigree-launch pedigree)
LAYOUT=$STATE/pedigree-image
USER_ID=65532

# Without debug information: it would be most of what is pushed.
collect_programs() {
    local build=$1 root=$2 program
    mkdir -p "$root/usr/bin"
    for program in "${PROGRAMS[@]}"; do
        [ -x "$build/bin/$program" ] || fail "$build/bin/$program is missing" "run dev/quickstart --only build"
        strip --strip-debug -o "$root/usr/bin/$program" "$build/bin/$program"
    done
    chmod 755 "$root"/usr/bin/*
}

# A library that the image lacks would only show as a pod that does not start.
check_libraries() {
    local root=$1 known=$IMAGES/runtime.libraries missing
    if [ ! "$known" -nt "$IMAGES/runtime.layer" ]; then
        tar -tzf "$(layer_blob "$IMAGES" "$IMAGES/runtime.layer")" | sed -n 's#.*/\([^/]*\.so[^/]*\)$#\1#p' | sort -u >"$known"
    fi
    missing=$({ ldd "$root"/usr/bin/* 2>/dev/null || true; } | awk '$2 == "=>" {print $1}' | sort -u | comm -23 - "$known" | xargs)
    [ -z "$missing" ] || fail "pedigree's image lacks $missing" "add the Debian package to dev/base/runtime.sh"
}

main() {
    local build=${1:?usage: dev/pedigree-image.sh BUILD} root runtime
    need debootstrap skopeo jq strip
    debian_layer runtime "${RUNTIME_PACKAGES[@]}" >&2
    rm -rf "$LAYOUT"
    mkdir -p "$LAYOUT/blobs/sha256"
    root=$(mktemp -d "$STATE/pedigree-image.XXXXXX")
    trap "rm -rf '$root'" EXIT
    chmod 755 "$root"
    collect_programs "$build" "$root"
    check_libraries "$root"
    runtime=$(layer_blob "$IMAGES" "$IMAGES/runtime.layer")
    ln "$runtime" "$LAYOUT/blobs/sha256/" 2>/dev/null || cp "$runtime" "$LAYOUT/blobs/sha256/"
    tar --create --sort=name --numeric-owner --mtime=@0 -C "$root" usr |
        python3 "$ROOT/dev/lib/oci_image.py" layer "$LAYOUT" >"$LAYOUT/programs.layer"
    python3 "$ROOT/dev/lib/oci_image.py" image "$LAYOUT" dev \
        "{\"Env\":[\"PATH=$IMAGE_PATH\"],\"User\":\"$USER_ID:$USER_ID\",\"Cmd\":[\"pedigree-operator\"]}" \
        "$IMAGES/runtime.layer" "$LAYOUT/programs.layer"
    push_image "$LAYOUT" dev pedigree/pedigree >&2
}

main "$@"
