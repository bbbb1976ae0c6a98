#!/usr/bin/env python3
"""Checks the checkout's own properties. tidy.py [--root DIR] [CHECK ...] prints one line a finding,
"path:line: what", and exits with 1 if there is one. Without names all checks run."""

import argparse
import os
import sys

import code_rules
import comment_rules
import enum_words
import document_rules
import file_rules
import form_rules
import include_law
import process_rules
from tree import Tree

CHECKS = {
    "include_law": include_law.check,
    "third_party": include_law.check_third_party,
    "pure": include_law.check_pure,
    "file_length": code_rules.check_file_length,
    "function_length": code_rules.check_function_length,
    "mutex": code_rules.check_mutex,
    "json_dump": code_rules.check_json_dump,
    "c_library": code_rules.check_c_library,
    "coroutine": code_rules.check_coroutine,
    "processes": process_rules.check,
    "names": code_rules.check_names,
    "head_comment": code_rules.check_head_comment,
    "unfinished": code_rules.check_unfinished,
    "registry_host": file_rules.check_registry_host,
    "machine_path": file_rules.check_machine_path,
    "size": file_rules.check_size,
    "links": file_rules.check_links,
    "architecture": file_rules.check_architecture,
    "quoted_files": comment_rules.check_quoted_files,
    "quoted_names": comment_rules.check_quoted_names,
    "enum_words": enum_words.check_enum_words,
    "format": form_rules.check_format,
    "comment_width": form_rules.check_comment_width,
    "reasons": document_rules.check_reasons,
    "states": document_rules.check_states,
    "limits": document_rules.check_limits,
    "words": document_rules.check_words,
    "pages": document_rules.check_pages,
    "pictures": document_rules.check_pictures,
    "measured": document_rules.check_measured,
    "trace": document_rules.check_trace,
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    arguments = parser.parse_args()
    unknown = [name for name in arguments.checks if name not in CHECKS]
    if unknown:
        parser.error(f"no check {unknown[0]}; there are: {', '.join(CHECKS)}")
    tree = Tree(arguments.root)
    if not any(tree.cpp()):
        parser.error(f"no C++ file in {arguments.root}")
    findings = 0
    for name in arguments.checks or CHECKS:
        for finding in CHECKS[name](tree):
            print(f"{finding} [{name}]")
            findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
