# etcd, kube-apiserver (with the front proxy for aggregated APIs), controller manager and scheduler.
control_plane_title="control plane"
control_plane_needs="binaries"

SERVICE_IP=${SERVICE_CIDR%.*}.1   # of the Service `kubernetes`
API_URL=https://$NODE_IP:6443

make_pki() {
    local san="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,IP:127.0.0.1,IP:$SERVICE_IP,IP:$NODE_IP"
    make_authority ca
    make_authority front-proxy-ca
    issue ca apiserver "/CN=kube-apiserver" serverAuth "$san"
    issue ca kubelet-client "/CN=kube-apiserver-kubelet-client" clientAuth
    issue front-proxy-ca front-proxy-client "/CN=front-proxy-client" clientAuth
    issue ca admin "/O=system:masters/CN=admin" clientAuth
    issue ca controller-manager "/CN=system:kube-controller-manager" clientAuth
    issue ca scheduler "/CN=system:kube-scheduler" clientAuth
    issue ca node "/O=system:nodes/CN=system:node:$NODE_NAME" clientAuth
    issue ca kubelet "/CN=$NODE_NAME" serverAuth "DNS:$NODE_NAME,IP:$NODE_IP"
    issue ca kube-proxy "/CN=system:kube-proxy" clientAuth
    issue ca coredns "/CN=coredns" clientAuth
    [ -e "$PKI/service-accounts.key" ] || new_key "$PKI/service-accounts.key"
    openssl pkey -in "$PKI/service-accounts.key" -pubout -out "$PKI/service-accounts.pub"
}

# write_kubeconfig FILE CERTIFICATE NAMESPACE
write_kubeconfig() {
    (umask 077 && cat >"$1") <<END
apiVersion: v1
kind: Config
current-context: dev
clusters: [{name: dev, cluster: {server: "$API_URL", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users: [{name: $2, user: {client-certificate-data: $(base64 -w0 "$PKI/$2.crt"), client-key-data: $(base64 -w0 "$PKI/$2.key")}}]
contexts: [{name: dev, context: {cluster: dev, user: $2, namespace: $3}}]
END
}

write_kubeconfigs() {
    local name
    for name in controller-manager scheduler node kube-proxy coredns; do
        write_kubeconfig "$PKI/$name.kubeconfig" "$name" default
    done
    write_kubeconfig "$KUBECONFIG" admin default
}

# What a person sources: . dev/run/env
write_run_folder() {
    mkdir -p "$ROOT/dev/run/samples"
    write_kubeconfig "$ROOT/dev/run/kubeconfig" admin vision
    cat >"$ROOT/dev/run/env" <<END
PATH="$BUILD/bin:$BIN:\$PATH"
KUBECONFIG="$ROOT/dev/run/kubeconfig"
NO_PROXY="\${NO_PROXY:+\$NO_PROXY,}$NODE_IP"
export PATH KUBECONFIG NO_PROXY
END
}

start_apiserver() {
    start kube-apiserver "$BIN/kube-apiserver" \
        --bind-address="$NODE_IP" --secure-port=6443 --advertise-address="$NODE_IP" \
        --etcd-servers=http://127.0.0.1:2379 --allow-privileged=true \
        --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
        --service-cluster-ip-range="$SERVICE_CIDR" \
        --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
        --client-ca-file="$PKI/ca.crt" \
        --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
        --kubelet-client-certificate="$PKI/kubelet-client.crt" --kubelet-client-key="$PKI/kubelet-client.key" \
        --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file="$PKI/service-accounts.pub" \
        --service-account-signing-key-file="$PKI/service-accounts.key" \
        --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" \
        --requestheader-allowed-names=front-proxy-client \
        --requestheader-username-headers=X-Remote-User \
        --requestheader-group-headers=X-Remote-Group \
        --requestheader-extra-headers-prefix=X-Remote-Extra- \
        --proxy-client-cert-file="$PKI/front-proxy-client.crt" \
        --proxy-client-key-file="$PKI/front-proxy-client.key" \
        --enable-aggregator-routing=true
}

# The one cluster has one of each: no leases, no waiting for them.
start_controllers() {
    start kube-controller-manager "$BIN/kube-controller-manager" \
        --kubeconfig="$PKI/controller-manager.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false \
        --controllers="*,-node-ipam-controller" --use-service-account-credentials \
        --root-ca-file="$PKI/ca.crt" --service-account-private-key-file="$PKI/service-accounts.key"
    start kube-scheduler "$BIN/kube-scheduler" \
        --kubeconfig="$PKI/scheduler.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false
    wait_ready kube-controller-manager 60 curl -skf https://127.0.0.1:10257/healthz
    wait_ready kube-scheduler 60 curl -skf https://127.0.0.1:10259/healthz
}

control_plane_step() {
    need etcd kube-apiserver kube-controller-manager kube-scheduler kubectl openssl
    make_pki
    write_kubeconfigs
    write_run_folder
    start etcd "$BIN/etcd" --name=dev --data-dir="$STATE/etcd" --unsafe-no-fsync --log-level=warn \
        --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
        --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
        --initial-cluster=dev=http://127.0.0.1:2380
    wait_ready etcd 30 curl -sf http://127.0.0.1:2379/health
    start_apiserver
    wait_ready kube-apiserver 60 apiserver_answers
    start_controllers
    kubectl apply -f "$ROOT/dev/cluster/cluster.yaml"
    wait_ready namespace-vision 30 kubectl -n vision get serviceaccount default
    if [ -n "$(ls "$STATE/services")" ]; then kubectl apply -f "$STATE/services"; fi
}
