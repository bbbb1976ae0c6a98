"""tests/world/README.md tells the truth: each test that it names exists, each case of the cluster stands in it, and what
is marked open in a case is open there. Needs no cluster."""
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
CELL = re.compile(r"`([a-z_0-9/]+\.(?:cpp|py|yaml))`((?: \w+,?)*)")
CASE = re.compile(r"^@case\((.*?)\)\ndef (\w+)", re.M | re.S)


def rows():
    tables = (HERE / "README.md").read_text().split("\n## ", 1)[1]
    for line in tables.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 3 and cells[1] not in ("test", "---|---"):
            yield cells


def named():
    """(file, test) of each test in the tables; the test is empty where the whole file is meant."""
    for _, tests, _ in rows():
        for path, words in CELL.findall(tests):
            yield from ((path, word) for word in re.findall(r"\w+", words) or [""])


def cluster_cases():
    for path in sorted((HERE / "cluster").glob("*.py")):
        for options, name in CASE.findall(path.read_text()):
            yield f"world/cluster/{path.name}", name, "open=" in options


class Readme(unittest.TestCase):
    def test_every_test_exists(self):
        self.assertGreater(len(set(named())), 150)
        for path, word in named():
            with self.subTest(path=path, test=word):
                self.assertTrue((TESTS / path).exists() and re.search(rf"\b{word}\b", (TESTS / path).read_text()),
                                "there is no such test")

    def test_every_case_of_the_cluster_has_a_row(self):
        known = set(named())
        self.assertEqual([case for *case, _ in cluster_cases() if tuple(case) not in known], [])

    def test_a_row_is_open_where_its_case_is(self):
        for path, name, is_open in cluster_cases():
            for what, tests, _ in rows():
                if f"`{path}`" in tests and name in tests:
                    with self.subTest(case=name, row=what):
                        self.assertEqual(bool(re.search(rf"open: [^;]*\b{name}\b", tests)), is_open)

    def test_a_row_without_a_test_is_open(self):
        for what, tests, _ in rows():
            if "`" not in tests:
                self.assertTrue(tests.startswith("open"), what)


if __name__ == "__main__":
    unittest.main()
