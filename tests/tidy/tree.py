"""The files of a checkout as the checks see them: tracked files, their text, and C++ code without
comments and literals (each replaced by as many spaces, so that line numbers stay)."""

import os
import re
import subprocess

CPP = (".cpp", ".h")

# Comments, raw strings, strings and characters, in the order in which they must be tried.
_LITERALS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.S,
)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


class Tree:
    def __init__(self, root):
        self.root = os.path.abspath(root)
        self._texts = {}
        self._codes = {}

    def files(self):
        """Paths from the root: what git tracks, or every file where there is no git."""
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z"], capture_output=True, check=False
        )
        top = os.path.join(self.root, ".git")
        if listed.returncode == 0 and os.path.exists(top):
            names = listed.stdout.decode().split("\0")
            return sorted(n for n in names if n and os.path.isfile(os.path.join(self.root, n)))
        found = []
        for folder, _, names in os.walk(self.root):
            found += [os.path.relpath(os.path.join(folder, n), self.root) for n in names]
        return sorted(found)

    def cpp(self, *, headers=None):
        """C++ files; headers=True only headers, False only sources."""
        for path in self.files():
            if path.endswith(CPP) and headers in (None, path.endswith(".h")):
                yield path

    def data(self, path):
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read()

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = self.data(path).decode("utf-8", "replace")
        return self._texts[path]

    def code(self, path):
        if path not in self._codes:
            self._codes[path] = _LITERALS.sub(_blank, self.text(path))
        return self._codes[path]

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))


def folder_of(path):
    return path.split("/", 1)[0]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def found(path, line, message):
    return f"{path}:{line}: {message}"
