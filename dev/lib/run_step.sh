#!/usr/bin/env bash
# One step in a process of its own, so that `set -e` holds inside it, whoever asks for the result.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$ROOT/dev/steps/$1.sh"
"${1//-/_}_step"
