# pedigree itself: its image into the registry, its manifests, configuration and credentials into the
# cluster, and the operator ready.
pedigree_title="pedigree in the cluster"
pedigree_needs="build base"

pedigree_configuration() {
    local image=$1
    jq -n --arg registry "$NODE_IP:5000" --arg index "http://$NODE_IP:8081/simple/" --arg image "$image" \
        --arg store "$STORE_URL" --arg region "$S3_REGION" --rawfile ca "$STATE/pki/services-ca.crt" \
        --arg node "$NODE_IP/32" --arg services "$SERVICE_CIDR" --arg pods "$POD_CIDR" '
        {defaults: {
            registry: {host: $registry, prefix: "pedigree", plainHttp: true, pullSecretName: "pedigree-pull"},
            indexUrl: $index, caBundle: $ca,
            artifactStore: {endpoint: $store, region: $region, bucket: "pedigree", prefix: "", secretName: "pedigree-artifact-store"},
            podImage: $image,
            egress: {allowedNetworks: [$node, $services], refusedNetworks: [$pods]},
            keepFinishedPodsSeconds: 3600}}'
}

pedigree_secret() {
    local name=$1
    shift
    kubectl -n pedigree-system create secret generic "$name" --dry-run=client -o yaml "$@" |
        kubectl apply --server-side --force-conflicts --field-manager=quickstart -f -
}

pedigree_credentials() {
    pedigree_secret pedigree-database --from-file=url="$SECRETS/database-url"
    pedigree_secret pedigree-registry --from-literal=username=pedigree-push --from-file=password="$SECRETS/registry-push"
    pedigree_secret pedigree-artifact-store --from-file=AWS_ACCESS_KEY_ID="$SECRETS/s3-access-key" \
        --from-file=AWS_SECRET_ACCESS_KEY="$SECRETS/s3-secret-key"
    pedigree_secret pedigree-pull --type=kubernetes.io/dockerconfigjson \
        --from-file=.dockerconfigjson="$SECRETS/registry-pull.json"
}

# The pull Secret stands for what a platform sets up on its nodes; the manifests name none. One replica:
# there is one node, and tests kill the one that leads.
pedigree_manifests() {
    local image=$1 digest=$2
    kubectl kustomize "$ROOT/manifests/base" |
        sed -E -e "s#^( *)image: pedigree\$#\1image: $image#" -e "s#^  replicas: 2\$#  replicas: 1#" \
            -e "s#^( *)serviceAccountName: pedigree-operator\$#&\n\1imagePullSecrets: [{name: pedigree-pull}]#" |
        kubectl apply --server-side --force-conflicts --field-manager=quickstart -f -
    # A changed configuration or credential is a new pod: the programs read them once, at start.
    kubectl -n pedigree-system patch deployment pedigree-operator --type=merge \
        -p "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"pedigree.dev/configuration\":\"$digest\"}}}}}"
}

pedigree_step() {
    local digest image configuration=$STATE/pedigree-config.json
    . "$ROOT/dev/lib/samples.sh"
    digest=$("$ROOT/dev/pedigree-image.sh" "$BUILD")
    image=$NODE_IP:5000/pedigree/pedigree@${digest##*@}
    pedigree_configuration "$image" >"$configuration"
    kubectl apply --server-side --force-conflicts --field-manager=quickstart -f "$ROOT/manifests/base/namespace.yaml"
    kubectl -n pedigree-system create configmap pedigree-config --from-file=config.json="$configuration" \
        --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts --field-manager=quickstart -f -
    pedigree_credentials
    pedigree_manifests "$image" "$(cat "$configuration" "$SECRETS"/{database-url,registry-push,s3-access-key} | sha256sum | cut -c1-16)"
    wait_ready pedigree-operator 120 kubectl -n pedigree-system rollout status deployment/pedigree-operator --timeout=1s
}
