# What every step and script of dev/ shares. Sourced, never run. The words a step may use:
#   say TEXT                       one line for the person at the terminal
#   live ARGV...                   runs a program whose output the person should follow
#   fail MESSAGE NEXTSTEP          ends the step: what is wrong, and what to do about it
#   start NAME ARGV...             a long-running process under the supervisor (see supervise.py);
#                                  the same ARGV again: nothing to do; another ARGV: replaced
#   stop NAME, running NAME
#   wait_ready NAME SECONDS ARGV...  until the probe ARGV succeeds
#   configure NAME FILE            writes FILE from standard input; a change ends NAME, to be started anew
#   service_certificate NAME        STATE/pki/NAME.{crt,key} for a server (see pki.sh)
#   need COMMAND...                programs that must be there
#   host_service NAME PORT [TARGETPORT]  a Service in namespace dev (or NAMESPACE/NAME) for a process
#                                  on the host; may be called before the control plane is up

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=/var/lib/pedigree-dev                              # data, run/, logs/, pki/ of the one cluster
CACHE=${PEDIGREE_CACHE:-/var/cache/pedigree-dev}         # what can be built or downloaded again
BIN=$CACHE/bin
BUILD=${PEDIGREE_BUILD:-$ROOT/build/dev}                 # our own programs
NODE_IP=10.88.0.1
POD_CIDR=10.88.0.0/16
SERVICE_CIDR=10.96.0.0/16
BRIDGE=pedigree0
NODE_NAME=dev-node
KUBECONFIG=$STATE/kubeconfig                             # of the administrator
. "$ROOT/dev/lib/pki.sh"
PATH=$BIN:$PATH:/usr/local/go/bin                        # there, if Go came from its own archive
NO_PROXY=${NO_PROXY:+$NO_PROXY,}localhost,127.0.0.1,$NODE_IP,$POD_CIDR,$SERVICE_CIDR
no_proxy=$NO_PROXY
CGROUP=pedigree-dev                                      # all pods are below it, and nothing else is
export PATH KUBECONFIG NO_PROXY no_proxy
umask 022

say() { if [ -e "/proc/$BASHPID/fd/3" ]; then echo "    $*" >&3; else echo "    $*"; fi; }

live() { if [ -e "/proc/$BASHPID/fd/3" ]; then "$@" >&3 2>&1; else "$@"; fi; }

fail() {
    echo "error: $1" >&2
    echo "  next: ${2:-see the log}" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "the development cluster makes a bridge, cgroups and mounts" "run it as root"
mkdir -p "$STATE"/{run,logs,services} "$BIN"

need() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null ||
            fail "the program $command is missing" "run dev/quickstart --only packages,binaries"
    done
}

supervise() { python3 "$ROOT/dev/lib/supervise.py" "$STATE" "$@" 9>&-; }
start() { supervise start "$@"; }
stop() { supervise stop "$1"; }

configure() {
    local name=$1 file=$2
    mkdir -p "$(dirname "$file")"
    cat >"$file.new"
    if cmp -s "$file.new" "$file"; then
        rm "$file.new"
    else
        mv "$file.new" "$file"
        stop "$name"
    fi
}

# With cgroup v1 every controller has a tree of its own.
our_cgroups() {
    local tree
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo "/sys/fs/cgroup/$CGROUP"; return; fi
    for tree in /sys/fs/cgroup/*/cgroup.procs; do echo "$(dirname "$tree")/$CGROUP"; done
}

# Field 22 of /proc/PID/stat; the name in field 2 may hold blanks.
start_time_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

running() {
    local pid started
    read -r pid started 2>/dev/null <"$STATE/run/$1.pid" || return 1
    [ -n "$started" ] && [ "$(start_time_of "$pid")" = "$started" ]
}

show_log() {
    echo "--- the last lines of $1" >&2
    tail -n 20 "$1" >&2 || true
}

# What is not a process of ours (a node, a Deployment) is probed just the same.
wait_ready() {
    local name=$1 seconds=$2 end log=$STATE/logs/$1.log
    shift 2
    end=$((SECONDS + seconds))
    while true; do
        if [ -e "$STATE/run/$name.pid" ] && ! running "$name"; then
            show_log "$log"
            fail "$name has ended instead of becoming ready" "read $log"
        fi
        ! "$@" >/dev/null 2>&1 || return 0
        if [ $SECONDS -ge $end ]; then
            [ ! -e "$log" ] || show_log "$log"
            fail "$name is not ready after $seconds s" "read $log; the probe was: $*"
        fi
        sleep 0.2
    done
}

# The file is kept, so that a cluster made anew gets all of them (see steps/control_plane.sh).
host_service() {
    local namespace=dev name=$1 port=$2 target=${3:-$2} file
    case $name in */*) namespace=${name%%/*} name=${name#*/} ;; esac
    file=$STATE/services/$namespace-$name.yaml
    sed -e "s/@NAME@/$name/g" -e "s/@NAMESPACE@/$namespace/g" -e "s/@PORT@/$port/g" \
        -e "s/@TARGET@/$target/g" -e "s/@NODE_IP@/$NODE_IP/g" \
        "$ROOT/dev/cluster/host_service.yaml.in" >"$file"
    ! apiserver_answers || kubectl apply -f "$file"
}

apiserver_answers() { [ -e "$KUBECONFIG" ] && kubectl get --raw /readyz --request-timeout=2s >/dev/null 2>&1; }
