# The image registry. Debian's docker-registry with a login file knows who somebody is, not what he
# may do: pedigree-pull could push as well. What only reads is given this login all the same, so that
# a registry with rights by user needs no other setup.
. "$ROOT/dev/lib/services.sh"
registry_title="image registry on $NODE_IP:5000"

# The login of one user in the form of Docker's configuration, for skopeo, buildah and the cluster.
docker_login() {
    printf '{"auths":{"%s:5000":{"auth":"%s"}}}' "$NODE_IP" "$(printf '%s:%s' "$1" "$(secret "$2")" | base64 -w 0)"
}

registry_step() {
    need docker-registry htpasswd curl
    make_secret registry-push
    make_secret registry-pull
    docker_login pedigree-push registry-push | write_secret registry-push.json
    docker_login pedigree-pull registry-pull | write_secret registry-pull.json
    login_file registry "$STATE/registry/htpasswd" pedigree-push registry-push pedigree-pull registry-pull
    configure registry "$STATE/registry/config.yml" <<END
version: 0.1
log: {level: info, formatter: json}
storage:
  filesystem: {rootdirectory: $STATE/registry/data}
  cache: {blobdescriptor: inmemory}
  delete: {enabled: true}
auth:
  htpasswd: {realm: pedigree-dev, path: $STATE/registry/htpasswd}
http: {addr: "$NODE_IP:5000"}
END
    start registry docker-registry serve "$STATE/registry/config.yml"
    wait_ready registry 20 curl -sS -o /dev/null "http://$NODE_IP:5000/v2/"
    host_service registry 5000
}
