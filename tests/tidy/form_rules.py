"""The layout of C++ files is what clang-format makes of them. It leaves comments as they are, so that
no example becomes soup; their width is looked at here."""

import hashlib
import os
import re
import subprocess

from tree import found, line_of

# The version is part of the rule: another one lays some lines out differently.
PROGRAM = "clang-format-19"
COMMENT = re.compile(r"^[ \t]*//.*$", re.M)
COLUMNS_MAX = 100
PLACE = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): ", re.M)


# Texts that were found well laid out under these rules, a digest a line; never required.
CACHE = os.path.join(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"), "check", "format")
CACHE_BYTES_MAX = 4 * 1024 * 1024


def _digest(rules, text):
    return hashlib.sha256(f"{PROGRAM}\0{rules}\0{text}".encode()).hexdigest()


def _known():
    try:
        if os.path.getsize(CACHE) > CACHE_BYTES_MAX:
            os.unlink(CACHE)
        with open(CACHE, encoding="ascii") as lines:
            return set(lines.read().split())
    except (OSError, ValueError):
        return set()


def _remember(digests):
    try:
        os.makedirs(os.path.dirname(CACHE), exist_ok=True)
        with open(CACHE, "a", encoding="ascii") as lines:
            lines.write("".join(digest + "\n" for digest in digests))
    except OSError:
        pass  # found again the next time


def check_format(tree):
    rules = tree.text(".clang-format") if tree.exists(".clang-format") else ""
    known = _known()
    digests = {path: _digest(rules, tree.text(path)) for path in tree.cpp()}
    paths = [path for path, digest in digests.items() if digest not in known]
    if not paths:
        return
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
        return
    _remember(digests[path] for path in paths if path not in seen)


def check_comment_width(tree):
    for path in tree.cpp():
        text = tree.text(path)
        for match in COMMENT.finditer(text):
            columns = len(match.group(0))
            if columns > COLUMNS_MAX and "://" not in match.group(0):
                line = line_of(text, match.start())
                yield found(path, line, f"a comment of {columns} columns, at most {COLUMNS_MAX}")
