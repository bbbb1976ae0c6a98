"""The layout of C++ files is what clang-format makes of them. It leaves comments as they are, so that
no example becomes soup; their width is looked at here."""

import os
import re
import subprocess

from tree import found, line_of

# The version is part of the rule: another one lays some lines out differently.
PROGRAM = "clang-format-19"
COMMENT = re.compile(r"^[ \t]*//.*$", re.M)
COLUMNS_MAX = 100
PLACE = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): ", re.M)


def check_format(tree):
    paths = list(tree.cpp())
    try:
        done = subprocess.run(
            [PROGRAM, "--dry-run", *paths], cwd=tree.root, capture_output=True, text=True, check=False
        )
    except OSError:
        yield found(".clang-format", 1, f"{PROGRAM} is missing: dev/quickstart --only packages")
        return
    seen = set()
    for path, line in PLACE.findall(done.stderr):
        path = os.path.relpath(os.path.join(tree.root, path), tree.root)
        if path not in seen:
            seen.add(path)
            yield found(path, int(line), f"not as {PROGRAM} lays it out: {PROGRAM} -i {path}")
    if done.returncode != 0 and not seen:
        yield found(".clang-format", 1, f"{PROGRAM} fails: {done.stderr.strip()[:200]}")


def check_comment_width(tree):
    for path in tree.cpp():
        text = tree.text(path)
        for match in COMMENT.finditer(text):
            columns = len(match.group(0))
            if columns > COLUMNS_MAX and "://" not in match.group(0):
                line = line_of(text, match.start())
                yield found(path, line, f"a comment of {columns} columns, at most {COLUMNS_MAX}")
