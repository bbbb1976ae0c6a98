"""The arena's verdicts (bench/search/protocol.py): ratios, their intervals, and what passes."""
import pathlib
import random
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "bench/search"))
import protocol  # noqa: E402


def regrets(mean, problems=4, seeds=48, spread=0.5, key=0):
    chance = random.Random(f"{mean} {key}")
    return [[mean * chance.uniform(1 - spread, 1 + spread) for _ in range(seeds)] for _ in range(problems)]


class Ratios(unittest.TestCase):
    def test_what_is_compared_with_itself_has_no_interval(self):
        mine = regrets(0.5)
        for found in (protocol.ratio(mine, mine), protocol.geometric(mine, mine)):
            for each in (found.value, found.low, found.high):
                self.assertAlmostEqual(each, 1.0, places=9)

    def test_the_interval_holds_the_truth_nine_times_in_ten(self):
        held = 0
        for key in range(60):
            found = protocol.ratio(regrets(0.8, 1, key=key), regrets(1.0, 1, key=key + 1000))
            held += found.low <= 0.8 <= found.high
        self.assertGreater(held, 45)
        self.assertLess(held, 60)

    def test_few_seeds_have_a_wide_interval(self):
        def width(seeds):
            found = protocol.ratio(regrets(0.8, seeds=seeds), regrets(1.0, seeds=seeds))
            return found.high - found.low
        self.assertGreater(width(8), 1.5 * width(96))

    def test_pairs_are_drawn_together(self):
        """Seeds that are hard for both do not widen the interval."""
        base = regrets(1.0, spread=0.9)
        found = protocol.ratio([[0.9 * each for each in row] for row in base], base)
        self.assertAlmostEqual(found.high - found.low, 0, places=9)

    def test_a_hard_problem_weighs_like_the_others_in_the_geometric_mean(self):
        ours, other = regrets(0.5, 3) + regrets(20, 1), regrets(1.0, 3) + regrets(10, 1)
        self.assertGreater(protocol.ratio(ours, other).value, 1.5)
        self.assertLess(protocol.geometric(ours, other).value, 0.8)


class Verdicts(unittest.TestCase):
    def test_the_upper_end_decides_and_not_the_ratio(self):
        self.assertTrue(protocol.passed(protocol.Ratio(0.75, 0.72, 0.79), 0.8))
        self.assertFalse(protocol.passed(protocol.Ratio(0.75, 0.70, 0.80), 0.8))

    def test_a_family_that_got_worse_forbids(self):
        families = ["even"] * 3 + ["odd"]
        base = regrets(1.0)
        ours = regrets(0.5, 3) + regrets(1.6, 1)
        worse = protocol.worse_families(ours, base, families)
        self.assertEqual(list(worse), ["odd"])
        self.assertFalse(protocol.passed(protocol.ratio(ours, base), 1.0, worse))

    def test_within_its_interval_a_family_is_not_worse(self):
        base = regrets(1.0, 2)
        ours = [[1.01 * each for each in row[1:] + row[:1]] for row in base]
        self.assertEqual(protocol.worse_families(ours, base, ["a", "b"]), {})

    def test_the_family_that_is_left_out_does_not_choose(self):
        families = ["a", "a", "b"]
        base = regrets(1.0, 3)
        candidates = {"good for a": regrets(0.6, 2) + regrets(1.5, 1), "good for b": regrets(0.9, 2) + regrets(0.2, 1)}
        found = protocol.left_out(candidates, base, families)
        self.assertEqual(found["b"][0], "good for a")
        self.assertGreater(found["b"][1].low, 1)
        self.assertEqual(found["a"][0], "good for b")


if __name__ == "__main__":
    unittest.main()
