# What Experiments in the namespace vision need: their Secrets, and the manifests of manifests/samples
# with this machine's hosts and digests in dev/run/samples. Sourced.
. "$ROOT/dev/lib/services.sh"
GIT_HOST=git.dev.svc:8443
MLFLOW_HOST=mlflow-server.dev.svc:5500
STORE_URL=http://minio.dev.svc:9000
BASE_IMAGE=$NODE_IP:5000/base/tensorflow:2.13.0
SLIM_BASE_IMAGE=$NODE_IP:5000/base/python:3.11-slim

# apply_secret NAMESPACE NAME TYPE HOSTS KUBECTL-ARGV...; applied on the server's side, so that no
# annotation repeats the values.
apply_secret() {
    local namespace=$1 name=$2 type=$3 hosts=$4
    shift 4
    kubectl -n "$namespace" create secret generic "$name" --type="$type" --dry-run=client -o yaml "$@" |
        kubectl annotate --local -f - pedigree.dev/hosts="$hosts" -o yaml |
        kubectl apply --server-side --force-conflicts --field-manager=quickstart -f -
}

sample_secrets() {
    local keys=(--from-file=AWS_ACCESS_KEY_ID="$SECRETS/s3-access-key"
        --from-file=AWS_SECRET_ACCESS_KEY="$SECRETS/s3-secret-key")
    local registry=$NODE_IP:5000 pull=--from-file=.dockerconfigjson="$SECRETS/registry-pull.json"
    apply_secret vision git-token kubernetes.io/basic-auth "$GIT_HOST" \
        --from-literal=username=pedigree --from-file=password="$SECRETS/git-token"
    apply_secret vision mlflow kubernetes.io/basic-auth "$MLFLOW_HOST" \
        --from-literal=username=pedigree --from-file=password="$SECRETS/mlflow-login"
    apply_secret vision data-read Opaque minio.dev.svc:9000 "${keys[@]}" \
        --from-literal=endpoint="$STORE_URL" --from-literal=region="$S3_REGION"
    apply_secret vision base-pull kubernetes.io/dockerconfigjson "$registry" "$pull"
    # The platform's own, which its configuration names.
    apply_secret vision pedigree-pull kubernetes.io/dockerconfigjson "$registry" "$pull"
    apply_secret vision pedigree-artifact-store Opaque minio.dev.svc:9000 "${keys[@]}"
}

# The samples in manifests/ name hosts of example.com and digests of zeros. The base's digest stands in
# an image reference, the dataset's in a field of its own. This machine's registry and git server want
# a login, which the smallest sample does not name. Those that start from somebody's own image stay away:
# this machine has none.
sample_manifests() {
    local sample zeros='0{64}'
    mkdir -p "$ROOT/dev/run/samples"
    for sample in "$ROOT"/manifests/samples/*.yaml; do
        ! grep -q 'prebuilt:' "$sample" || continue
        sed -E -e "s#registry\.example\.com/[a-z0-9/._-]*tensorflow:2\.13\.0@sha256:$zeros#$BASE_IMAGE@$(cat "$STATE/base-digest")#" \
            -e "s#registry\.example\.com/[a-z0-9/._-]*python:3\.11-slim@sha256:$zeros#$SLIM_BASE_IMAGE@$(cat "$STATE/slim-base-digest")#" \
            -e "s#sha256:$zeros#$(cat "$STATE/dataset-digest")#" \
            -e "s#([^0-9a-f]|^)0{40}([^0-9a-f]|\$)#\1$(cat "$STATE/sample-commit")\2#" \
            -e "s#https://git\.example\.com#https://$GIT_HOST#" \
            -e "s#https://mlflow\.example\.com#http://$MLFLOW_HOST#" \
            -e "s#(git: \{[^}]*ref: main)\}#\1, secretName: git-token}#" \
            -e "s#(image: \{base: [^,}]*)\}#\1, pullSecretName: base-pull}#" \
            "$sample" >"$ROOT/dev/run/samples/$(basename "$sample")"
    done
}
