#!/usr/bin/env python3
"""Writes a hashed lock from pip's own resolution report.

    pip install --dry-run --ignore-installed --only-binary :all: --report report.json -r requirements.in
    make_lock.py report.json [--beyond BASE_LOCK] > requirements.lock

With --beyond, packages that the base image already ships are left out, and a package that
the base ships in another version is an error: such a lock could not be laid on that base.
"""
import argparse
import json
import pathlib
import re
import sys


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of_report(path):
    pins = {}
    for item in json.loads(pathlib.Path(path).read_text())["install"]:
        file = item["download_info"]["url"].rsplit("/", 1)[-1]
        if not file.endswith(".whl"):
            sys.exit(f"{file} is no wheel; pin a version that has one")
        digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
        pins[normalized(item["metadata"]["name"])] = (item["metadata"]["version"], digest)
    return pins


def versions_of_lock(path):
    found = re.findall(r"^([^\s=]+)==(\S+)", pathlib.Path(path).read_text(), re.MULTILINE)
    return {normalized(name): version for name, version in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report")
    parser.add_argument("--beyond", metavar="BASE_LOCK")
    options = parser.parse_args()
    pins = pins_of_report(options.report)
    shipped = versions_of_lock(options.beyond) if options.beyond else {}
    for name in sorted(pins.keys() & shipped.keys()):
        if pins.pop(name)[0] != shipped[name]:
            sys.exit(f"{name}: the base ships {shipped[name]}; resolve with it as a constraint")
    for name, (version, digest) in sorted(pins.items()):
        print(f"{name}=={version} \\\n    --hash=sha256:{digest}")


main()
