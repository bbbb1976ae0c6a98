#!/usr/bin/env python3
"""Shows that each check can fail: a clean tree passes, and one planted violation is found at its
line, by its own check and by no other."""

import os
import tempfile
import unittest

import code_rules
import file_rules
import form_rules
import link_law
import tidy
from tree import Tree

CLEAN = {
    "base/result.h": "#pragma once\n// Result is what fallible functions return.\n#include <string>\n",
    "base/sync.h": "#pragma once\n// Sync is a value behind its mutex.\n#include <mutex>\n",
    "records/pod/config.h": '#pragma once\n// What the pod is told at its start.\n#include "base/result.h"\n',
    "pipeline/spec/experiment.h": "#pragma once\n// The typed form of an Experiment.\n",
    "net/http.h": '#pragma once\n// One request and its response.\n#include "base/result.h"\n',
    "k8s/api.h": '#pragma once\n// Kubernetes as a client sees it.\n#include "net/http.h"\n',
    "trackers/mlflow/close.h": "#pragma once\n// Tells MLflow how a run ended.\n",
    "trackers/wandb/close.h": "#pragma once\n// Tells W&B how a run ended, once.\n",
    "README.md": "See [the law](docs/architecture.md#law) or https://example.com.\n",
    "docs/architecture.md": "# Architecture\n"
    + "".join(
        f"**`{folder}/`** `job.create`\n"
        for folder in (
            "base bench cli experiment k8s launcher lineage net operator pipeline records recorder source store"
            " tests trackers"
        ).split()
    ),
}
HEAD = "#pragma once\n// A head comment that is long enough.\n"
LONG_FUNCTION = "namespace a {\nint answer(int x) {\n" + "    x += 1;\n" * 70 + "    return x;\n}\n}\n"
MARKER = "TO" + "DO"


