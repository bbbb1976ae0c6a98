"""How every benchmark says what it found: a line a claim, then the counts that dev/check reads.

A goal that is missed is printed as such and counted as failed; the exit code says only that the
benchmark ran.
"""


class Verdict:
    def __init__(self):
        self.met = self.missed = 0

    def judge(self, claim, value, goal, met):
        self.met += met
        self.missed += not met
        print(f"{claim:52} {value:>34}   goal {goal:14} {'met' if met else 'goal missed'}", flush=True)

    def close(self):
        print(f"{self.met} passed, {self.missed} failed")
