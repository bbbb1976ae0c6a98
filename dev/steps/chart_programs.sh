# What reads charts/ and its alerts in tests. Only on request: the cluster needs none of them, and they take
# minutes to compile.
. "$ROOT/dev/lib/programs.sh"
chart_programs_title="helm, kubeconform and promtool for tests"
chart_programs_lane=compile

# helm takes the Kubernetes that it renders for from how it was linked; here it is the cluster's.
helm_programs() {
    local known=helm.sh/helm/v3/pkg/chartutil.k8sVersion minor
    minor=$(version_in kubernetes k8s.io/kubernetes | cut -d. -f2)
    make_programs helm helm kubeconform -- \
        -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=$(version_in helm helm.sh/helm/v3) -X ${known}Major=1 -X ${known}Minor=$minor" \
        helm.sh/helm/v3/cmd/helm github.com/yannh/kubeconform/cmd/kubeconform
}

# promtool without the clouds in which it could look for targets.
chart_programs_step() {
    if go_suffices helm "helm and kubeconform"; then helm_programs; fi
    if go_suffices promtool "the checks of alerts"; then
        make_programs promtool promtool -- -ldflags "-s -w" -tags remove_all_sd github.com/prometheus/prometheus/cmd/promtool
    fi
}
