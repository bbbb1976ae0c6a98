packages_title="Debian packages (dev/packages.txt)"
POLICY=/usr/sbin/policy-rc.d

missing_packages() {
    local package
    for package in $(sed 's/#.*//' "$ROOT/dev/packages.txt"); do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# Debian starts the servers that it installs; ours run under the supervisor, so it may start none.
without_starting() {
    local made="" code=0
    if [ ! -e "$POLICY" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$POLICY"
        chmod 755 "$POLICY"
        made=yes
    fi
    "$@" || code=$?
    [ -z "$made" ] || rm -f "$POLICY"
    return $code
}

packages_step() {
    local missing
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    export DEBIAN_FRONTEND=noninteractive
    say "installing $(echo "$missing" | wc -l) packages"
    apt-get update
    # A new postgresql-common would make a cluster on a port of its own choice.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    # shellcheck disable=SC2086
    without_starting apt-get install -y --no-install-recommends $missing
}
