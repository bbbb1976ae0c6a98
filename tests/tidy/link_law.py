#!/usr/bin/env python3
"""link_law.py BUILD_DIR: the core (experiment/) needs no thread, socket, process, HTTP client or
database. Looks at what was built: the names that its library leaves undefined, and the link line
of its test, which has all that it is linked with. One line a finding, exit 1 if there is one."""

import os
import re
import subprocess
import sys

LIBRARY = "experiment/libpedigree_experiment.a"
PROGRAM = "bin/experiment_test"
# As `nm --demangle` prints them.
FORBIDDEN_NAMES = re.compile(
    r"^(?:pthread_(?:create|mutex_\w+|cond_\w+)|std::thread::.*|std::condition_variable.*|std::random_device.*"
    r"|socket|connect|bind|listen|accept4?|send(?:to|msg)?|recv(?:from|msg)?|poll|epoll_\w+|select"
    r"|fork|vfork|execv\w*|posix_spawn\w*|system|popen|getenv|secure_getenv"
    r"|open|open64|openat|fopen|fopen64|curl_\w+|PQ\w+|git_\w+|boost::.*|asio::.*)(?:@.*)?$"
)
FORBIDDEN_LIBRARIES = re.compile(
    r"curl|libpq|boost|git2|prometheus|pedigree_(?:net|store|k8s|lineage|source|imagebuild|artifacts"
    r"|trackers\w*|control\w*|worker\w*|recorder\w*)\b"
)


def forbidden_names(nm_output):
    """Of lines as `nm --undefined-only --demangle` prints them: blanks, U, the name."""
    for line in nm_output.splitlines():
        match = re.match(r"\s+[Uw] (.*)$", line)
        if match and FORBIDDEN_NAMES.match(match.group(1).split("(", 1)[0]):
            yield match.group(1)


def forbidden_libraries(build_ninja, program):
    """Of the words on the link line of a program in a build.ninja."""
    edge = re.search(rf"^build {re.escape(program)}: .*?(?=^build |\Z)", build_ninja, re.M | re.S)
    if edge is None:
        yield f"no rule makes {program}"
        return
    words = re.search(r"^  LINK_LIBRARIES = (.*)$", edge.group(0), re.M)
    for word in words.group(1).split() if words else []:
        if FORBIDDEN_LIBRARIES.search(word):
            yield word


def main():
    build = sys.argv[1]
    findings = 0
    with open(os.path.join(build, "build.ninja"), encoding="utf-8") as file:
        for word in forbidden_libraries(file.read(), PROGRAM):
            print(f"{PROGRAM}: its link line has {word}")
            findings += 1
    names = subprocess.run(
        ["nm", "--undefined-only", "--demangle", os.path.join(build, LIBRARY)],
        capture_output=True, text=True, check=True,
    )
    for name in sorted(set(forbidden_names(names.stdout))):
        print(f"{LIBRARY}: it calls {name}")
        findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
