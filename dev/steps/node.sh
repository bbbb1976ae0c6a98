# The node: containerd, kubelet, device plugin, kube-proxy and the cluster's DNS.
node_title="node (containerd, kubelet, 2 x nvidia.com/gpu, DNS)"
node_needs="binaries"

CONTAINERD=$STATE/containerd/containerd.sock
GPUS=2

# fill PROCESS TEMPLATE FILE: the configuration of PROCESS, from what dev/cluster has
fill() {
    sed -e "s#@STATE@#$STATE#g" -e "s#@NODE_IP@#$NODE_IP#g" -e "s#@POD_CIDR@#$POD_CIDR#g" \
        -e "s#@BRIDGE@#$BRIDGE#g" -e "s#@CGROUP@#$CGROUP#g" "$ROOT/dev/cluster/$2" | configure "$1" "$3"
}

write_configuration() {
    fill containerd containerd.toml.in "$STATE/containerd/config.toml"
    fill containerd cni.conflist.in "$STATE/cni/10-pedigree.conflist"
    fill kubelet kubelet.yaml.in "$STATE/kubelet.yaml"
    fill coredns Corefile.in "$STATE/Corefile"
    # The kubelet's device plugins have a fixed place, whatever its --root-dir.
    if [ ! -e /var/lib/kubelet ]; then
        mkdir /var/lib/kubelet
        touch "$STATE/made-var-lib-kubelet"
    fi
}

ctr_node() { ctr --address "$CONTAINERD" --namespace k8s.io "$@"; }

# import_program NAME FILE...: an image pedigree.dev/NAME:1 with the static programs under /bin, the
# first one its entry point
import_program() {
    local name=$1 layout file
    shift
    if ctr_node images ls -q | grep -qx "pedigree.dev/$name:1"; then return 0; fi
    layout=$(mktemp -d)/layout
    umoci init --layout "$layout"
    umoci new --image "$layout:1"
    umoci config --image "$layout:1" --architecture amd64 --os linux --config.entrypoint "/bin/$(basename "$1")"
    for file in "$@"; do umoci insert --image "$layout:1" "$file" "/bin/$(basename "$file")"; done
    tar -C "$layout" -cf - . | ctr_node images import --base-name "pedigree.dev/$name" -
    rm -rf "$(dirname "$layout")"
}

start_containerd() {
    start containerd /usr/bin/containerd --config "$STATE/containerd/config.toml"
    wait_ready containerd 30 ctr_node version
    [ -x "$BIN/pause" ] || gcc -static -Os -s -o "$BIN/pause" "$ROOT/dev/cluster/pause.c"
    import_program pause "$BIN/pause"
    import_program busybox /bin/busybox
}

kubelet_ready() { kubectl get --raw "/api/v1/nodes/$NODE_NAME/proxy/healthz"; }
node_ready() { kubectl wait "node/$NODE_NAME" --for=condition=Ready --timeout=1s; }
gpus_ready() { [ "$(kubectl get node "$NODE_NAME" -o jsonpath='{.status.allocatable.nvidia\.com/gpu}')" = $GPUS ]; }

start_kubelet() {
    mkdir -p $(our_cgroups)
    start kubelet "$BIN/kubelet" --config="$STATE/kubelet.yaml" --kubeconfig="$PKI/node.kubeconfig" \
        --root-dir="$STATE/kubelet" --hostname-override="$NODE_NAME" --node-ip="$NODE_IP"
    wait_ready kubelet 60 kubelet_ready
    start device-plugin "$BIN/device_plugin" --count=$GPUS
    wait_ready kubelet 60 node_ready
    wait_ready device-plugin 60 gpus_ready
}

# After the kubelet: kube-proxy waits for its node.
start_network() {
    start kube-proxy "$BIN/kube-proxy" --kubeconfig="$PKI/kube-proxy.kubeconfig" --proxy-mode=iptables \
        --hostname-override="$NODE_NAME" --cluster-cidr="$POD_CIDR" \
        --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249 \
        --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0s \
        --conntrack-tcp-timeout-close-wait=0s
    start coredns "$BIN/coredns" -conf "$STATE/Corefile"
    wait_ready kube-proxy 30 curl -sf http://127.0.0.1:10256/healthz
    wait_ready coredns 30 curl -sf http://127.0.0.1:8181/ready
}

node_step() {
    need containerd ctr runc umoci gcc kubelet kube-proxy coredns device_plugin
    write_configuration
    start_containerd
    start_kubelet
    start_network
}
