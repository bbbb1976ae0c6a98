"""Cases, the threads that run them, and the lines that say how each ended."""
import concurrent.futures
import dataclasses
import threading
import time
import traceback
from typing import Callable

TIERS = ("default", "all")


class Failed(Exception):
    """A case found something else than it expects; the text is what a reader needs."""


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    group: str  # the folder that its module lies in
    tier: str
    alone: bool  # takes something away that the others need, so it runs by itself after them
    last: bool  # looks at what the others left, so it runs after all of them
    open: str  # what was seen instead, where this version is known to fail it
    action: Callable[[], None]


CASES: list[Case] = []


def case(tier="default", alone=False, last=False, open=""):
    """Declares a case; its name is the function's, in words. An open one runs only when asked for."""
    def declare(action):
        CASES.append(Case(action.__name__.replace("_", " "), action.__module__.split(".")[0], tier, alone, last,
                          open, action))
        return action
    return declare


def expect(condition, *said):
    if not condition:
        raise Failed(" ".join(str(word) for word in said))


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: found {found!r}, expected {wanted!r}")


def expect_words(text, *words):
    missing = [word for word in words if word not in text]
    expect(not missing, f"{missing} not in: {text[:600]}")


def until(seconds, question, what, every=0.5):
    """Asks every so many seconds until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        expect(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        time.sleep(every)


class Once:
    """A result that several cases need: the first one makes it, the others wait for it. What failed
    is not tried again."""

    def __init__(self, make):
        self._make = make
        self._lock = threading.Lock()
        self._made = None

    def _make_once(self):
        with self._lock:
            if self._made is None:
                try:
                    self._made = (self._make(), None)
                except Exception as problem:
                    self._made = (None, problem)
            return self._made

    def begin(self):
        threading.Thread(target=self._make_once, daemon=True).start()

    def __call__(self):
        made, problem = self._make_once()
        expect(problem is None, f"{self._make.__name__.strip('_')}: {problem}")
        return made


def _run(each, lock):
    began = time.monotonic()
    try:
        each.action()
        problem = ""
    except Failed as failed:
        problem = str(failed)
    except Exception:  # a broken case fails, the others go on
        problem = traceback.format_exc()
    with lock:
        print(f"{'FAIL' if problem else 'PASS'} {each.name} ({time.monotonic() - began:.1f} s)", flush=True)
        for line in problem.splitlines():
            print(f"     {line}", flush=True)
        if each.open and not problem:
            print(f"     it passes, and is marked open: {each.open}", flush=True)
    return not problem


def choose(tier, group="", words=(), open=False):
    """The cases of a tier, and of a group and with one of the words where these are given; those that are open, or
    those that are not."""
    return [each for each in CASES if TIERS.index(each.tier) <= TIERS.index(tier) and group in ("", each.group)
            and bool(each.open) == open and (not words or any(word in each.name for word in words))]


def run_cases(chosen, parallel):
    lock = threading.Lock()
    began = time.monotonic()
    results = []
    for alone, last in ((False, False), (True, False), (False, True)):
        with concurrent.futures.ThreadPoolExecutor(1 if alone else parallel) as pool:
            results += pool.map(lambda each: _run(each, lock),
                                [each for each in chosen if (each.alone, each.last) == (alone, last)])
    print(f"{results.count(True)} passed, {results.count(False)} failed in {time.monotonic() - began:.0f} s")
    return bool(results) and all(results)

