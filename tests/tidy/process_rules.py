"""Who starts processes: base, through Boost.Process, and nobody else. A child that was started in another
way has no limits, keeps descriptors open, and is taken for an orphan (base/child_process.h)."""

import re

from tree import found, line_of

CALL = re.compile(
    r"(?<![\w.>])(?:v?fork|posix_spawnp?|system|popen|daemon|f?exec(?:l|lp|le|v|ve|vp|vpe|veat))\s*\("
)
DOOR = "base/process.h"
# Where it cannot be otherwise, with the reason.
OTHERS = {
    "launcher/child.cpp": "the launcher is static and runs one command, as PID 1",
    "source/ssh_program.cpp": "becomes ssh, as the child that git has started; starts nothing",
    "tests/integration/postgres/postgres_server.cpp": "a server that outlives the call",
    "tests/unit/base/process_test.cpp": "a stranger beside the children of base",
    "tests/unit/launcher/launch.h": "the launcher's own start is what is tested",
    "tests/unit/launcher/process_test.cpp": "the launcher's own start is what is tested",
    "tests/unit/worker/confinement_test.cpp": "confines a copy of the test itself",
}


def check(tree):
    used = set()
    for path in tree.cpp():
        code = tree.code(path)
        for match in CALL.finditer(code):
            used.add(path)
            if path not in OTHERS:
                name = match.group(0).rstrip("( ")
                yield found(path, line_of(code, match.start()), f"{name}: children start by {DOOR}")
    for path in OTHERS:
        if tree.exists(path) and path not in used:
            yield found(path, 1, "starts no process any more: take it out of process_rules.py")
