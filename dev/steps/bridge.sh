# The bridge that is the network of this machine's cluster: pods hang on it, the servers of the host
# listen on its address, and it is the node's address. It comes before anything that binds it.
bridge_title="bridge $BRIDGE with $NODE_IP"

# What was there before is kept, for dev/down --purge.
set_sysctl() {
    local name=$1 value=$2
    grep -q "^$name=" "$STATE/sysctl" 2>/dev/null || echo "$name=$(sysctl -n "$name")" >>"$STATE/sysctl"
    sysctl -q -w "$name=$value"
}

# Pods have no way out: refused at once, instead of waiting for answers that cannot come.
keep_pods_inside() {
    iptables -N PEDIGREE-FORWARD 2>/dev/null || iptables -F PEDIGREE-FORWARD
    iptables -A PEDIGREE-FORWARD -i "$BRIDGE" ! -o "$BRIDGE" -j REJECT --reject-with icmp-admin-prohibited
    iptables -C FORWARD -j PEDIGREE-FORWARD 2>/dev/null || iptables -A FORWARD -j PEDIGREE-FORWARD
}

bridge_step() {
    local lacks
    . "$ROOT/dev/lib/machine.sh"
    lacks=$(machine_lacks)
    [ -z "$lacks" ] || fail "this machine does not let us $lacks" "take a virtual machine, or a container with more rights"
    ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge
    ip address replace "$NODE_IP/16" dev "$BRIDGE"
    ip link set "$BRIDGE" up
    set_sysctl net.ipv4.ip_forward 1
    # A Service's answer from a pod on the same bridge must pass iptables on its way back.
    [ ! -e /proc/sys/net/bridge ] || set_sysctl net.bridge.bridge-nf-call-iptables 1
    keep_pods_inside
}
