#!/usr/bin/env python3
"""Writes the pages of a PEP 503 package index for a folder of wheels and source distributions.

    make_index.py WHEELS OUTPUT      OUTPUT/simple/NAME/index.html links to /files/FILE#sha256=...
"""
import hashlib
import html
import pathlib
import re
import shutil
import sys


def page(links):
    lines = [f'<a href="{html.escape(target)}">{html.escape(text)}</a><br>' for target, text in links]
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(lines) + "\n</body></html>\n"


def files_by_name(folder):
    by_name = {}
    for file in sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")]):
        stem = file.name.split("-")[0] if file.suffix == ".whl" else file.name.rsplit("-", 1)[0]
        by_name.setdefault(re.sub(r"[-_.]+", "-", stem).lower(), []).append(file)
    return by_name


def link(file):
    return f"/files/{file.name}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}", file.name


def main(wheels, output):
    projects = files_by_name(pathlib.Path(wheels))
    fresh = pathlib.Path(output, "simple.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, files in projects.items():
        (fresh / name).mkdir(parents=True)
        (fresh / name / "index.html").write_text(page(map(link, files)))
    (fresh / "index.html").write_text(page((f"/simple/{name}/", name) for name in projects))
    current = pathlib.Path(output, "simple")
    shutil.rmtree(current, ignore_errors=True)
    fresh.rename(current)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
