# Programs from the Go modules of dev/go, in CACHE/bin, made again when what they are made of changes. Sourced.
#   version_in FOLDER MODULE        the version that its go.mod asks for itself
#   make_programs FOLDER PROGRAMS... -- ARGV of go build after -o BIN/
#   go_suffices FOLDER WHAT         whether this machine's Go will do for what only tests need; says so if not

# Reads the versions from the go.mod of each, the one place where they stand.
version_in() { sed -n "s#^\(require\)\?\s*$2 \(v[^ ]*\)\$#\2#p" "$ROOT/dev/go/$1/go.mod" | head -n 1; }

make_programs() {
    local folder=$1 stamp want
    local programs=()
    shift
    while [ "$1" != -- ]; do programs+=("$1"); shift; done
    shift
    stamp=$BIN/.stamp-${programs[0]}
    want=$(cd "$ROOT/dev/go/$folder" && { go version; echo "$*"; cat go.mod go.sum; find . -name '*.go' -exec cat {} +; } | sha256sum)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && all_there "${programs[@]}"; then return 0; fi
    say "building ${programs[*]}"
    (cd "$ROOT/dev/go/$folder" && CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly" nice -n 5 go build -trimpath -o "$BIN/" "$@")
    echo "$want" >"$stamp"
}

all_there() {
    local program
    for program in "$@"; do [ -x "$BIN/$program" ] || return 1; done
}

# A test without its program says so.
go_suffices() {
    if (cd "$ROOT/dev/go/$1" && go list -m) >/dev/null 2>&1; then return 0; fi
    say "$2 are left out: they want $(grep '^go ' "$ROOT/dev/go/$1/go.mod")"
    return 1
}
