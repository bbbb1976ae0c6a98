"""Rules about C++ code that a reader would otherwise have to remember (CONTRIBUTING.md, "Style")."""

import re

from tree import folder_of, found, line_of

FILE_LINES_MAX = 450
FUNCTION_LINES_MAX = 70

MUTEX = re.compile(r"\bstd::(?:\w+_)?mutex\b")
DUMP = re.compile(r"(?<=[.>])dump(?=\()")
# What the C library does by locale, or with text that threads share.
C_LIBRARY = re.compile(
    r"(?<![\w.>])(?:std::|::)?(?:strto(?:d|f|ld)|sto(?:d|f|ld)|atof|strerror)\s*(?=\()")
COROUTINE = re.compile(r"\bco_(?:await|yield|return)\b")
IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*\b")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
BANNED = {"manager", "util", "utils", "helper", "helpers", "impl"}
# The field's own terms: server-side apply names a field manager.
TERMS = {"field_manager", "fieldManager", "field_manager_"}
# Assembled, so that a search for the markers finds only real ones.
UNFINISHED = re.compile(
    r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|GTEST_" + r"SKIP|\bDISABLED" + r"_\w"
)


def check_file_length(tree):
    for path in tree.cpp():
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES_MAX:
            yield found(path, 1, f"{lines} lines, at most {FILE_LINES_MAX}: split it by aspect")


def check_function_length(tree):
    for path in tree.cpp():
        for name, first, last in functions(tree.code(path)):
            lines = last - first + 1
            if lines > FUNCTION_LINES_MAX:
                yield found(path, first, f"{name} has {lines} lines, at most {FUNCTION_LINES_MAX}")


def functions(code):
    """(name, first line, last line) of every function body outside other functions."""
    code = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m.group(0).count("\n"), code)
    depth_of_function = None
    opened = []
    start = 0
    parentheses = 0
    for position, character in enumerate(code):
        if character in "()":
            parentheses += 1 if character == "(" else -1
        elif character == "{":
            head = code[start:position]
            kind = "other" if parentheses else _kind(head)
            opened.append((kind, start + len(head) - len(head.lstrip()), head))
            if kind == "function" and depth_of_function is None:
                depth_of_function = len(opened)
        elif character == "}" and opened:
            _, begin, head = opened.pop()
            if depth_of_function == len(opened) + 1:
                depth_of_function = None
                yield _name(head), line_of(code, begin), line_of(code, position)
        if character in "{};" and not parentheses:
            start = position + 1


def _kind(head):
    head = head.strip()
    if re.search(r"\b(?:namespace|class|struct|enum|union)\b(?!.*\))", head, re.S):
        return "scope"
    if "(" in head and not re.search(r"=\s*$|^(?:if|for|while|switch|do|else)\b", head):
        return "function"
    return "other"


def _name(head):
    match = re.search(r"([~\w:]+(?:\s*operator\s*\S+)?)\s*\(", head)
    return match.group(1) if match else "a function"


def check_mutex(tree):
    for path in tree.cpp():
        if folder_of(path) in ("base", "tests", "bench"):
            continue
        yield from _matches(tree, path, MUTEX, "shared state stands inside Sync<T> (base/sync.h)")


def check_json_dump(tree):
    for path in tree.cpp():
        if folder_of(path) in ("base", "tests", "bench"):
            continue
        yield from _matches(tree, path, DUMP, "throws on bytes that are no UTF-8: json_text (base/json_text.h)")


def check_c_library(tree):
    for path in tree.cpp():
        if folder_of(path) not in ("tests", "bench"):
            message = "from_chars, MetricValue (base/metric_value.h) or errno_text (base/errno_text.h)"
            yield from _matches(tree, path, C_LIBRARY, message)


def check_coroutine(tree):
    for path in tree.cpp():
        yield from _matches(tree, path, COROUTINE, "no coroutines (docs/decisions/0001)")


def _matches(tree, path, pattern, message):
    code = tree.code(path)
    for match in pattern.finditer(code):
        yield found(path, line_of(code, match.start()), f"{match.group(0)}: {message}")


def check_names(tree):
    for path in tree.cpp():
        stem = path.rsplit("/", 1)[1].rsplit(".", 1)[0]
        if _banned(stem):
            yield found(path, 1, f"file name: say what it does instead of {_banned(stem)}")
        code = tree.code(path)
        seen = set()
        for match in IDENTIFIER.finditer(code):
            name = match.group(0)
            if name in seen or name in TERMS or not _banned(name):
                continue
            seen.add(name)
            line = line_of(code, match.start())
            if "#include" not in code.splitlines()[line - 1]:
                yield found(path, line, f"{name}: say what it does instead of {_banned(name)}")


def _banned(name):
    for word in WORD.findall(name):
        if word.lower() in BANNED:
            return word
    return None


def check_head_comment(tree):
    for path in tree.cpp(headers=True):
        lines = [line for line in tree.text(path).splitlines() if line.strip()]
        if not lines or lines[0].strip() != "#pragma once":
            yield found(path, 1, "a header begins with #pragma once")
        elif len(lines) < 2 or not lines[1].startswith("// ") or len(lines[1]) < 20:
            yield found(path, 2, "a header says in its first comment what it is for")


def check_unfinished(tree):
    for path in tree.files():
        if not path.endswith((".cpp", ".h", ".py", ".go", ".sh", ".sql", ".cmake", ".txt")):
            continue
        text = tree.text(path)
        for match in UNFINISHED.finditer(text):
            message = f"{match.group(0)}: finish it or open an issue"
            yield found(path, line_of(text, match.start()), message)
