"""A word of an enum is written once, in its table (base/words.h). Elsewhere in the core and in the
operator it stands as to_string() or as the enum itself, so that a misspelt word does not compile.
The words are read from the tables: those of the core, of the failure classes and of the worker's
work."""

import re

from tree import found, line_of

TABLES_IN = ("experiment/", "operator/", "pipeline/run/", "records/work/")
JUDGED = ("experiment/", "operator/")

TABLE = re.compile(r"\bWord<\w+> \w+\[\] = \{.*?\};", re.S)
ROW = re.compile(r'\{\s*[\w:]+,\s*"([^"]+)"\s*\}')
LITERAL = re.compile(r'"([A-Z][A-Za-z]+)"')
COMMENT = re.compile(r"//[^\n]*")

# Words that are somebody else's there: a pod's phase, the status of a condition, the policy of a Job,
# a word of the spec.
FOREIGN = {
    "experiment/events/experiment_events.cpp": {"None"},
    "experiment/events/write_event.h": {"None"},
    "experiment/job/job.cpp": {"Failed"},
    "experiment/steps/attempt_verdict.cpp": {"Failed"},
    "operator/auxiliary/job.cpp": {"Failed"},
    "operator/auxiliary/look.cpp": {"False", "True"},
    "operator/reconcile/seen.cpp": {"Failed", "Succeeded", "True"},
}


def words_of(tree):
    words = set()
    for path in tree.cpp():
        if path.startswith(TABLES_IN):
            for table in TABLE.findall(tree.text(path)):
                words.update(ROW.findall(table))
    return words


def check_enum_words(tree):
    words = words_of(tree)
    used = set()
    for path in tree.cpp():
        if not path.startswith(JUDGED):
            continue
        text = _blank(COMMENT, _blank(TABLE, tree.text(path)))
        for match in LITERAL.finditer(text):
            word = match.group(1)
            if word not in words:
                continue
            if word in FOREIGN.get(path, ()):
                used.add((path, word))
            else:
                message = f'"{word}" is a word of an enum: to_string(), or the enum itself'
                yield found(path, line_of(text, match.start()), message)
    for path, listed in FOREIGN.items():
        for word in listed:
            if tree.exists(path) and (path, word) not in used:
                yield found(path, 1, f'"{word}" is gone: take it from enum_words.py, too')


def _blank(pattern, text):
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
