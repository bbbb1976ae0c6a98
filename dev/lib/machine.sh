# What concerns the machine as a whole: one cluster on it, its end, and its removal. Sourced.

MOUNTS_ATTEMPTS_MAX=10

# What this machine does not let us do, in words; nothing if it can carry the cluster. Wants the
# Debian packages. Some containers and virtual machines lack these rights even for root.
machine_lacks() {
    quiet go version || { echo "run go, which builds Kubernetes" && return; }
    quiet unshare --mount --net --pid --fork true || { echo "make namespaces" && return; }
    quiet unshare --net sh -c 'ip link add probe0 type bridge && ip link add probe1 type veth && iptables -t nat -S' ||
        { echo "make a bridge, a pair of veth and rules of iptables" && return; }
    quiet overlay_works || { echo "mount an overlay file system in $STATE" && return; }
    quiet cgroups_work || echo "make the cgroups $(our_cgroups | xargs)"
}

quiet() { "$@" >/dev/null 2>&1; }

overlay_works() (
    folder=$(mktemp -d "$STATE/run/probe.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    mkdir "$folder"/{lower,upper,work,merged}
    unshare --mount mount -t overlay overlay \
        -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/merged"
)

cgroups_work() {
    local tree
    for tree in $(our_cgroups); do
        [ -d "$tree" ] || { mkdir "$tree" && rmdir "$tree"; } || return 1
    done
}

# Held by quickstart and down while they run, never by the cluster's processes.
lock_machine() {
    exec 9<>"$STATE/lock"
    if ! flock -n 9; then
        echo "waiting for pid $(cat "$STATE/lock"), which is changing the cluster right now"
        flock 9
    fi
    echo "$$" >"$STATE/lock"
}

cluster_lives() { [ -n "$(supervise list)" ]; }

stop_other_checkout() {
    local other
    other=$(cat "$STATE/checkout" 2>/dev/null || echo "$ROOT")
    if [ "$other" != "$ROOT" ] && cluster_lives; then
        echo "a cluster of the checkout $other is alive: ending it first"
        end_cluster
    fi
    echo "$ROOT" >"$STATE/checkout"
}

# Everything in our cgroup is a container of our kubelet.
end_pods() {
    local file pid shim
    stop kubelet
    for file in $(find $(our_cgroups) -name cgroup.procs 2>/dev/null); do
        for pid in $(cat "$file" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    done
    for shim in $(our_shims); do kill -KILL "$shim" 2>/dev/null || true; done
}

# The shims that our containerd has started name its socket; they survive it on purpose.
our_shims() {
    local folder
    for folder in /proc/[0-9]*; do
        if tr '\0' ' ' 2>/dev/null <"$folder/cmdline" |
            grep -q "containerd-shim-runc-v2 .*-address $STATE/containerd/containerd.sock"; then
            basename "$folder"
        fi
    done
}

our_mounts() { awk -v state="$STATE/" 'index($5, state) == 1 {print $5}' /proc/self/mountinfo | tac; }

# Some mounts are busy until the kernel has reaped the last process of a pod.
end_mounts() {
    local attempt mount
    for ((attempt = 0; attempt < MOUNTS_ATTEMPTS_MAX; attempt++)); do
        [ -n "$(our_mounts)" ] || return 0
        for mount in $(our_mounts); do umount "$mount" 2>/dev/null || true; done
        sleep 0.2
    done
    for mount in $(our_mounts); do umount -l "$mount" || true; done
}

remove_cgroups() {
    find $(our_cgroups) -depth -type d -exec rmdir {} + 2>/dev/null || true
}

end_cluster() {
    end_pods
    supervise end
    end_mounts
    remove_cgroups
}

# Chains of kube-proxy, the kubelet and the bridge step; nobody else's rules are touched.
remove_chains() {
    local iptables table rule chain chains
    for iptables in iptables ip6tables; do
        for table in nat filter mangle; do
            "$iptables-save" -t "$table" | sed -nE 's/^-A ([A-Z]+ .*-j (KUBE|PEDIGREE)-.*)/-D \1/p' |
                while read -r rule; do xargs "$iptables" -t "$table" <<<"$rule"; done
            chains=$("$iptables-save" -t "$table" | sed -nE 's/^:((KUBE|PEDIGREE)-[A-Z0-9-]*) .*/\1/p')
            for chain in $chains; do "$iptables" -t "$table" -F "$chain"; done
            for chain in $chains; do "$iptables" -t "$table" -X "$chain"; done
        done
    done
}

purge_machine() {
    local setting
    if command -v iptables >/dev/null; then remove_chains; fi
    if ip link show "$BRIDGE" >/dev/null 2>&1; then ip link delete "$BRIDGE"; fi
    if [ -e "$STATE/sysctl" ]; then
        while read -r setting; do sysctl -q -w "$setting"; done <"$STATE/sysctl"
    fi
    if [ -e "$STATE/made-var-lib-kubelet" ]; then rm -rf /var/lib/kubelet; fi
    find /var/log/containers -lname "$STATE/*" -delete 2>/dev/null || true
    rm -rf /var/lib/cni/results/{"$BRIDGE",cni-loopback}-*
    rm -rf "$CACHE" "$STATE" "$ROOT/dev/run"
    echo "removed: $STATE, $CACHE, bridge $BRIDGE, chains, cgroups. These Debian packages stay:"
    sed 's/#.*//' "$ROOT/dev/packages.txt" | xargs | fold -s -w 100
}
