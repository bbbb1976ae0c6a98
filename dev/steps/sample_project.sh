# The sample project on the git server, its dataset in the bucket, the Secrets and manifests of its
# Experiments. Author and dates are fixed, so the same files give the same commit everywhere. Branch
# same-tree is one empty commit ahead of main: another commit with the same tree. STATE/sample-commit
# and STATE/dataset-digest say what there is.
. "$ROOT/dev/lib/samples.sh"
sample_project_title="sample project, dataset, Secrets, manifests"
sample_project_needs="base"
REPOSITORY=vision/mnist.git
SAMPLE=$STATE/samples

sample_git() {
    env -i PATH="$PATH" HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
        GIT_AUTHOR_NAME="Sample Author" GIT_AUTHOR_EMAIL=author@example.com GIT_AUTHOR_DATE="$1" \
        GIT_COMMITTER_NAME="Sample Author" GIT_COMMITTER_EMAIL=author@example.com GIT_COMMITTER_DATE="$1" \
        GIT_SSL_CAINFO="$STATE/pki/services-ca.crt" PASSWORD_FILE="$SECRETS/git-push-token" \
        git -C "$SAMPLE/mnist" "${@:2}"
}

make_history() {
    rm -rf "$SAMPLE/mnist"
    mkdir -p "$SAMPLE"
    cp -r "$ROOT/dev/samples/mnist" "$SAMPLE/mnist"
    find "$SAMPLE/mnist" -name __pycache__ -prune -exec rm -rf {} +
    find "$SAMPLE/mnist" -type f -exec chmod 644 {} +
    sample_git "2024-05-06T08:00:00Z" init -q -b main
    sample_git "2024-05-06T08:00:00Z" add .
    sample_git "2024-05-06T08:00:00Z" commit -q -m "Train a digit classifier"
    sample_git "2024-05-07T08:00:00Z" checkout -q -b same-tree
    sample_git "2024-05-07T08:00:00Z" commit -q --allow-empty -m "Ask for another run"
    sample_git "" checkout -q main
}

# What somebody has pushed on top of our history stays.
push_history() {
    local folder=$STATE/git/$REPOSITORY commit
    commit=$(sample_git "" rev-parse main)
    echo "$commit" >"$STATE/sample-commit"
    [ -e "$folder/HEAD" ] || setpriv --reuid www-data --regid www-data --clear-groups \
        env -i PATH="$PATH" git init -q --bare -b main "$folder"
    if git -c safe.directory="$folder" -C "$folder" merge-base --is-ancestor "$commit" main 2>/dev/null; then
        return 0
    fi
    # shellcheck disable=SC2016
    sample_git "" -c credential.helper='!f() { echo username=developer; echo "password=$(cat "$PASSWORD_FILE")"; }; f' \
        push -q --force "https://$NODE_IP:8443/$REPOSITORY" main same-tree
}

put_dataset() {
    local file=$SAMPLE/mnist.npz
    python3 "$ROOT/dev/samples/make_dataset.py" "$file"
    s3_put "$file" datasets/mnist.npz
    echo "sha256:$(sha256sum "$file" | cut -d' ' -f1)" >"$STATE/dataset-digest"
}

sample_project_step() {
    need git curl setpriv
    make_history
    push_history
    put_dataset
    sample_secrets
    sample_manifests
    say "commit $(cat "$STATE/sample-commit"), dataset $(cat "$STATE/dataset-digest")"
}
