#!/usr/bin/env python3
"""What a compiler finds in code that builds. code_check.py headers|lint [--changed|--all]

headers   each header of ours compiles alone
lint      no finding of clang-tidy (.clang-tidy)

--changed looks at what differs from the last commit at which dev/check was green, each source alone,
as the preset `alone` compiles it; a header through the source that is named like it, or
through one that includes it. --all, the default, looks at everything; clang-tidy then at the
translation units of build/dev, of up to eight sources each, which takes a fifth of the time. What
was clean once is not looked at again: the key is a hash of the file, of every file of ours that it
includes, of flags and programs, kept below PEDIGREE_CACHE. One line a finding; the last line is
"N passed, M failed"."""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CACHE = os.path.join(os.environ.get("PEDIGREE_CACHE", "/var/cache/pedigree-dev"), "check")
ALONE = os.path.join(ROOT, "build/alone")
UNITS = os.path.join(ROOT, "build/dev")
CLANG_TIDY = "clang-tidy-19"
COMPILER = "g++"
# A clean file is an empty file in the cache; older ones than these are removed.
CACHE_DAYS_MAX = 30
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
# g++ has names for warnings that clang does not know; what clang itself warns of is not asked here.
CLANG_FLAGS = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-error"]


def git(*arguments):
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


@functools.cache
def tracked():
    """C++ files of the checkout, new ones too."""
    names = git("ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.h")
    return sorted({name for name in names if os.path.isfile(os.path.join(ROOT, name))})


@functools.cache
def content(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


@functools.cache
def includes(path):
    """Of our files, which are named from the root on; by a unit (cmake/pedigree.cmake), sources too."""
    known = set(tracked())
    return {name for name in INCLUDE.findall(content(path).decode("utf-8", "replace")) if name in known}


def joins_ours(path):
    """A translation unit of several sources. What the build itself generates need not be there yet."""
    return os.path.isfile(os.path.join(ROOT, path)) and bool(includes(path))


@functools.cache
def closure(path):
    """The file and every header of ours that it includes, directly or not."""
    found, left = {path}, [path]
    while left:
        for name in includes(left.pop()) - found:
            found.add(name)
            left.append(name)
    return sorted(found)


def key(path, made_with):
    """The same in every clone."""
    digest = hashlib.sha256(f"{path}\0{made_with.replace(ROOT, '')}\0".encode())
    for name in closure(path):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content(name)).digest())
    return digest.hexdigest()


def version(program):
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def base_commit():
    """The last green commit, if this one follows it; else where it left origin/main; else the one before."""
    try:
        with open(os.path.join(CACHE, "green"), encoding="utf-8") as file:
            green = file.read().strip()
    except OSError:
        green = ""
    if green and git("merge-base", "HEAD", green) == [green]:
        return green
    left = git("merge-base", "HEAD", "origin/main")
    if left and left != git("rev-parse", "HEAD"):
        return left[0]
    return (git("rev-parse", "--verify", "--quiet", "HEAD~1") or ["HEAD"])[0]


def changed():
    names = set(git("diff", "--name-only", base_commit()))
    names.update(git("ls-files", "--others", "--exclude-standard"))
    return names & set(tracked())


def configured(database):
    """Source, relative to the checkout: its compile command as a list."""
    if database == ALONE:
        os.makedirs(database, exist_ok=True)
        subprocess.run(["flock", database + ".lock", "cmake", "-S", ROOT, "--preset", "alone"],
                       stdout=subprocess.DEVNULL, check=True)
    with open(os.path.join(database, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    return {os.path.relpath(entry["file"], ROOT): shlex.split(entry["command"]) for entry in entries}


def search_flags(built):
    """Every place where the build looks for headers, and every definition of ours."""
    flags = {}
    for command in built.values():
        previous = ""
        for word in command:
            if previous == "-isystem":
                flags["-isystem" + word] = None
            elif word.startswith(("-I", "-DFMT", "-DPEDIGREE_")):
                flags[word] = None
            previous = word
    return list(flags)


class Headers:
    """Each header is the only include of an empty source."""

    name = "headers"

    def __init__(self, names):
        self.names = names
        self.command = [COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                        "-Wno-restrict", "-Wno-missing-field-initializers", "-x", "c++", "-",
                        *search_flags(configured(ALONE))]
        self.version = version(COMPILER)

    def made_with(self, path):
        return " ".join(self.command) + self.version

    def subjects(self):
        headers = [path for path in tracked() if path.endswith(".h")]
        return [path for path in headers if self.names is None or path in self.names]

    def findings(self, path):
        done = subprocess.run(self.command, input=f'#include "{path}"\n', cwd=ROOT,
                              capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else f"{path}: does not compile alone\n{done.stderr}"


class Lint:
    """clang-tidy over sources; what it says about a header it says in a source that includes it."""

    name = "lint"

    def __init__(self, names):
        self.names = names
        self.database = UNITS if names is None else ALONE
        self.built = {path: command for path, command in configured(self.database).items()
                      if path in tracked() or joins_ours(path)}
        self.version = content(".clang-tidy").decode() + version(CLANG_TIDY)

    def made_with(self, path):
        return " ".join(self.built[path]) + self.version

    def subjects(self):
        sources = sorted(self.built)
        if self.names is None:
            return sources
        wanted = {path for path in sources if path in self.names}
        for header in sorted(path for path in self.names if path.endswith(".h")):
            wanted.update(self.shown_by(header, sources, wanted))
        return sorted(wanted)

    def shown_by(self, header, sources, wanted):
        users = [path for path in sources if header in closure(path)]
        own = header.removesuffix(".h") + ".cpp"
        if own in users or not users:
            return {own} & set(users)
        return set() if wanted & set(users) else {min(users, key=lambda path: len(closure(path)))}

    def findings(self, path):
        done = subprocess.run([CLANG_TIDY, "-p", self.database, "--quiet", *CLANG_FLAGS, path], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ""
        return done.stdout.replace(ROOT + "/", "") or f"{path}: error: {done.stderr}"


def forget_old(folder):
    """Removes what no run has asked for since CACHE_DAYS_MAX; asking renews (see is_clean)."""
    subprocess.run(["find", folder, "-type", "f", "-mtime", f"+{CACHE_DAYS_MAX}", "-delete"], check=False)


def is_clean(mark):
    try:
        os.utime(mark)
        return True
    except OSError:
        return False


def run(check, jobs):
    folder = os.path.join(CACHE, check.name)
    os.makedirs(folder, exist_ok=True)
    subjects = check.subjects()
    marks = {path: os.path.join(folder, key(path, check.made_with(path))) for path in subjects}
    left = [path for path in subjects if not is_clean(marks[path])]
    print(f"{len(subjects)} files, {len(left)} of them not known to be clean", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, said in zip(left, pool.map(check.findings, left)):
            if said:
                failed += 1
                print(said.rstrip(), flush=True)
            else:
                with open(marks[path], "w", encoding="utf-8"):
                    pass
    forget_old(folder)
    print(f"{len(subjects) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=["headers", "lint"])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--changed", action="store_true")
    which.add_argument("--all", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    check = {"headers": Headers, "lint": Lint}[arguments.check](changed() if arguments.changed else None)
    return run(check, arguments.jobs)


if __name__ == "__main__":
    sys.exit(main())
