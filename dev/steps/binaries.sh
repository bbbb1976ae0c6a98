# The cluster's own programs, built from Go modules: nothing is downloaded as a binary. A program is
# kept in CACHE/bin beside a stamp of what it was made of. Where KUBEBUILDER_ASSETS names a folder,
# etcd, kube-apiserver and kubectl come from there.
. "$ROOT/dev/lib/programs.sh"
binaries_title="cluster programs (Kubernetes, etcd, coredns, MinIO), registries for tests"
binaries_lane=compile

# A user's own programs, where somebody has them already.
asset() { [ -x "${KUBEBUILDER_ASSETS:-/nowhere}/$1" ]; }

take_asset() {
    ! cmp -s "$KUBEBUILDER_ASSETS/$1" "$BIN/$1" || return 0
    say "taking $1 from KUBEBUILDER_ASSETS"
    rm -f "$BIN/$1" "$BIN/.stamp-$1" # a new file: the old one may be running
    install -m 755 "$KUBEBUILDER_ASSETS/$1" "$BIN/"
}

kubernetes_programs() {
    local version minor program wanted=()
    version=$(version_in kubernetes k8s.io/kubernetes)
    minor=${version#v1.}
    for program in kube-controller-manager kube-scheduler kubelet kube-proxy kube-apiserver kubectl; do
        if asset "$program"; then take_asset "$program"; else wanted+=("$program"); fi
    done
    local at=k8s.io/component-base/version
    make_programs kubernetes "${wanted[@]}" -- \
        -ldflags "-s -w -X $at.gitVersion=$version -X $at.gitMajor=1 -X $at.gitMinor=${minor%%.*}" \
        "${wanted[@]/#/k8s.io/kubernetes/cmd/}"
    make_programs kubernetes device_plugin -- -ldflags "-s -w" ./device_plugin
}

registry_programs() {
    go_suffices registry "crane and the registries for tests" || return 0
    make_programs registry crane distribution referrers_registry -- -ldflags "-s -w" \
        github.com/google/go-containerregistry/cmd/crane ./distribution ./referrers_registry
}

binaries_step() {
    command -v go >/dev/null || fail "Go is missing" "install Go 1.24 or newer and put it into PATH"
    if asset etcd; then take_asset etcd; else
        make_programs etcd etcd -- -ldflags "-s -w" -o "$BIN/etcd" go.etcd.io/etcd/server/v3
    fi
    kubernetes_programs
    make_programs coredns coredns -- -ldflags "-s -w" .
    make_programs minio minio -- -ldflags "-s -w" github.com/minio/minio
    registry_programs
    make_programs estargz estargz_read -- -ldflags "-s -w" . # for a test alone
}
