"""Rules about every tracked file: nothing of the machine it was written on, no binaries, no dead
links in the documents."""

import functools
import os
import re
import subprocess

from tree import found, line_of

FILE_BYTES_MAX = 1024 * 1024
HOME = re.compile(r"(?<![\w.$}/-])/(?:home/[a-z][a-z0-9_-]*|root)/")
STANDARD_FOLDERS = {
    "bin", "boot", "builds", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root",
    "run", "sbin", "srv", "sys", "tmp", "usr", "var",
}
# Answers of registry clients that name no host.
NO_HOST = {"localhost", "direct", "off", "127.0.0.1"}
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@functools.cache
def _answer(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def registry_hosts():
    """The hosts from which this machine's package clients download, as they are configured now."""
    answers = [
        _answer("pip", "config", "list"),
        _answer("go", "env", "GOPROXY", "GONOSUMDB", "GOSUMDB"),
        _answer("npm", "config", "get", "registry"),
    ]
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "GOPROXY", "NPM_CONFIG_REGISTRY"):
        answers.append(os.environ.get(name, ""))
    hosts = set(re.findall(r"https?://(?:[^@/\s'\"]*@)?([A-Za-z0-9.-]+)", "\n".join(answers)))
    return {host for host in hosts if host not in NO_HOST}


def _texts(tree):
    for path in tree.files():
        if b"\0" not in tree.data(path)[:8192]:
            yield path, tree.text(path)


def check_registry_host(tree, hosts=None):
    hosts = registry_hosts() if hosts is None else hosts
    if not hosts:
        return
    pattern = re.compile("|".join(re.escape(host) for host in sorted(hosts)))
    for path, text in _texts(tree):
        for match in pattern.finditer(text):
            yield found(path, line_of(text, match.start()), "names this machine's package registry")


def check_machine_path(tree):
    pieces = [re.escape(tree.root) + r"(?![\w.-])"]
    first = tree.root.split("/")[1]
    if first not in STANDARD_FOLDERS:
        pieces.append(r"(?<![\w.$}/-])/" + re.escape(first) + "/")
    own = re.compile("|".join(pieces))
    for path, text in _texts(tree):
        for pattern in (own, HOME):
            for match in pattern.finditer(text):
                message = f"{match.group(0)}: a path of one machine"
                yield found(path, line_of(text, match.start()), message)


def check_size(tree):
    for path in tree.files():
        data = tree.data(path)
        if len(data) > FILE_BYTES_MAX:
            yield found(path, 1, f"{len(data)} bytes, at most {FILE_BYTES_MAX}")
        elif b"\0" in data:
            yield found(path, 1, "a binary file: make it in the build or the test instead")


def check_links(tree):
    """Relative links of Markdown documents point at something."""
    for path, text in _texts(tree):
        if not path.endswith(".md"):
            continue
        folder = os.path.dirname(path)
        for match in LINK.finditer(text):
            target = match.group(1).split("#", 1)[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            if not tree.exists(os.path.normpath(os.path.join(folder, target))):
                yield found(path, line_of(text, match.start()), f"nothing at {target}")


def check_architecture(tree):
    """docs/architecture.md has a paragraph for each folder of code and a row for each effect."""
    page = "docs/architecture.md"
    text = tree.text(page)
    folders = {path.split("/", 1)[0] for path in tree.cpp() if "/" in path}
    for folder in sorted(folders):
        if f"**`{folder}/`**" not in text:
            yield found(page, 1, f"has no paragraph about {folder}/")
    effects = "experiment/effect.cpp"
    if tree.exists(effects):
        for match in re.finditer(r'"([a-z]+\.[a-z]+)"', tree.text(effects)):
            if f"`{match.group(1)}`" not in text:
                line = line_of(tree.text(effects), match.start())
                yield found(effects, line, f"{match.group(1)} is missing in {page}")

