"""dev/lib/code_check.py: what it finds, what it looks at again, and where "changed" begins, in a
checkout made for the test."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIST = "Checks: '-*,modernize-use-override'\nHeaderFilterRegex: '.*'\nWarningsAsErrors: '*'\n"
BASE = "#pragma once\nstruct Shape {\n    virtual ~Shape() = default;\n    virtual int sides() = 0;\n};\n"
ROUND = '#pragma once\n#include "shape.h"\nstruct Round : Shape {\n    int sides() override { return 0; }\n};\n'
PLAIN = "struct Square : Shape {\n    int sides() { return 4; }\n};\n"
SOURCE = '#include "round.h"\nint sides() {\n    return Round().sides();\n}\n'
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(sides LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(sources main.cpp other.cpp)
if(PEDIGREE_UNIT_SOURCES GREATER 1)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/units/sides_0.cpp
        CONTENT "#include \\"main.cpp\\"\\n#include \\"other.cpp\\"\\n" @ONLY)
    set(sources ${CMAKE_BINARY_DIR}/units/sides_0.cpp)
endif()
add_library(sides ${sources})
target_include_directories(sides PRIVATE ${PROJECT_SOURCE_DIR})
"""
PRESETS = json.dumps({"version": 6, "configurePresets": [
    {"name": name, "generator": "Ninja", "binaryDir": "${sourceDir}/build/${presetName}",
     "cacheVariables": {"PEDIGREE_UNIT_SOURCES": size}} for name, size in (("dev", "8"), ("alone", "1"))]})


class CodeCheckTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="code-check"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "dev/lib").mkdir(parents=True)
        shutil.copy(ROOT / "dev/lib/code_check.py", self.root / "dev/lib")
        self.write(".gitignore", "/build/\n/cache/\n")
        self.write(".clang-tidy", LIST)
        self.write("shape.h", BASE)
        self.write("round.h", ROUND)
        self.write("CMakePresets.json", PRESETS)
        self.write("CMakeLists.txt", PROJECT)
        for source in ("main.cpp", "other.cpp"):
            self.write(source, SOURCE.replace("sides()", f"{source[:4]}_sides()", 1))
        subprocess.run(["cmake", "-S", self.root, "--preset", "dev"], check=True, capture_output=True)
        self.git("init", "-q")
        self.commit()

    def write(self, path, text):
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)

    def git(self, *arguments):
        done = subprocess.run(["git", "-C", self.root, "-c", "user.name=a", "-c", "user.email=a@example.com",
                               *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self):
        self.git("add", ".")
        self.git("commit", "-qm", "one")

    def check(self, *arguments):
        done = subprocess.run(["python3", "-B", self.root / "dev/lib/code_check.py", *arguments],
                              capture_output=True, text=True,
                              env=os.environ | {"PEDIGREE_CACHE": str(self.root / "cache")})
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def test_headers_that_compile_alone(self):
        self.assertEqual(self.check("headers"), (
            0, "2 files, 2 of them not known to be clean\n2 passed, 0 failed\n"))

    def test_a_header_that_needs_what_it_does_not_include(self):
        self.write("round.h", ROUND.replace('#include "shape.h"\n', ""))
        code, said = self.check("headers")
        self.assertEqual(code, 1)
        self.assertIn("round.h: does not compile alone\n", said)
        self.assertTrue(said.endswith("1 passed, 1 failed\n"), said)

    def test_what_is_clean_is_looked_at_again_when_what_it_includes_changes(self):
        self.check("headers")
        self.assertIn("2 files, 0 of them", self.check("headers")[1])
        self.write("round.h", ROUND + "struct Oval : Round {};\n")
        self.assertIn("2 files, 1 of them", self.check("headers")[1])
        self.write("shape.h", BASE + "struct Line;\n")
        self.assertIn("2 files, 2 of them", self.check("headers")[1])

    def test_what_is_not_clean_is_looked_at_each_time(self):
        self.write("round.h", ROUND + "Lost lost;\n")
        for _ in range(2):
            code, said = self.check("headers")
            self.assertEqual(code, 1)
            self.assertTrue(said.endswith("1 passed, 1 failed\n"), said)

    def test_lint_finds_what_the_list_names(self):
        self.assertEqual(self.check("lint"), (0, "1 files, 1 of them not known to be clean\n1 passed, 0 failed\n"))
        self.write("round.h", ROUND.replace(" override", ""))
        code, said = self.check("lint")
        self.assertEqual(code, 1)
        self.assertIn("round.h:4:9: error: annotate this function with 'override'", said)
        self.assertTrue(said.endswith("0 passed, 1 failed\n"), said)

    def test_lint_of_everything_finds_what_stands_in_the_second_source_of_a_unit(self):
        self.write("other.cpp", SOURCE.replace("sides() {", "other_sides() {") + PLAIN)
        code, said = self.check("lint")
        self.assertEqual(code, 1)
        self.assertIn("other.cpp:6:9: error: annotate this function with 'override'", said)

    def test_lint_of_what_changed_looks_at_each_source_alone(self):
        self.write("cache/check/green", self.git("rev-parse", "HEAD") + "\n")
        self.write("other.cpp", "int other_sides() {\n    return Round().sides();\n}\n")
        self.assertEqual(self.check("lint")[0], 0)  # main.cpp stands before it and includes round.h
        code, said = self.check("lint", "--changed")
        self.assertEqual(code, 1)
        self.assertIn("other.cpp:2:12: error: use of undeclared identifier 'Round'", said)

    def test_a_new_list_is_asked_anew(self):
        self.check("lint")
        self.assertIn("1 files, 0 of them", self.check("lint")[1])
        self.write(".clang-tidy", LIST.replace("override'", "override,bugprone-infinite-loop'"))
        self.assertIn("1 files, 1 of them", self.check("lint")[1])

    def test_changed_begins_at_the_green_commit(self):
        green = self.git("rev-parse", "HEAD")
        self.write("cache/check/green", green + "\n")
        self.write("shape.h", BASE + "struct Line;\n")
        self.commit()
        self.write("other.h", "#pragma once\n")
        self.commit()
        # A header is linted in a source that includes it.
        self.assertIn("2 files,", self.check("headers", "--changed")[1])
        self.assertIn("1 files,", self.check("lint", "--changed")[1])

    def test_without_a_green_commit_the_last_one_is_looked_at(self):
        self.write("shape.h", BASE + "struct Line;\n")
        self.commit()
        self.write("other.h", "#pragma once\n")
        self.commit()
        self.assertIn("1 files,", self.check("headers", "--changed")[1])
        self.assertIn("0 files,", self.check("lint", "--changed")[1])


if __name__ == "__main__":
    unittest.main()
