"""Rules about the documents: each page has a reader who can find it, pictures and figures are what their scripts
make, and what a page says about the code (reasons, limits, words) is so."""

import ast
import importlib.machinery
import importlib.util
import os
import re

from tree import folder_of, found, line_of

REASONS, LIMITS, WORDS = "docs/operate/reasons.md", "docs/operate/limits.md", "docs/words.md"
INDEX = "docs/README.md"
PICTURES = "docs/pictures"
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def script(tree, path, name):
    """A script of the checkout as a module; its folder is where it looks for what it imports."""
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(tree.root, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def _pages_linked_from(tree, page):
    for match in LINK.finditer(tree.text(page)):
        target = os.path.normpath(os.path.join(os.path.dirname(page), match.group(1)))
        if target.endswith(".md") and tree.exists(target):
            yield target


def check_pages(tree):
    """Each page of docs/ is reached from docs/README.md, over pages of docs/ alone."""
    if not tree.exists(INDEX):
        return
    reached, next_pages = {INDEX}, [INDEX]
    while next_pages:
        for target in _pages_linked_from(tree, next_pages.pop()):
            if target not in reached:
                reached.add(target)
                if target.startswith("docs/"):
                    next_pages.append(target)
    for path in tree.files():
        if path.startswith("docs/") and path.endswith(".md") and path not in reached:
            yield found(path, 1, f"no way leads here from {INDEX}")


def check_pictures(tree):
    """Each picture is what docs/pictures/draw.py makes of the text beside it."""
    texts = {path[: -len(".txt")] for path in tree.files() if path.startswith(f"{PICTURES}/") and path.endswith(".txt")}
    pictures = {path[: -len(".svg")] for path in tree.files() if path.endswith(".svg")}
    for stem in sorted(pictures - texts):
        yield found(f"{stem}.svg", 1, f"a picture is made of a text in {PICTURES}")
    if not texts:
        return
    draw = script(tree, f"{PICTURES}/draw.py", "draw").draw
    for stem in sorted(texts):
        if not tree.exists(f"{stem}.svg") or tree.text(f"{stem}.svg") != draw(tree.text(f"{stem}.txt")):
            yield found(f"{stem}.svg", 1, f"is not what its text makes: run {PICTURES}/draw.py")


# What stands in a status: the word behind an error's code, a class, a phase or an outcome; what is put into a
# reason; and lists of reasons that others use.
REASON_IN_CALL = re.compile(
    r"(?:\b(?:ErrorCode|FailureClass|Phase|Outcome)::\w+|\"(?:Infrastructure|OutOfMemory|Configuration|UserCode)\")"
    r"(?=\s*,\s*(?:[\w.>()-]+,\s*)?\"([A-Z]\w+)\"(?!\s*\}))"  # a brace closes a row of an enum's words
)
REASON_PUT = re.compile(r"(?<!train\.)\breason\s*=\s*\"([A-Z]\w+)\"")
REASON_LIST = re.compile(r"\b\w*reasons\{([^}]*)\}")
# Folders whose errors end in an Experiment's status; the others' are for the command line or for a log.
REASON_FOLDERS = ("artifacts", "experiment", "imagebuild", "operator", "pipeline/run", "recorder", "source", "trackers", "worker")
# Words by which parts of ours tell each other what is the case; none of them reaches a status.
INNER_WORDS = {"BlobsMissing", "LayerNotReproducible", "ProvenanceRefused", "SourceChanged", "WheelCacheCorrupt", "WheelsMissing"}
CLASSES = {"Infrastructure", "OutOfMemory", "Configuration", "UserCode", "Deadline", "Cancelled", "Budget"}


def reasons_in(text):
    """(word, offset) of each reason that code puts into a status."""
    for pattern in (REASON_IN_CALL, REASON_PUT):
        for match in pattern.finditer(text):
            yield match.group(1), match.start(1)
    for match in REASON_LIST.finditer(text):
        for word in re.findall(r"\"([A-Z]\w+)\"", match.group(1)):
            yield word, match.start()


def _explained(tree):
    """(word, line) of the reasons that the page explains."""
    for match in re.finditer(r"^\| (`.*?`) \|", tree.text(REASONS), re.M):
        for word in re.findall(r"`(\w+)`", match.group(1)):
            yield word, line_of(tree.text(REASONS), match.start())


def check_reasons(tree):
    """docs/operate/reasons.md explains each reason of the code, and no other."""
    if not tree.exists(REASONS):
        return
    words = {word for path in tree.cpp() for word in re.findall(r'"([A-Z]\w+)"', tree.text(path))}
    explained = dict(_explained(tree))
    for word, line in explained.items():
        if word not in words:
            yield found(REASONS, line, f"nothing says {word}")
    told = set(explained) | INNER_WORDS | CLASSES
    for path in tree.cpp():
        if not path.startswith(REASON_FOLDERS):
            continue
        for word, offset in reasons_in(tree.text(path)):
            if word not in told:
                told.add(word)
                yield found(path, line_of(tree.text(path), offset), f"{word} is missing in {REASONS}")


# `name` or `Struct.member` (`folder`) | value: the first two cells of a row of docs/operate/limits.md.
LIMIT_ROW = re.compile(r"^\| `([\w.]+)` \(`(\w+)`\) \| ([^|]+) \|", re.M)
UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
DURATIONS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000}


def value_of(words):
    """4 MiB, 30 min, 100,000 as a number: bytes, milliseconds, or a count."""
    number, _, unit = words.strip().partition(" ")
    return int(number.replace(",", "")) * UNITS.get(unit.strip(), 1)


