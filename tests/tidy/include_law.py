"""Who may include whom (docs/architecture.md, "Include law"). A rule names the folders that a folder
may include besides itself; the longest matching prefix of the including file decides."""

import os
import re

from tree import folder_of, found, line_of

LIBRARIES = [
    "base", "records", "net", "store", "pipeline", "source", "imagebuild", "artifacts", "trackers",
    "k8s", "lineage", "experiment",
]
CORE = ["base", "records", "pipeline", "experiment"]
BUILDERS = ["base", "records", "net", "pipeline/spec"]

LAW = {
    "base": [],
    "records": ["base", "pipeline/spec"],
    "records/pod": ["base", "records/fields.h"],
    "net": ["base"],
    "store": ["base"],
    "pipeline": ["base"],
    "source": BUILDERS,
    "imagebuild": BUILDERS,
    "imagebuild/code": BUILDERS + ["source", "imagebuild"],
    "artifacts": BUILDERS,
    "trackers": BUILDERS + ["artifacts"],
    "k8s": ["base", "net"],
    "lineage": ["base", "records", "store"],
    "experiment": ["base", "records", "pipeline"],
    # Its processes join everything; its rooms do not.
    "operator": LIBRARIES,
    "operator/storage": CORE + ["store", "lineage"],
    "operator/reconcile": CORE + ["k8s", "operator/storage", "store/connection.h", "trackers/mlflow/context.h",
                                  "trackers/pod.h"],
    "operator/auxiliary": CORE + ["k8s", "net/url.h", "operator/reconcile"],
    "operator/activity": CORE + ["k8s", "net/thread_name.h", "operator/auxiliary", "operator/storage"],
    "operator/api": CORE + ["net", "k8s", "store", "lineage", "operator/storage", "operator/activity"],
    "worker": BUILDERS + ["source", "imagebuild", "trackers", "artifacts"],
    "recorder": BUILDERS + ["trackers", "artifacts"],
    "launcher": ["base", "records/pod"],
    # main and the commands join all; what commands share knows no command.
    "cli": ["base", "records", "net", "pipeline", "k8s", "source", "imagebuild", "artifacts"],
    "cli/app": ["base", "records", "net", "pipeline", "k8s"],
    "cli/experiment": ["base", "records", "net", "pipeline", "k8s", "cli/app"],
    "cli/trials": ["base", "net", "pipeline", "cli/app"],
    "cli/search": ["base", "pipeline", "cli/app", "cli/trials"],
    "cli/lineage": ["base", "artifacts", "net/url.h", "cli/app", "cli/experiment", "cli/trials"],
    "cli/report": ["base", "cli/app", "cli/lineage", "cli/trials"],
    "cli/image": ["base", "records", "net", "pipeline", "source", "imagebuild", "cli/app"],
    "cli/doctor": ["base", "records", "pipeline", "k8s", "cli/app", "cli/gpus"],
    "cli/uninstall": ["base", "records", "k8s", "cli/app", "cli/doctor"],
    "cli/support": ["base", "records", "k8s", "imagebuild/layer/tar_entry.h", "cli/app", "cli/doctor"],
}
# Tests and benches join everything; nothing includes them.
JOINERS = ["tests", "bench"]
# Two trackers, like two libraries, never include each other.
SIBLINGS_INSIDE = ["trackers"]

# A library that costs compile time or has exceptions and types of its own is seen by one .cpp of a
# folder, or by the few of a room made for it (ROOMS); everybody else uses that folder's header.
ONE_SOURCE = {
    "curl/": "net",
    "libpq-fe.h": "store",
    "yaml-cpp/": None,
    "boost/asio": "net/server",
    "boost/beast": "net/server",
    "boost/process": "base",
    "spdlog/": "base",
    "CLI/": None,
    "expat.h": "artifacts",
    "prometheus/": "operator",
}
ROOMS = {"store", "net/server"}

