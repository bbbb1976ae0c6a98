# What dev/check is made of; how parts run and count is parts.sh. Sourced.

. "$ROOT/dev/lib/parts.sh"
PART_FUNCTIONS=(build_tree idle run_ctest)

# Programs of tests built again with the sanitizers.
SANITIZED=(base_test spec_test run_test plan_test search_test records_pod_test records_work_test
    trace_render_test net_test store_test source_test imagebuild_test artifacts_test
    trackers_test trackers_mlflow_test trackers_tensorboard_test trackers_wandb_test trackers_clearml_test
    k8s_test lineage_test experiment_test operator_test worker_test recorder_test launcher_test cli_test manifests_test
    fuzz_test simulation_test)

# What clang builds for fuzzing.
FUZZED=(fuzz_challenge fuzz_clearml fuzz_events fuzz_lock fuzz_manifest fuzz_marker fuzz_metadata fuzz_object
    fuzz_page fuzz_pylock fuzz_record fuzz_tar fuzz_wandb fuzz_words fuzz_zip)

# Everything that stands beside pedigree itself.
CLUSTER_STEPS=binaries,chart_programs,wheels,bridge,postgresql,registry,minio,index,mlflow,git,base,control_plane,node

build_tree() {
    local preset=$1
    shift
    cmake -S "$ROOT" --preset "$preset"
    ninja -k 0 -C "$ROOT/build/$preset" "${@:-all}"
}

# With the lowest priority that there is: beside it, tests on the cluster keep their deadlines.
idle() { chrt --idle --pid 0 $BASHPID; }

# The simulation has a clock of its own, so it may wait for processor time as a build may; unit tests may not. Of its
# random runs a fifth, since each takes eight times as long; they crash, too.
build_sanitized() {
    idle
    build_tree asan "$@"
    build_tree tsan base_test k8s_test net_test imagebuild_test
    PEDIGREE_RUNS=200 run_ctest asan simulation 'CrashTest|ClockTest|InTheMiddleTest'
}

# code_check WHAT WHICH: see code_check.py.
code_check() {
    idle
    python3 "$ROOT/dev/lib/code_check.py" "$@"
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

# The last commit at which everything was looked at and nothing found: where --changed of
# code_check.py begins. A checkout with changes is no commit.
remember_green() {
    [ -z "$(git -C "$ROOT" status --porcelain)" ] || return 0
    mkdir -p "$CACHE/check"
    git -C "$ROOT" rev-parse HEAD >"$CACHE/check/green"
}
