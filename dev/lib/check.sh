# What dev/check is made of. Each part runs under a time limit with its output in build/check/PART.log;
# its last lines are shown when it fails. A part that counts prints "N passed, N failed" or is a
# ctest run; any other part is one test: it passed or it failed.

CHECK_LOGS=$ROOT/build/check
PASSED=0
FAILED=0
mkdir -p "$CHECK_LOGS"

# Programs of tests built again with the sanitizers; those that are not there are left out.
SANITIZED=(base_test spec_test run_test plan_test search_test records_pod_test records_work_test
    trace_render_test net_test store_test source_test imagebuild_test artifacts_test trackers_mlflow_test
    k8s_test lineage_test experiment_test operator_test worker_test recorder_test launcher_test cli_test manifests_test
    fuzz_test simulation_test)

# What clang builds for fuzzing.
FUZZED=(fuzz_challenge fuzz_lock fuzz_manifest fuzz_marker fuzz_metadata fuzz_object fuzz_page
    fuzz_pylock fuzz_record fuzz_tar fuzz_words fuzz_zip)

# Everything that stands beside pedigree itself.
CLUSTER_STEPS=binaries,wheels,bridge,postgresql,registry,minio,index,mlflow,git,base,control_plane,node

build_tree() {
    local preset=$1 target known targets=()
    shift
    cmake -S "$ROOT" --preset "$preset"
    known=$(ninja -C "$ROOT/build/$preset" -t targets all | sed -n 's/^\([a-z0-9_-]*\): phony$/\1/p')
    for target in "$@"; do
        ! grep -qx "$target" <<<"$known" || targets+=("$target")
    done
    ninja -k 0 -C "$ROOT/build/$preset" "${targets[@]:-all}"
}

# With the lowest priority that there is: beside it, tests on the cluster keep their deadlines.
build_sanitized() {
    chrt --idle --pid 0 $BASHPID
    build_tree asan "$@"
    build_tree tsan base_test k8s_test net_test imagebuild_test
}

# run_ctest PRESET LABELS [TESTS LEFT OUT]
run_ctest() {
    ctest --test-dir "$ROOT/build/$1" -L "^($2)\$" -E "${3:-^\$}" -j2 --output-on-failure --no-tests=error
}

# dev/down leaves no process: none that runs a program of the cluster, none that names its folder.
end_of_cluster() {
    local folder left=0
    "$ROOT/dev/down"
    for folder in /proc/[0-9]*; do
        [ "${folder#/proc/}" != $$ ] || continue
        if { readlink "$folder/exe" && tr '\0' ' ' <"$folder/cmdline"; } 2>/dev/null | grep -qF -e "$BIN/" -e "$STATE/"; then
            echo "error: left: ${folder#/proc/} $(tr '\0' ' ' <"$folder/cmdline")"
            left=1
        fi
    done
    return $left
}

# The two numbers that a part's log ends with; nothing if it does not count.
counts_of() {
    sed -n -E -e 's/.*tests passed, ([0-9]+) tests failed out of ([0-9]+).*/\2 \1 ctest/p' \
        -e 's/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2 own/p' "$1" | tail -n 1
}

settle() {
    local name=$1 status=$2 seconds=$3 log=$CHECK_LOGS/$1.log passed failed form
    read -r passed failed form <<<"$(counts_of "$log")" || true
    case ${form:-} in
    ctest) passed=$((passed - failed)) ;;
    own) ;;
    *) if [ "$status" = 0 ]; then passed=1 failed=0; else passed=0 failed=1; fi ;;
    esac
    [ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
    printf '%-14s %4d passed %3d failed %6d s\n' "$name" "$passed" "$failed" "$seconds"
    if [ "$failed" -gt 0 ]; then
        grep -E '^FAIL|\*\*\*Failed|\*\*\*Timeout|error:' "$log" | head -n 20 || true
        echo "--- the last lines of build/check/$name.log" && tail -n 25 "$log"
    fi
}

# Functions run in a subshell of this script, programs as they are; both end at the limit.
limited() {
    local seconds=$1
    shift
    if declare -F "$1" >/dev/null; then
        export -f "$1" build_tree
        export ROOT BIN STATE
        timeout --kill-after=20 "$seconds" bash -euo pipefail -c '"$@"' check "$@"
    else
        timeout --kill-after=20 "$seconds" "$@"
    fi
}

part() {
    local name=$1 seconds=$2 began=$SECONDS status=0
    shift 2
    limited "$seconds" "$@" >"$CHECK_LOGS/$name.log" 2>&1 </dev/null || status=$?
    settle "$name" "$status" $((SECONDS - began))
}

declare -A RUNNING BEGAN
background() {
    local name=$1 seconds=$2
    shift 2
    BEGAN[$name]=$SECONDS
    limited "$seconds" "$@" >"$CHECK_LOGS/$name.log" 2>&1 </dev/null &
    RUNNING[$name]=$!
}
# False if it was ended so that the check itself ends in time.
await() {
    local status=0
    wait "${RUNNING[$1]}" || status=$?
    if [ "$status" = 124 ] && [ -n "${CHECK_MINUTES_MAX:-}" ]; then
        echo "SKIPPED: all that needs the part $1, which was not done after $(((SECONDS - BEGAN[$1]) / 60)) minutes"
        return 1
    fi
    settle "$1" "$status" $((SECONDS - BEGAN[$1]))
}

# CI cuts a run that takes too long, and a run that was cut says nothing: with CHECK_MINUTES_MAX what
# would not end in time is left out, and named.
fits() {
    local name=$1 minutes=$2
    [ -n "${CHECK_MINUTES_MAX:-}" ] && [ $((SECONDS / 60 + minutes)) -gt "$CHECK_MINUTES_MAX" ] || return 0
    echo "SKIPPED: $name, which takes $minutes minutes; $((SECONDS / 60)) of $CHECK_MINUTES_MAX are used up"
    return 1
}

# The tests on the cluster without end-to-end tests and kills take 10 minutes.
cluster_seconds_max() {
    if [ -n "${CHECK_MINUTES_MAX:-}" ]; then echo $(((CHECK_MINUTES_MAX - 10) * 60)); else echo 4800; fi
}

# The tests with the sanitizers take 8 minutes.
sanitizers_seconds_max() {
    if [ -n "${CHECK_MINUTES_MAX:-}" ]; then echo $(((CHECK_MINUTES_MAX - 8) * 60 - SECONDS)); else echo 6000; fi
}

verdict() {
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" = 0 ]
}
