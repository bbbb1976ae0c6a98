#!/usr/bin/env python3
"""Shows that each check of the documents can fail, in the same way as self_test.py: a clean tree, one violation."""

import os
import shutil
import unittest

import document_rules
from self_test import HEAD, PlantedTree
from tree import Tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REASONS = "| reason |\n|---|\n| `PodLost` | meaning |\n"
LIMITS = "| constant | value |\n|---|---|\n| `body_bytes_max` (`net`) | 4 KiB | refused |\n"


class Documents(PlantedTree):
    def copy(self, *paths):
        for path in paths:
            with open(os.path.join(ROOT, path), "rb") as file:
                self.plant(path, file.read())

    def test_a_page_that_nobody_finds(self):
        self.plant("docs/README.md", "[a](a.md), [law](architecture.md)\n")
        self.plant("docs/a.md", "[b](spec/b.md#part)\n")
        self.plant("docs/spec/b.md", "found over a\n")
        self.assertEqual(self.findings(), [])
        self.plant("docs/c.md", "nobody names me\n")
        self.found_by("pages", "docs/c.md:1")

    def test_a_page_that_is_found_over_the_readme_alone(self):
        self.plant("docs/README.md", "[law](architecture.md), [readme](../README.md)\n")
        self.plant("README.md", "[c](docs/c.md)\n")
        self.plant("docs/c.md", "not from docs/README.md\n")
        self.found_by("pages", "docs/c.md:1")

    def test_a_picture_that_was_changed_by_hand(self):
        self.copy("docs/pictures/draw.py", "docs/pictures/way.txt", "docs/pictures/way.svg")
        self.assertEqual(self.findings(), [])
        with open(os.path.join(self.folder.name, "docs/pictures/way.txt"), "a") as file:
            file.write("somebody -> | praise | a step more | |\n".replace("| |", "|"))
        self.found_by("pictures", "docs/pictures/way.svg:1")

    def test_a_picture_without_a_text(self):
        self.plant("docs/way.svg", "<svg/>\n")
        self.found_by("pictures", "docs/way.svg:1")

    def test_a_reason_that_nothing_says(self):
        self.plant("operator/a.cpp", 'reason = "PodLost";\n')
        self.plant("docs/operate/reasons.md", REASONS + "| `PodFound` | meaning |\n")
        self.found_by("reasons", "docs/operate/reasons.md:4")

    def test_a_reason_that_the_page_does_not_have(self):
        self.plant("docs/operate/reasons.md", REASONS)
        self.plant("source/lost.cpp", 'return failure(ErrorCode::NotFound, "PodLost", "");\n')
        self.assertEqual(self.findings(), [])
        for text in (
            'return failure(ErrorCode::NotFound,\n    "PodStrayed", "");\n',
            'return wait(Phase::Queued, "PodStrayed", "");\n',
            'finish_now(observation, Outcome::Failed, "Configuration", "PodStrayed", "");\n',
            'return {"Infrastructure", "PodStrayed", "its pod"};\n',
            'experiment.reason = "PodStrayed";\n',
            'constexpr std::array<std::string_view, 1> node_reasons{"PodStrayed"};\n',
        ):
            with self.subTest(text=text):
                self.plant("operator/a.cpp", "\n" + text)
                self.found_by("reasons", "operator/a.cpp:" + ("3" if ",\n" in text else "2"))

    def test_words_of_an_enum_are_no_reasons(self):
        self.plant("docs/operate/reasons.md", REASONS)
        self.plant("operator/a.cpp", 'x = words<Phase>({{Phase::Queued, "Queued"}}); y = "PodLost";\n')
        self.assertEqual(self.findings(), [])

    def test_a_state_that_the_page_does_not_have(self):
        table = "static constexpr Word<Phase> table[] = {\n    {Phase::Queued, %s},\n    {Phase::Running, %s},\n};\n"
        self.plant("experiment/phase.cpp", table % ('"Queued"', '"Running"'))
        self.plant("docs/operate/states.md", "| `Queued`, `Running` | its end |\n")
        self.assertEqual(self.findings(), [])
        self.plant("docs/operate/states.md", "| `Queued` | its end |\n")
        self.found_by("states", "experiment/phase.cpp:3")
        self.plant("docs/operate/states.md", "| `Queued`, `Running` | its end |\n| `Lost` | never |\n")
        self.found_by("states", "docs/operate/states.md:2")

    def test_a_limit_that_the_page_does_not_have(self):
        self.plant("net/a.h", HEAD + "constexpr std::size_t body_bytes_max = 4 * 1024;\n")
        self.plant("docs/operate/limits.md", LIMITS)
        self.assertEqual(self.findings(), [])
        self.plant("net/b.h", HEAD + "constexpr int tries_max = 3;\n")
        self.found_by("limits", "net/b.h:3")

    def test_a_limit_with_another_value(self):
        self.plant("net/a.h", HEAD + "constexpr std::size_t body_bytes_max = 8 * 1024;\n")
        self.plant("docs/operate/limits.md", LIMITS)
        self.found_by("limits", "docs/operate/limits.md:3")

    def test_a_limit_that_is_gone(self):
        self.plant("docs/operate/limits.md", LIMITS)
        self.found_by("limits", "docs/operate/limits.md:3")

    def test_values_as_code_and_pages_write_them(self):
        code = (
            "constexpr std::size_t a_max = 200'000;\nconstexpr std::uint64_t b_max = 4ull << 30;\n"
            "static constexpr std::chrono::minutes c_max{30};\nconstexpr auto d_max = 120s;\n"
            "constexpr std::int64_t e_seconds_max = 300;\nstruct Limits {\n    std::size_t a_max = 7;\n};\n"
        )
        for name, words in (("a_max", "200,000"), ("b_max", "4 GiB"), ("c_max", "30 min"), ("d_max", "120 s"),
                            ("e_seconds_max", "300 s"), ("Limits.a_max", "7")):
            with self.subTest(name=name):
                self.assertEqual(document_rules.constant_in(code, name), document_rules.value_of(words))

    def test_a_word_for_code_that_is_gone(self):
        self.plant("net/a.h", HEAD + "class Client;\n")
        self.plant("docs/words.md", "| `Client` | asks |\n| `Server` | answers |\n")
        self.found_by("words", "docs/words.md:2")

    def test_figures_that_were_changed_by_hand(self):
        self.copy("bench/report", "bench/verdict.py", "docs/measured.json", "docs/measured.md", "README.md")
        tree = Tree(self.folder.name)
        self.assertEqual(list(document_rules.check_measured(tree)), [])
        for path in ("docs/measured.md", "README.md"):
            with self.subTest(path=path):
                whole = os.path.join(self.folder.name, path)
                shutil.copy(whole, whole + ".kept")
                with open(whole) as file:
                    text = file.read()
                with open(whole, "w") as file:
                    file.write(text.replace("**missed**", "met", 1))
                found = list(document_rules.check_measured(Tree(self.folder.name)))
                self.assertEqual([line.split(":")[0] for line in found], [path])
                os.replace(whole + ".kept", whole)

    def test_a_trace_that_no_test_renders(self):
        case = "Model sha256:6666  model\n\u251c\u2500 generated by Attempt 05\n\u2514\u2500 part of Run 86\n\nAs of 42.\n"
        self.plant("tests/cases/records/trace/experiment.txt", case)
        head = "```\n$ pedigree trace exp/a\n"
        self.plant("README.md", head + "Model sha256:6...  model\n\u2514\u2500 part of Run 86\n\nAs of 42.\n```\n")
        self.assertEqual(self.findings(), [])
        self.plant("README.md", head + "Model sha256:6...  model\n\u2514\u2500 part of Run 87\n```\n")
        self.found_by("trace", "README.md:4")
        self.plant("README.md", head + "As of 42.\nModel sha256:6666  model\n```\n")
        self.found_by("trace", "README.md:4")

    def test_a_part_that_was_measured_again_replaces_its_rows(self):
        report = document_rules.script(Tree(ROOT), "bench/report", "bench_report")

        def row(part, claim, met, note=None):
            return {"program": "net", "part": part, "claim": claim, "met": met, **({"note": note} if note else {})}

        kept = [row("a", "fast", False, "why slow"), row("a", "gone", True), row("b", "small", True, "why small")]
        measured = [row("a", "fast", False), row("a", "new", True), row("c", "first", True)]
        self.assertEqual(
            report.merged(kept, measured),
            [row("a", "fast", False, "why slow"), row("a", "new", True), row("b", "small", True, "why small"),
             row("c", "first", True)],
        )
        self.assertNotIn("note", report.merged(kept, [row("a", "fast", True)])[0])


if __name__ == "__main__":
    unittest.main()