class PlantedTree(unittest.TestCase):
    """A clean tree, into which a test plants."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pedigree-tidy-")
        self.addCleanup(self.folder.cleanup)
        for path, text in CLEAN.items():
            self.plant(path, text)

    def plant(self, path, text):
        full = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def findings(self):
        tree = Tree(self.folder.name)
        return [
            (name, line)
            for name, check in tidy.CHECKS.items()
            for line in check(tree)
            # What is planted is short before it is beautiful.
            if name != "format"
        ]

    def found_by(self, check, place):
        findings = self.findings()
        self.assertEqual({name for name, _ in findings}, {check}, findings)
        self.assertTrue(findings[0][1].startswith(place + ": "), findings)


class Planted(PlantedTree):
    def test_clean_tree_passes(self):
        self.assertEqual(self.findings(), [])

    def test_include_against_the_law(self):
        forbidden = [
            ("base/a.cpp", "net/http.h"),
            ("net/a.cpp", "k8s/api.h"),
            ("records/pod/a.cpp", "pipeline/spec/experiment.h"),
            ("launcher/a.cpp", "net/http.h"),
            ("trackers/mlflow/a.cpp", "trackers/wandb/close.h"),
            ("source/a.cpp", "k8s/api.h"),
            ("cli/a.cpp", "trackers/mlflow/close.h"),
        ]
        for path, target in forbidden:
            with self.subTest(path=path):
                self.plant(path, f'\n#include "{target}"\n')
                self.found_by("include_law", f"{path}:2")
                os.remove(os.path.join(self.folder.name, path))

    def test_a_folder_that_the_law_does_not_know(self):
        self.plant("unknown/a.cpp", '#include "base/result.h"\n')
        names = {name for name, _ in self.findings()}
        self.assertEqual(names, {"include_law", "architecture"})

    def test_nobody_includes_tests(self):
        self.plant("tests/fakes/api.h", HEAD)
        self.plant("operator/a.cpp", '#include "tests/fakes/api.h"\n')
        self.found_by("include_law", "operator/a.cpp:1")

    def test_tests_include_what_they_test(self):
        self.plant("operator/step.h", HEAD)
        self.plant("tests/unit/operator/a.cpp", '#include "operator/step.h"\n')
        self.assertEqual(self.findings(), [])

    def test_include_that_is_no_path_from_the_root(self):
        self.plant("net/a.cpp", '#include "http.h"\n')
        self.found_by("include_law", "net/a.cpp:1")

    def test_third_party_in_a_header(self):
        for header in ("curl/curl.h", "nlohmann/json.hpp", "libpq-fe.h"):
            with self.subTest(header=header):
                home = "store" if header == "libpq-fe.h" else "net"
                self.plant(f"{home}/a.h", HEAD + f"#include <{header}>\n")
                self.found_by("third_party", f"{home}/a.h:3")
                os.remove(os.path.join(self.folder.name, f"{home}/a.h"))

    def test_json_in_a_header_that_is_no_interface(self):
        self.plant("records/pod/fields.h", HEAD + "#include <nlohmann/json.hpp>\n")
        self.plant("records/pod/config.cpp", '#include "records/pod/fields.h"\n')
        self.plant("records/pod/inner.h", HEAD + '#include "records/pod/fields.h"\n')
        self.plant("records/pod/inner.cpp", '#include "records/pod/inner.h"\n')
        self.assertEqual(self.findings(), [])
        self.plant("launcher/a.cpp", '#include "records/pod/inner.h"\n')
        self.found_by("third_party", "records/pod/fields.h:3")

    def test_allowed_in_a_header(self):
        self.plant("net/a.h", HEAD + "#include <nlohmann/json_fwd.hpp>\n#include <sys/types.h>\n")
        self.assertEqual(self.findings(), [])

    def test_a_heavy_library_in_two_sources(self):
        self.plant("net/a.cpp", "#include <curl/curl.h>\n")
        self.plant("net/b.cpp", "#include <curl/curl.h>\n")
        self.found_by("third_party", "net/b.cpp:1")

    def test_a_heavy_library_outside_its_folder(self):
        self.plant("lineage/a.cpp", "#include <libpq-fe.h>\n")
        self.found_by("third_party", "lineage/a.cpp:1")

    def test_long_file(self):
        self.plant("net/a.cpp", "int a;\n" * (code_rules.FILE_LINES_MAX + 1))
        self.found_by("file_length", "net/a.cpp:1")

    def test_long_function(self):
        self.plant("net/a.cpp", LONG_FUNCTION)
        self.found_by("function_length", "net/a.cpp:2")

    def test_functions_are_measured_one_by_one(self):
        code = (
            "struct S {\n    int a() const { return 1; }\n    std::vector<int> b{1, 2};\n};\n"
            "int f(std::vector<int> v = {}) {\n    auto g = [&](int x) {\n        return x;\n    };\n"
            "    if (g(1)) {\n    }\n    return 0;\n}\nenum class E { A, B };\n"
        )
        measured = list(code_rules.functions(code))
        self.assertIn(("a", 2, 2), measured)
        self.assertEqual(max(last for _, _, last in measured), 12)

    def test_mutex_outside_base(self):
        self.plant("net/a.cpp", "// std::mutex in a comment\nstd::shared_mutex m;\n")
        self.found_by("mutex", "net/a.cpp:2")

    def test_a_process_started_past_the_door(self):
        for call in ("::fork()", "system(text)", "std::system(text)", "::execvp(a, b)", "posix_spawn (a)"):
            with self.subTest(call=call):
                self.plant("net/a.cpp", f"// a fork in a comment\nvoid f() {{ {call}; }}\n")
                self.found_by("processes", "net/a.cpp:2")

    def test_calls_that_only_look_like_a_start(self):
        self.plant("net/a.cpp", "void f() { q.system(); q->fork(); file_system(); SCMP_SYS(fork); }\n")
        self.assertEqual(self.findings(), [])

    def test_the_launcher_starts_its_command(self):
        self.plant("launcher/child.cpp", "void f() { ::fork(); }\n")
        self.assertEqual(self.findings(), [])
        self.plant("launcher/child.cpp", "void f() {}\n")
        self.found_by("processes", "launcher/child.cpp:1")

    def test_a_library_of_base_elsewhere(self):
        for header in ("spdlog/spdlog.h", "boost/process/v2/process.hpp"):
            with self.subTest(header=header):
                self.plant("net/a.cpp", f"\n#include <{header}>\n")
                self.found_by("third_party", "net/a.cpp:2")

    def test_json_text_that_may_throw(self):
        self.plant("net/a.cpp", "void f() { json_text(a); dump(a); }\nvoid g() { send(a.dump()); }\n")
        self.found_by("json_dump", "net/a.cpp:2")

    def test_what_the_c_library_does_by_locale(self):
        for call in ("std::strtod(text, nullptr)", "::stof(text)", "std::strerror(errno)"):
            with self.subTest(call=call):
                self.plant("net/a.cpp", f"// as strerror has it\nvoid f() {{ {call}; }}\n")
                self.found_by("c_library", "net/a.cpp:2")
        self.plant("net/a.cpp", "void f() { q.strtod(); my_strerror(); }\n")
        self.assertEqual(self.findings(), [])

    def test_coroutine(self):
        self.plant("net/a.cpp", 'const char* s = "co_await";\nvoid f() { co_await g(); }\n')
        self.found_by("coroutine", "net/a.cpp:2")

    def test_banned_names(self):
        for text in ("class PodManager;\n", "void string_utils();\n", "struct Impl;\n"):
            with self.subTest(text=text):
                self.plant("net/a.cpp", "int field_manager; int simple; int managed;\n" + text)
                self.found_by("names", "net/a.cpp:2")

    def test_banned_file_name(self):
        self.plant("net/http_helper.cpp", "int a;\n")
        self.found_by("names", "net/http_helper.cpp:1")

    def test_header_without_head_comment(self):
        self.plant("net/a.h", "#pragma once\n#include <string>\n")
        self.found_by("head_comment", "net/a.h:2")

    def test_header_without_pragma(self):
        self.plant("net/a.h", "// A header without its guard.\n")
        self.found_by("head_comment", "net/a.h:1")

    def test_unfinished(self):
        self.plant("dev/a.sh", f"echo\n# {MARKER}: later\n")
        self.found_by("unfinished", "dev/a.sh:2")

    def test_machine_path(self):
        for machine in (self.folder.name + "/build", "/ro" + "ot/.cache", "/ho" + "me/ann/x"):
            with self.subTest(machine=machine):
                self.plant("dev/a.sh", f"cd x\nls {machine}\n")
                self.found_by("machine_path", "dev/a.sh:2")

    def test_paths_that_only_look_alike(self):
        self.plant("dev/a.sh", "ls $HOME/ro" + "ot/x /workspace/ro" + "ot/ s3://ho" + "me/ann/\n")
        self.assertEqual(self.findings(), [])

    def test_registry_host(self):
        self.plant("dev/requirements.txt", "a==1\n--index-url https://mirror.example.internal/simple\n")
        check = file_rules.check_registry_host
        lines = list(check(Tree(self.folder.name), hosts={"mirror.example.internal"}))
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith("dev/requirements.txt:2: "))

    def test_registry_hosts_come_from_the_clients(self):
        os.environ["PIP_INDEX_URL"] = "https://user:word@packages.example.internal:8443/simple"
        self.addCleanup(os.environ.pop, "PIP_INDEX_URL")
        self.assertIn("packages.example.internal", file_rules.registry_hosts())

    def test_binary(self):
        self.plant("docs/a.bin", b"\0\1")
        self.found_by("size", "docs/a.bin:1")

    def test_large_file(self):
        self.plant("docs/a.txt", "a" * (file_rules.FILE_BYTES_MAX + 1))
        self.found_by("size", "docs/a.txt:1")

    def test_dead_link(self):
        self.plant("docs/a.md", "# a\nsee [b](b.md) and [c](architecture.md)\n")
        self.found_by("links", "docs/a.md:2")

    def test_a_folder_without_a_paragraph(self):
        self.plant("newcomer/a.cpp", "int a;\n")
        self.found_by("architecture", "docs/architecture.md:1")

    def test_an_effect_without_a_row(self):
        self.plant("experiment/effect.cpp", 'names = {\n"job.create", "job.forget"};\n')
        self.found_by("architecture", "experiment/effect.cpp:2")

    def test_a_thread_or_socket_in_the_core(self):
        for header in ("thread", "mutex", "sys/socket.h", "fstream"):
            with self.subTest(header=header):
                self.plant("experiment/a.cpp", f"\n#include <{header}>\n")
                self.found_by("pure", "experiment/a.cpp:2")
        self.plant("experiment/a.cpp", '#include "base/sync.h"\n')
        self.found_by("pure", "experiment/a.cpp:1")

    def test_what_the_core_may_not_include(self):
        self.plant("experiment/step.h", HEAD)
        for target in ("k8s/api.h", "net/http.h", "trackers/mlflow/close.h"):
            with self.subTest(target=target):
                self.plant("experiment/a.cpp", f'#include "{target}"\n')
                self.found_by("include_law", "experiment/a.cpp:1")

    def test_a_quoted_file_that_does_not_exist(self):
        for comment in ("see net/https.h for more", "see https.h", "docs/gone.md says so", "as net/gone has it"):
            with self.subTest(comment=comment):
                self.plant("net/a.cpp", f"int a;\n// {comment}\n")
                self.found_by("quoted_files", "net/a.cpp:2")
        os.remove(os.path.join(self.folder.name, "net/a.cpp"))
        self.plant("dev/a.sh", "echo\n# as net/https.h has it\n")
        self.found_by("quoted_files", "dev/a.sh:2")

    def test_a_document_that_quotes_a_lost_file(self):
        self.plant("docs/a.md", "# a\n`net/https.h` and `net/http.h`\n")
        self.found_by("quoted_files", "docs/a.md:2")

    def test_quoted_files_that_exist(self):
        self.plant("net/tls/a.cpp", "// net/http.h, http.h, docs/architecture.md; sys/socket.h, net/NAME.h\n")
        self.plant("net/a.cpp", 'auto url = "https://net/https.h";\n')
        self.assertEqual(self.findings(), [])

    def test_a_quoted_function_that_does_not_exist(self):
        self.plant("net/a.cpp", "void send();\n// send() ends in Http::receive()\n")
        self.found_by("quoted_names", "net/a.cpp:2")

    def test_a_word_of_an_enum_outside_its_table(self):
        table = 'static constexpr Word<Stage> table[] = {\n    {Stage::Planned, "Planned"},\n};\n'
        self.plant("experiment/stage.cpp", table)
        self.assertEqual(self.findings(), [])
        self.plant("operator/a.cpp", '\n// "Planned"\nif (stage == "Planned") {}\n')
        self.found_by("enum_words", "operator/a.cpp:3")

    def test_a_line_that_is_not_laid_out(self):
        self.plant(".clang-format", "BasedOnStyle: LLVM\n")
        self.plant("net/a.cpp", "int a;\nint  b;\n")
        tree = Tree(self.folder.name)
        findings = [line for line in form_rules.check_format(tree) if line.startswith("net/a.cpp")]
        self.assertEqual(len(findings), 1)
        self.assertTrue(findings[0].startswith("net/a.cpp:2: "), findings)
        self.assertTrue(findings[0].endswith("clang-format-19 -i net/a.cpp"), findings)

    def test_a_comment_that_is_too_wide(self):
        self.plant("net/a.cpp", "int a;\n// " + "wide " * 20 + "\n// https://example.com/" + "a" * 100 + "\n")
        self.found_by("comment_width", "net/a.cpp:2")

    def test_the_link_law_reads_the_link_line(self):
        ninja = (
            "build bin/a_test: CXX_EXECUTABLE_LINKER a.o\n  LINK_LIBRARIES = libcurl.so\n"
            "build bin/experiment_test: CXX_EXECUTABLE_LINKER b.o\n  LINK_LIBRARIES = {}\n"
        )
        clean = "experiment/libpedigree_experiment.a /usr/lib/x86_64-linux-gnu/libcrypto.so"
        self.assertEqual(list(link_law.forbidden_libraries(ninja.format(clean), "bin/experiment_test")), [])
        for library in ("/usr/lib/libcurl.so", "-lpq /usr/lib/libpq.so", "net/libpedigree_net.a"):
            with self.subTest(library=library):
                line = ninja.format(clean + " " + library)
                self.assertTrue(list(link_law.forbidden_libraries(line, "bin/experiment_test")))

    def test_the_link_law_reads_undefined_names(self):
        line = "                 U {}\n"
        for name in ("socket", "pthread_create@GLIBC_2.34", "curl_easy_perform", "PQexec",
                     "std::thread::_M_start_thread(std::unique_ptr<int>)"):
            with self.subTest(name=name):
                self.assertTrue(list(link_law.forbidden_names(line.format(name))))
        for name in ("memcpy", "pedigree::socket_path()", "pedigree::experiment::decide(int)"):
            with self.subTest(name=name):
                self.assertEqual(list(link_law.forbidden_names(line.format(name))), [])


if __name__ == "__main__":
    unittest.main()
