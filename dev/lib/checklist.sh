# Runs the steps of dev/quickstart and prints the checklist. Sourced.
#
# A step is dev/steps/NAME.sh:
#   NAME_title   what the checklist calls it
#   NAME_lane    main (if not given), compile or download. The lanes of the slow steps run beside the
#                main one: compile keeps the processors busy, download the network
#   NAME_needs   steps of another lane that must have ended (in a lane, the order of the list holds)
#   NAME_step    the function; idempotent, quick when there is nothing to do
# What a step prints goes to logs/step-NAME.log; only `say` and `live` reach the terminal.

LANES=(compile download)
ON_REQUEST=() # steps that run only where --only names them
LANE_POLL_SECONDS=0.2

read_options() {
    local only="" until="" step
    while [ $# -gt 0 ]; do
        case $1 in
        --only) only=,${2:?--only wants steps},; shift ;;
        --until) until=${2:?--until wants a step}; shift ;;
        *) fail "unknown option $1" "dev/quickstart [--only STEP,STEP] [--until STEP]" ;;
        esac
        shift
    done
    for step in ${only//,/ } $until; do
        [[ " ${STEPS[*]} ${ON_REQUEST[*]} " == *" $step "* ]] ||
            fail "there is no step $step" "one of: ${STEPS[*]} ${ON_REQUEST[*]}"
    done
    CHOSEN=()
    for step in "${STEPS[@]}"; do
        [ -n "$only" ] && [[ $only != *",$step,"* ]] || CHOSEN+=("$step")
        [ "$step" != "$until" ] || break
    done
    for step in "${ON_REQUEST[@]}"; do
        [[ $only != *",$step,"* ]] || CHOSEN+=("$step")
    done
    for step in "${CHOSEN[@]}"; do
        [ -e "$ROOT/dev/steps/$step.sh" ] || fail "dev/steps/$step.sh is missing" "write it"
    done
}

# The words of a step's file, read in a subshell: a step file may define what it likes.
step_word() (
    . "$ROOT/dev/steps/$1.sh"
    word=${1//-/_}_$2
    echo "${!word:-$3}"
)

result_of() { echo "$RESULTS/$1"; }

chosen() { [[ " ${CHOSEN[*]} " == *" $1 "* ]]; }

wait_for_needs() {
    local need
    for need in $(step_word "$1" needs ""); do
        chosen "$need" || continue
        until [ -e "$(result_of "$need")" ]; do sleep $LANE_POLL_SECONDS; done
        [ "$(cat "$(result_of "$need")")" = 0 ] || return 1
    done
}

run_step() {
    local step=$1 began=$EPOCHREALTIME code=0 log=$STATE/logs/step-$1.log
    bash "$ROOT/dev/lib/run_step.sh" "$step" >"$log" 2>&1 3>&"$TERMINAL" </dev/null || code=$?
    echo "$code" >"$(result_of "$step")"
    local mark="ok" elapsed
    [ "$code" = 0 ] || mark="FAILED"
    elapsed=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}')
    printf '%-6s %-56s %7s s\n' "$mark" "$(step_word "$step" title "$step")" "$elapsed" >&"$TERMINAL"
    [ "$code" = 0 ] || { show_log "$log"; echo "  the whole log: $log" >&2; }
    return "$code"
}

# The steps of one lane, in order. After a failure the rest of the lane counts as failed, so that
# nobody waits for it.
run_lane() {
    local lane=$1 step code=0
    for step in "${CHOSEN[@]}"; do
        [ "$(step_word "$step" lane main)" = "$lane" ] || continue
        [ ! -e "$(result_of "$step")" ] || continue
        if [ $code = 0 ]; then wait_for_needs "$step" && run_step "$step" || code=1; fi
        [ $code = 0 ] || echo 1 >"$(result_of "$step")"
    done
    return $code
}

end_tree() {
    local child
    for child in $(ps -o pid= --ppid "$1"); do end_tree "$child"; done
    kill -TERM "$1" 2>/dev/null || true
}

leave() {
    local lane
    for lane in "${LANE_PIDS[@]}"; do end_tree "$lane"; done
    rm -rf "$RESULTS"
}

# packages comes before all others; then the lanes beside each other.
run_checklist() {
    local lane step code=0
    exec {TERMINAL}>&1
    RESULTS=$(mktemp -d "$STATE/run/results.XXXXXX")
    LANE_PIDS=()
    trap leave EXIT
    trap 'exit 130' INT TERM
    if chosen packages; then run_step packages || exit 1; fi
    for lane in "${LANES[@]}"; do
        run_lane "$lane" &
        LANE_PIDS+=($!)
    done
    # Also the main lane: bash heeds a signal while it waits, but not while a command of its own runs.
    run_lane main &
    LANE_PIDS+=($!)
    wait $! || code=1
    if [ $code = 0 ]; then
        # bash forgets how a child ended once many others have: the results say it, not wait.
        wait "${LANE_PIDS[@]}" 2>/dev/null || true
        for step in "${CHOSEN[@]}"; do
            [ "$(cat "$(result_of "$step")")" = 0 ] || code=1
        done
    fi
    [ $code = 0 ] || fail "the cluster is not complete" "mend what the log names and run dev/quickstart again"
    LANE_PIDS=()
    printf 'all steps done in %d s\n' "$SECONDS"
}
