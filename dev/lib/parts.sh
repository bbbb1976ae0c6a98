# Runs the parts of a check and counts. Each part runs under a time limit with its output in
# build/check/PART.log; its last lines are shown when it fails. A part that counts prints "N passed,
# N failed" or is a ctest run; any other part is one test: it passed or it failed. A part that is left
# out, or ended by CHECK_MINUTES_MAX, is a failed one: a check that did not look at everything is not
# green. Sourced, with ROOT, BIN and STATE; PART_FUNCTIONS are those that a part's function calls.
#
#     part build 2400 build_tree dev         # NAME SECONDS_MAX ARGV...
#     background lint 7200 code_check lint   # the same beside what follows
#     await lint
#     verdict

CHECK_LOGS=$ROOT/build/check
PASSED=0
FAILED=0
LEFT_OUT=()
mkdir -p "$CHECK_LOGS"

# The two numbers that a part's log ends with; nothing if it does not count.
counts_of() {
    sed -n -E -e 's/.*tests passed, ([0-9]+) tests failed out of ([0-9]+).*/\2 \1 ctest/p' \
        -e 's/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2 own/p' "$1" | tail -n 1
}

# Why cases failed: the indented lines below an own FAIL, the end of what a failed test of ctest printed.
reasons_in() {
    awk '/^FAIL/ && !inside {why = 1; print; next}
        why && /^     / {print; next}
        {why = 0}
        /\*\*\*(Failed|Timeout|Exception)/ {print; inside = 1; count = 0; next}
        inside && /^ *[0-9]+\/[0-9]+ Test |^ +Start +[0-9]+: / {show(); inside = 0}
        inside {lines[count++ % 15] = $0}
        /error:/ && !inside {print}
        END {if (inside) show()}
        function show(i) {for (i = count > 15 ? count - 15 : 0; i < count; i++) print "    " lines[i % 15]}' "$1" |
        head -n 80 || true
}

# settle NAME STATUS SECONDS: counts a part that has ended, and shows how long it took.
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
    printf '%-14s %4d passed %3d failed %s min\n' "$name" "$passed" "$failed" "$(minutes "$seconds")"
    if [ "$failed" -gt 0 ]; then
        reasons_in "$log"
        echo "--- the last lines of build/check/$name.log" && tail -n 25 "$log"
    fi
    [ "$status" != 124 ] || echo "$name was ended after $(minutes "$seconds") minutes"
}

minutes() { printf '%3d.%d' $(($1 / 60)) $(($1 % 60 / 6)); }

# left_out WHY NAME...: parts that are not run are named, and count as failed.
left_out() {
    local why=$1 name
    shift
    for name in "$@"; do
        LEFT_OUT+=("$name")
        FAILED=$((FAILED + 1))
        echo "$name is left out: $why"
    done
}

# CI cuts a run that takes too long, and a run that was cut says nothing. So with CHECK_MINUTES_MAX
# whatever runs then is ended, and the rest is left out.
seconds_left() { echo $((${CHECK_MINUTES_MAX:-1000} * 60 - SECONDS)); }

# Functions run in a subshell of this script, programs as they are; both end at the limit.
limited() {
    local seconds=$1 left
    shift
    left=$(seconds_left)
    [ "$seconds" -le "$left" ] || seconds=$left
    if declare -F "$1" >/dev/null; then
        export -f "$1" "${PART_FUNCTIONS[@]}"
        export ROOT BIN STATE
        timeout --kill-after=20 "$seconds" bash -euo pipefail -c '"$@"' check "$@"
    else
        timeout --kill-after=20 "$seconds" "$@"
    fi
}

# part NAME SECONDS_MAX ARGV...
part() {
    local name=$1 seconds=$2 began=$SECONDS status=0
    shift 2
    if [ "$(seconds_left)" -le 0 ]; then
        left_out "the $CHECK_MINUTES_MAX minutes are over" "$name"
        return
    fi
    limited "$seconds" "$@" >"$CHECK_LOGS/$name.log" 2>&1 </dev/null || status=$?
    settle "$name" "$status" $((SECONDS - began))
}

# The same beside what follows, up to await NAME; BEGAN and ENDED are in seconds of this script.
declare -A RUNNING BEGAN
background() {
    local name=$1 seconds=$2
    shift 2
    BEGAN[$name]=$SECONDS
    {
        local status=0
        limited "$seconds" "$@" >"$CHECK_LOGS/$name.log" 2>&1 </dev/null || status=$?
        echo $SECONDS >"$CHECK_LOGS/$name.ended"
        exit $status
    } &
    RUNNING[$name]=$!
}

# Whether the part NAME passed.
await() {
    local name=$1 status=0
    wait "${RUNNING[$name]}" || status=$?
    settle "$name" "$status" $(($(cat "$CHECK_LOGS/$name.ended") - BEGAN[$name]))
    return $status
}

verdict() {
    local parts=${#LEFT_OUT[@]}
    [ "$FAILED" -gt 0 ] || remember_green
    echo "$(minutes $SECONDS) minutes in all"
    [ "$parts" = 0 ] || echo "incomplete: $parts parts left out, which count as failed: ${LEFT_OUT[*]}"
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" = 0 ]
}
