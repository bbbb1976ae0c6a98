"""What a comment or a document quotes exists: a file by its path or name, a function by its name and
parentheses. A reader who looks it up must find it."""

import os
import re

from tree import found, line_of

CPP_COMMENT = re.compile(r"//[^\n]*")
HASH_COMMENT = re.compile(r"(?:^|(?<=\s))#(?![!{])[^\n]*", re.M)
SQL_COMMENT = re.compile(r"--[^\n]*")
COMMENTS = {
    ".cpp": CPP_COMMENT, ".h": CPP_COMMENT, ".py": HASH_COMMENT, ".sh": HASH_COMMENT,
    ".cmake": HASH_COMMENT, ".txt": HASH_COMMENT, ".yaml": HASH_COMMENT, ".sql": SQL_COMMENT,
    "": HASH_COMMENT,
}

# A path is ours if it begins with a folder of the checkout. The bare name of a file of C++ code is
# one beside the comment, or in a folder above.
PATH = re.compile(r"(?<![\w/.:@$<>{}*~-])((?:[\w-]+/)+[\w-]+(?:\.[\w-]+)*)/?(?![\w/*{<$])")
BARE = re.compile(r"(?<![\w/.:@$<>{}*~-])([a-z_]\w*\.(?:h|cpp))(?![\w/*])")
QUOTED = re.compile(r"`((?:[\w-]+/)+[\w.-]*)`")
EXTENSION = re.compile(r"\.(?:h|cpp|py|sh|sql|md|yaml|txt|cmake|go|in|lock)$")
# Made by the build or by dev/quickstart.
MADE = ("dev/run/",)
PLACEHOLDER = re.compile(r"[A-Z]{3,}")
FUNCTION = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:(?:::|\.)\w+)*)\(\)")


def _comments(tree, path):
    """(comment, its offset); strings that only look like a comment are no comments in C++."""
    text = tree.text(path)
    pattern = COMMENTS.get(os.path.splitext(path)[1])
    # A migration that was applied is never changed, its comments neither.
    if pattern is None or "/migrations/" in path:
        return
    if pattern is CPP_COMMENT:
        code = tree.code(path)
    for match in pattern.finditer(text):
        # tree.code() blanks comments and literals alike; a comment is blank to its line's end.
        if pattern is CPP_COMMENT and (
            code[match.start():match.end()].strip() or _in_literal(text, match.start())
        ):
            continue
        yield match.group(0), match.start()


def _in_literal(text, offset):
    head = text[text.rfind("\n", 0, offset) + 1:offset]
    return head.replace('\\"', "").count('"') % 2 == 1


class _Names:
    """What the checkout holds: files, folders, first folders."""

    def __init__(self, tree):
        self.files = set(tree.files())
        self.folders = set()
        for path in self.files:
            while "/" in path:
                path = path.rsplit("/", 1)[0]
                self.folders.add(path)
        self.first = {path for path in self.folders if "/" not in path}

    def has(self, quoted, beside):
        for path in (quoted, os.path.normpath(os.path.join(beside, quoted))):
            if path in self.files or path in self.folders:
                return True
        return False

    def has_begun(self, quoted):
        """A folder, or the beginning of a file's path: docs/decisions/0002, base/json."""
        return quoted in self.folders or any(path.startswith(quoted) for path in self.files)

    def has_near(self, name, beside):
        """In the folder of the comment's file, or in one above."""
        while True:
            prefix = beside + "/" if beside else ""
            if prefix + name in self.files:
                return True
            if not beside:
                return False
            beside = os.path.dirname(beside)

    def ours(self, quoted):
        return (
            quoted.split("/", 1)[0] in self.first
            and not quoted.startswith(MADE)
            and not PLACEHOLDER.search(quoted)
        )


def check_quoted_files(tree):
    names = _Names(tree)
    for path in tree.files():
        beside = os.path.dirname(path)
        if path.endswith(".md"):
            text = tree.text(path)
            for match in QUOTED.finditer(text):
                quoted = match.group(1).rstrip("/")
                if names.ours(quoted) and not names.has(quoted, beside):
                    yield found(path, line_of(text, match.start()), f"nothing at {quoted}")
            continue
        for comment, offset in _comments(tree, path):
            for quoted in _lost(comment, names, beside):
                line = line_of(tree.text(path), offset)
                yield found(path, line, f"the comment quotes {quoted}, which does not exist")


def _lost(comment, names, beside):
    for quoted in PATH.findall(comment):
        if not names.ours(quoted) or names.has(quoted, beside):
            continue
        if EXTENSION.search(quoted) or (comment.startswith("//") and not names.has_begun(quoted)):
            yield quoted
    if comment.startswith("//"):
        for quoted in BARE.findall(comment):
            if not names.has_near(quoted, beside):
                yield quoted


def check_quoted_names(tree):
    """`name()` in a comment of C++ code is a name of some code; one of another project is written
    without the parentheses."""
    known = set()
    for path in tree.cpp():
        known.update(re.findall(r"\b[A-Za-z_]\w*\b", tree.code(path)))
    for path in tree.cpp():
        for comment, offset in _comments(tree, path):
            for quoted in FUNCTION.findall(comment):
                if re.split(r"::|\.", quoted)[-1] not in known:
                    line = line_of(tree.text(path), offset)
                    yield found(path, line, f"the comment quotes {quoted}(), which does not exist")
