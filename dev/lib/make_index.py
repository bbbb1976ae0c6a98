#!/usr/bin/env python3
"""Writes the pages of a PEP 503 package index for a folder of wheels.

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


def wheels_by_name(folder):
    by_name = {}
    for wheel in sorted(folder.glob("*.whl")):
        name = re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower()
        by_name.setdefault(name, []).append(wheel)
    return by_name


def link(wheel):
    return f"/files/{wheel.name}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}", wheel.name


def main(wheels, output):
    projects = wheels_by_name(pathlib.Path(wheels))
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