def constant_in(code, name):
    """The number that a constant, or a member of a struct, begins with, or None: times in milliseconds."""
    struct, _, name = name.rpartition(".")
    if struct:
        body = re.search(r"\bstruct " + struct + r"\b[^;{]*\{(.*?)\n\};", code, re.S)
        code = body.group(1) if body else ""
    prefix = r"([\w:]+)" if struct else r"constexpr\s+([\w:]+)"
    match = re.search(prefix + r"\s+" + name + r"\s*(?:=\s*([^;]+)|\{([^}]+)\})\s*;", code)
    if not match:
        return None
    kind, text = match.group(1), match.group(2) or match.group(3)
    scale = next((size for word, size in DURATIONS.items() if kind.endswith(word)), 1)
    literal = re.fullmatch(r"([\d']+)(ms|s|min|h)", text.strip())
    if literal:
        text, scale = literal.group(1), UNITS[literal.group(2)]
    elif name.endswith("_seconds_max"):
        scale = 1000
    text = re.sub(r"\b(\d+)[uUlL]*\b", r"\1", text.replace("'", ""))
    text = re.sub(r"std::u?int\d+_t\{(\d+)\}", r"\1", text)
    try:
        return _arithmetic(ast.parse(text.strip(), mode="eval").body) * scale
    except (SyntaxError, ValueError):
        return None


def _arithmetic(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = _arithmetic(node.left), _arithmetic(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.LShift):
            return left << right
    raise ValueError("no product of numbers")


def check_limits(tree):
    """docs/operate/limits.md has each limit of a header, and each of its rows has the value that the code has."""
    if not tree.exists(LIMITS):
        return
    page, listed = tree.text(LIMITS), set()
    for match in LIMIT_ROW.finditer(page):
        name, folder, words = match.groups()
        listed.add((name, folder))
        values = {constant_in(tree.code(path), name) for path in tree.cpp() if folder_of(path) == folder} - {None}
        if not values:
            yield found(LIMITS, line_of(page, match.start()), f"{folder}/ has no {name}")
        elif value_of(words) not in values:
            value = ", ".join(str(value) for value in sorted(values))
            yield found(LIMITS, line_of(page, match.start()), f"{name} is {value} in {folder}/, not {words.strip()}")
    for path in tree.cpp(headers=True):
        if path.startswith(("tests/", "bench/", "pipeline/search/")):
            continue  # the search's are its arithmetic's, not bounds on what comes from outside
        code = tree.code(path)
        for match in re.finditer(r"\bconstexpr\s+[\w:]+\s+(\w+_max)\s*[={]", code):
            if (match.group(1), folder_of(path)) not in listed:
                yield found(path, line_of(code, match.start()), f"{match.group(1)} is missing in {LIMITS}")


def check_words(tree):
    """The names of code that docs/words.md explains exist."""
    if not tree.exists(WORDS):
        return
    page = tree.text(WORDS)
    defined = {
        name
        for path in tree.cpp()
        for name in re.findall(r"\b(?:class|struct|enum class|using)\s+(\w+)", tree.code(path))
    }
    for match in re.finditer(r"^\| `([A-Z]\w+)` \|", page, re.M):
        if match.group(1) not in defined:
            yield found(WORDS, line_of(page, match.start()), f"no code has {match.group(1)}")


STATES = "docs/operate/states.md"
STATE_ENUMS = ("Phase", "AttemptStage", "TrialState", "ActivityState")
STATE_WORD = re.compile(r"\{\s*(?:[a-z_]+::)*(" + "|".join(STATE_ENUMS) + r")::\w+,\s*\"(\w+)\"\s*\}")


def check_states(tree):
    """docs/operate/states.md has a row for each state that something of an Experiment can rest in, and no other."""
    if not tree.exists(STATES):
        return
    page, words = tree.text(STATES), {}
    for path in tree.cpp():
        if folder_of(path) == "experiment":
            for match in STATE_WORD.finditer(tree.text(path)):
                words[match.group(2)] = (path, line_of(tree.text(path), match.start()), match.group(1))
    listed = {}
    for match in re.finditer(r"^\| (`[A-Z].*?`) \|", page, re.M):
        for word in re.findall(r"`(\w+)`", match.group(1)):
            listed[word] = line_of(page, match.start())
    for word, (path, line, enum) in words.items():
        if word not in listed:
            yield found(path, line, f"{enum} {word} is missing in {STATES}")
    for word, line in listed.items():
        if word not in words:
            yield found(STATES, line, f"nothing rests in {word}")


QUOTED_TRACE = re.compile(r"```\n\$ pedigree trace [^\n]*\n(.*?)```", re.S)
TRACE_CASE = "tests/cases/records/trace/experiment.txt"


def check_trace(tree):
    """The trace that the README shows is one that a test renders: its lines in their order, without the branches
    of the tree, some left out and some cut by "..."."""
    quoted = QUOTED_TRACE.search(tree.text("README.md")) if tree.exists("README.md") else None
    if not quoted:
        return
    branches = " \u2502\u251c\u2514\u2500"
    rendered = iter(tree.text(TRACE_CASE).splitlines())
    for number, line in enumerate(quoted.group(1).splitlines()):
        words = line.lstrip(branches)
        pattern = re.compile(".*".join(re.escape(part) for part in words.split("...")) + ("" if words else "$"))
        if not any(pattern.match(other.lstrip(branches)) for other in rendered):
            start = line_of(tree.text("README.md"), quoted.start(1)) + number
            yield found("README.md", start, f"{TRACE_CASE} has no such line, or not in this order")
            return


def check_measured(tree):
    """docs/measured.md and the README's quotes are what bench/report makes of docs/measured.json."""
    if not tree.exists("bench/report"):
        return
    report = script(tree, "bench/report", "bench_report")
    for path in report.differing(tree.root):
        yield found(path, 1, f"is not what {report.ROWS} makes of it: run bench/report")
