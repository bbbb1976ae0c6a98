# Certificates of the development cluster. Sourced. Everything lies in STATE/pki as NAME.crt, NAME.key.
# Three authorities, because what each may vouch for differs: ca (the cluster's clients and servers),
# front-proxy-ca (the API server as a proxy for aggregated APIs), services-ca (servers beside the cluster).

PKI=$STATE/pki
CERTIFICATE_DAYS=365
RENEW_BEFORE_SECONDS=604800

new_key() { (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null); }

still_good() { [ -e "$PKI/$1.key" ] && openssl x509 -in "$PKI/$1.crt" -noout -checkend $RENEW_BEFORE_SECONDS >/dev/null 2>&1; }

make_authority() {
    mkdir -p "$PKI"
    ! still_good "$1" || return 0
    new_key "$PKI/$1.key"
    openssl req -x509 -new -sha256 -key "$PKI/$1.key" -days $CERTIFICATE_DAYS -subj "/CN=pedigree-dev $1" \
        -addext "keyUsage=critical,keyCertSign,cRLSign,digitalSignature" -out "$PKI/$1.crt"
}

signed_by() { openssl verify -CAfile "$PKI/$1.crt" "$PKI/$2.crt" >/dev/null 2>&1; }

# issue AUTHORITY NAME SUBJECT USAGE [SAN]; USAGE is serverAuth, clientAuth or both with a comma
issue() {
    local authority=$1 name=$2 subject=$3 usage=$4 san=${5:-} extensions
    if still_good "$name" && signed_by "$authority" "$name"; then return 0; fi
    extensions="basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=$usage
${san:+subjectAltName=$san}"
    new_key "$PKI/$name.key"
    openssl req -new -key "$PKI/$name.key" -subj "$subject" |
        openssl x509 -req -sha256 -CA "$PKI/$authority.crt" -CAkey "$PKI/$authority.key" -CAcreateserial \
            -days $CERTIFICATE_DAYS -extfile <(echo "$extensions") -out "$PKI/$name.crt" 2>/dev/null
}

# A server beside the cluster: NAME and NAME.dev as pods see it, the node's address, loopback.
# Clients trust STATE/pki/services-ca.crt.
service_certificate() {
    local name=$1
    make_authority services-ca
    issue services-ca "$name" "/CN=$name" serverAuth \
        "DNS:$name,DNS:$name.dev,DNS:$name.dev.svc,DNS:$name.dev.svc.cluster.local,DNS:localhost,IP:$NODE_IP,IP:127.0.0.1"
}