# Code that only decides.
PURE = ("experiment/", "pipeline/")
# Threads, randomness, files, processes, sockets: of the language and the system, and of base.
EFFECTS = re.compile(
    r"^(?:thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|latch|barrier|stop_token"
    r"|random|fstream|filesystem|iostream|csignal|ctime"
    r"|(?:sys|netinet|arpa|net|linux)/.*|(?:unistd|poll|fcntl|netdb|pthread|signal|spawn)\.h)$"
)
TOUCHING = re.compile(r"^base/(?:bounded_queue|child_process|children|descriptor|file|pause|process|sync|together)\.h$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
STANDARD = re.compile(r"^[a-z0-9_]+$")
# Declarations of the operating system are not third-party.
SYSTEM = re.compile(r"^(sys|linux|netinet|arpa|net|asm)/[a-z0-9_/]+\.h$|^[a-z0-9_]+\.h$")
IN_HEADERS = re.compile(r"^(fmt/[a-z]+\.h|tl/expected\.hpp|nlohmann/json_fwd\.hpp)$")
# Allowed in a header that only sources of its own folder and below include: it is no interface.
IN_PRIVATE_HEADERS = "nlohmann/json.hpp"
LIBRARY_C_HEADERS = {"libpq-fe.h", "expat.h", "archive.h", "archive_entry.h", "git2.h", "zlib.h", "zstd.h"}


def _within(path, prefix):
    return path == prefix or path.startswith(prefix + "/")


def _rule(path):
    prefixes = [p for p in LAW if _within(path, p)]
    return max(prefixes, key=len) if prefixes else None


def _allowed(path, target):
    own = folder_of(path)
    if own in JOINERS:
        return True
    rule = _rule(path)
    if rule is None or folder_of(target) in JOINERS:
        return False
    if own in SIBLINGS_INSIDE and folder_of(target) == own:
        # Beside them stand what they share, and the list that names all.
        return path.count("/") < 2 or target.count("/") < 2 or path.split("/")[1] == target.split("/")[1]
    if any(_within(target, prefix) for prefix in LAW[rule]):
        return True
    # Inside a folder everything may be used, unless a stricter rule holds for a part of it.
    return _within(target, rule)


def check(tree):
    """Includes of our own files."""
    for path in tree.cpp():
        text = tree.text(path)
        for match in INCLUDE.finditer(text):
            kind, target = match.groups()
            if kind != '"':
                continue
            line = line_of(text, match.start())
            if not tree.exists(target):
                yield found(path, line, f'"{target}" is no path from the root of the checkout')
            elif not _allowed(path, target):
                yield found(path, line, f'{folder_of(path)} may not include "{target}"')


def check_third_party(tree):
    """Third-party includes: few in headers, heavy ones in one source file."""
    users = {}
    private = _private_headers(tree)
    for path in tree.cpp():
        if folder_of(path) in JOINERS:
            continue
        text = tree.text(path)
        for match in INCLUDE.finditer(text):
            kind, target = match.groups()
            if kind != "<":
                continue
            line = line_of(text, match.start())
            for library in ONE_SOURCE:
                if target.startswith(library):
                    users.setdefault(library, {}).setdefault(path, line)
            if not path.endswith(".h") or STANDARD.match(target) or IN_HEADERS.match(target):
                continue
            if target == IN_PRIVATE_HEADERS and path in private:
                continue
            if not SYSTEM.match(target) or target in LIBRARY_C_HEADERS:
                yield found(path, line, f"<{target}> in a header: keep it in the .cpp that wraps it")
    for library, places in users.items():
        yield from _one_source(library, places)


def check_pure(tree):
    """The core decides: it has no header with which it could wait, run beside itself, ask the
    system or touch the world."""
    for path in tree.cpp():
        if not path.startswith(PURE):
            continue
        text = tree.text(path)
        for match in INCLUDE.finditer(text):
            kind, target = match.groups()
            if (TOUCHING if kind == '"' else EFFECTS).match(target):
                line = line_of(text, match.start())
                yield found(path, line, f"{target} in {folder_of(path)}: decide here, act elsewhere")


def _private_headers(tree):
    """Headers that only their own folder and those below it include, by sources or by other such
    headers."""
    includers = {}
    for path in tree.cpp():
        for kind, target in INCLUDE.findall(tree.text(path)):
            if kind == '"':
                includers.setdefault(target, set()).add(path)
    private = set(includers)
    while True:
        public = {
            header
            for header in private
            for path in includers[header]
            if not _within(path, os.path.dirname(header))
            or (path.endswith(".h") and path not in private)
        }
        if not public:
            return private
        private -= public


def _one_source(library, places):
    home = ONE_SOURCE[library]
    seen = {}
    for path, line in sorted(places.items()):
        owner = folder_of(path)
        if home is not None and not _within(path, home):
            yield found(path, line, f"<{library}...> belongs to {home} alone")
        elif owner in seen and home not in ROOMS:
            yield found(path, line, f"<{library}...> is already wrapped by {seen[owner]}")
        seen.setdefault(owner, path)
