#include "pipeline/spec/lint.h"

#include <chrono>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct TextCase {
    std::string name;
    std::string text;
    std::string code;
    std::string message;
    std::size_t line;
    std::size_t column;
};

std::string alias_bomb() {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int n = 1; n < 9; ++n) {
            text += ", " + before;
        }
        text += "]\n";
    }
    return text;
}

const std::vector<TextCase> text_cases = {
    {"tab", "a:\n  b: 1\nc:\n\td: 1\n", "E0001", "tab used for indentation; use spaces", 4, 1},
    {"tab after blanks", "a:\n  \tb: 1\n", "E0001", "tab used for indentation", 2, 3},
    {"unclosed quote", "x: 1\na: \"b\n", "E0002", "still open", 2, 1},
    {"open flow", "[:", "E0002", "", 1, 1},
    {"open map", "{:", "E0002", "", 1, 1},
    {"template without quotes", "a: {{ x }}", "E0002", "a key must be a word", 1, 5},
    {"alias bomb", alias_bomb(), "E0003", "aliases expand to more than 100000 nodes", 0, 0},
    {"cyclic alias", "&x [*x]", "E0003", "alias refers to itself", 1, 5},
    {"unknown alias", "a: *x", "E0002", "", 1, 4},
    {"Norway", "country: no", "E0004", "no means different things", 1, 10},
    {"octal", "mode: 0755", "E0004", "0755 means different things", 1, 7},
    {"sexagesimal", "at: 12:30", "E0004", "12:30 means different things", 1, 5},
    {"underscores", "n: 1_000", "E0004", "1_000 means different things", 1, 4},
    {"hexadecimal", "n: 0x1F", "E0004", "0x1F means different things", 1, 4},
    {"duplicate key", "batch_size: 1\nx: 2\nbatch_size: 3\n", "E0005", "lines 1 and 3", 3, 1},
    {"duplicate key in a flow", "{a: 1, a: 2}", "E0005", "duplicate key \"a\"", 1, 8},
    {"not a number", "x: .nan", "E0103", "must be a finite number", 1, 4},
    {"infinity", "x: -.Inf", "E0103", "must be a finite number", 1, 4},
    {"too large a number", "x: 1e400", "E0103", "must be a finite number", 1, 4},
    {"two documents", "a: 1\n---\nb: 2\n", "E0006", "more than one document", 2, 1},
    {"empty", "", "E0006", "holds no document", 1, 1},
    {"UTF-16", std::string("\xff\xfe\x61\0", 4), "E0006", "UTF-16", 1, 1},
    {"invalid UTF-8", "a: \xc3\x28", "E0006", "invalid UTF-8", 1, 4},
    {"overlong UTF-8", "a: \xc0\xaf", "E0006", "invalid UTF-8", 1, 4},
    {"surrogate", "a: \xed\xa0\x80", "E0006", "invalid UTF-8", 1, 4},
    {"control character", "a: \x01", "E0006", "control character U+0001", 1, 4},
    {"bidi override",
     "a: \xe2\x80\xae"
     "b",
     "E0007", "invisible character U+202E", 1, 4},
    {"homoglyph key", "\xd0\xb0: 1", "E0007", "U+0430", 1, 1},
    {"too large", std::string(300 * 1024, ' '), "E0008", "larger than 256 KiB", 1, 1},
    {"too deep", std::string(40, '[') + std::string(40, ']'), "E0008", "nested deeper than 32", 1,
     33},
    {"far too deep", std::string(100000, '['), "E0002", "", 1, 1},
    {"merge key", "a: &a {x: 1}\nb: {<<: *a}\n", "E0009", "merge keys", 2, 5},
    {"tag", "a: !!python/object:x {}", "E0009", "is not supported", 1, 4},
};

TEST(Yaml, RefusesWithCodeWordsAndPlace) {
    for (const auto& example : text_cases) {
        const auto begin = std::chrono::steady_clock::now();
        const auto document = parse_yaml(example.text);
        const auto took = std::chrono::steady_clock::now() - begin;
        EXPECT_LT(took, std::chrono::seconds(1)) << example.name;
        ASSERT_FALSE(document) << example.name;
        const YamlProblem& problem = document.error();
        EXPECT_EQ(problem.code, example.code) << example.name << ": " << problem.message;
        EXPECT_THAT(problem.message, HasSubstr(example.message)) << example.name;
        if (example.line != 0) {
            EXPECT_EQ(problem.mark.line, example.line) << example.name;
            EXPECT_EQ(problem.mark.column, example.column) << example.name;
        }
    }
}

TEST(Yaml, ReadsScalarsByTheCoreSchema) {
    const auto document =
        parse_yaml("\xef\xbb\xbf---\n"
                   "{a: 1, b: -2.5, c: 1e-3, d: true, e: null, f: \"no\", g: .5, "
                   "h: 2026-01-31, i: 1.2.3, j: '0755', k: v1, l: +3, m: ~}\n---\n");
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(*document,
              Json::parse(R"({"a":1,"b":-2.5,"c":0.001,"d":true,"e":null,"f":"no","g":0.5,
        "h":"2026-01-31","i":"1.2.3","j":"0755","k":"v1","l":3,"m":null})"));
}

TEST(Yaml, ExpandsAliasesAndKeepsPlaces) {
    YamlPlaces places;
    const auto document = parse_yaml("a: &x\n  b: [1, 2]\nc: *x\n", &places);
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ((*document)["c"], (*document)["a"]);
    EXPECT_EQ(places.values.at("a.b[1]").column, 10U);
    EXPECT_EQ(places.keys.at("c").line, 3U);
    EXPECT_EQ(places.values.at("c").column, 4U);
}

constexpr std::string_view wrong_manifest = R"(apiVersion: pedigree.dev/v1alpha1
kind: Experiment
metadata: {name: mnist-1}
spec:
  projct: mnist
  source:
    git: {url: "https://git.example.com/vision/mnist.git", ref: main}
  image:
    base: tensorflow:latest     # never
  command: [python, train.py]
  resources: {memory: 8GB}
)";

// "E0004 7:9" for each of what is found, in the order of the file.
std::vector<std::string> found_in(std::string_view text) {
    std::vector<std::string> places;
    for (const Diagnostic& diagnostic : lint(text)) {
        places.push_back(
            fmt::format("{} {}:{}", diagnostic.code, diagnostic.mark.line, diagnostic.mark.column));
    }
    return places;
}

std::string manifest(const std::string& metadata, const std::string& spec = "") {
    return "apiVersion: pedigree.dev/v1alpha1\nkind: Experiment\nmetadata: " + metadata +
           "\nspec:\n  project: mnist\n"
           "  source: {git: {url: \"https://git.example.com/v/mnist.git\", ref: main}}\n"
           "  image: {base: \"registry.example.com/t:1@sha256:" +
           std::string(64, '0') + "\"}\n  command: [python]\n" + spec;
}

TEST(Lint, ShowsEveryTrapOfYamlAtOnce) {
    EXPECT_THAT(found_in(manifest("{name: a-1}", "  parameters:\n    x: no\n    mode: 0755\n"
                                                 "    at: 12:30\n    x: 2\n    big: 1e400\n"
                                                 "  projct: b\n")),
                testing::ElementsAre("E0004 10:8", "E0004 11:11", "E0004 12:9", "E0005 13:5",
                                     "E0103 14:10", "E0101 15:3"));
}

TEST(Lint, EndsAfterAHundredTraps) {
    std::string parameters = "  parameters:\n";
    for (int i = 0; i < 500; ++i) {
        parameters += fmt::format("    p{}: no\n", i);
    }
    EXPECT_EQ(found_in(manifest("{name: a-1}", parameters)).size(), 100U);
}

TEST(Lint, ANameIsWhatTheApiServerTakes) {
    EXPECT_THAT(found_in(manifest("{name: a-1}")), testing::IsEmpty());
    EXPECT_THAT(found_in(manifest("{name: a.b-1}")), testing::IsEmpty());
    EXPECT_THAT(found_in(manifest("{generateName: mnist-}")), testing::IsEmpty());
    const auto bad = lint(manifest("{name: Bad_Name}"));
    ASSERT_EQ(bad.size(), 1U);
    EXPECT_THAT(bad[0].message, testing::StartsWith("metadata.name: Invalid value: \"Bad_Name\": "
                                                    "a lowercase RFC 1123 subdomain"));
    EXPECT_EQ(bad[0].help, "write bad-name");
    EXPECT_EQ(bad[0].mark.column, 18U);
    EXPECT_THAT(found_in(manifest("{name: 7}")), testing::ElementsAre("E0102 3:18"));
    EXPECT_THAT(found_in(manifest("{generateName: -x}")), testing::ElementsAre("E0114 3:26"));
}

TEST(Lint, MetadataHasItsFieldsAndItsTypes) {
    const auto typo = lint(manifest("{name: a-1, lables: {team: v}}"));
    ASSERT_EQ(typo.size(), 1U);
    EXPECT_EQ(typo[0].code, "E0101");
    EXPECT_EQ(typo[0].help, "did you mean \"labels\"?");
    EXPECT_THAT(found_in(manifest("{name: a-1, labels: {team: v}, annotations: {note: \"7\"}}")),
                testing::IsEmpty());
    EXPECT_THAT(found_in(manifest("{name: a-1, labels: {team: 7}}")),
                testing::ElementsAre("E0102 3:38"));
    EXPECT_THAT(found_in(manifest("{name: a-1, annotations: [x]}")),
                testing::ElementsAre("E0102 3:36"));
}

TEST(Lint, CoresMayBeANumber) {
    EXPECT_THAT(found_in(manifest("{name: a-1}", "  resources: {cpu: 2}\n")), testing::IsEmpty());
    EXPECT_THAT(found_in(manifest("{name: a-1}", "  resources: {cpu: 1.5}\n")),
                testing::ElementsAre("E0102 9:20"));
}

TEST(Lint, EachDocumentOfAFileIsChecked) {
    const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
    EXPECT_THAT(found_in(secret + "---\n" + manifest("{name: a-1}") + "---\n"), testing::IsEmpty());
    EXPECT_THAT(found_in(manifest("{name: a-1}") + "---\n" + manifest("{name: B}")),
                testing::ElementsAre("E0114 12:18"));
    EXPECT_THAT(found_in(secret), ElementsAre("E0100 1:1", "E0104 1:13", "E0104 2:7"));
    EXPECT_THAT(found_in(secret + "---\n" + secret), testing::ElementsAre("E0006 1:1"));
}

TEST(Manifest, IsTheOneExperimentOfAFile) {
    const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
    const auto one = read_manifest(secret + "---\n" + manifest("{name: a-1}"));
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->at("kind"), "Experiment");
    const auto two = read_manifest(manifest("{name: a-1}") + "---\n" + manifest("{name: a-2}"));
    ASSERT_FALSE(two);
    EXPECT_THAT(two.error().message, HasSubstr("2 Experiments"));
    EXPECT_THAT(read_manifest(secret + "---\n" + secret).error().message,
                HasSubstr("no Experiments"));
}

TEST(Lint, FindsEveryErrorInTheOrderOfTheFile) {
    std::vector<std::string> places;
    for (const auto& diagnostic : lint(wrong_manifest)) {
        places.push_back(diagnostic.code + " " + std::to_string(diagnostic.mark.line) + ":" +
                         std::to_string(diagnostic.mark.column) + " " +
                         std::to_string(diagnostic.length));
    }
    EXPECT_THAT(places,
                ElementsAre("E0100 4:1 4", "E0101 5:3 6", "E0120 9:11 17", "E0160 11:23 3"));
}

TEST(Lint, DrawsCaretAndHelp) {
    const std::string drawn =
        render(lint(wrong_manifest), wrong_manifest, "experiment.yaml", Colour::Never);
    EXPECT_THAT(drawn, HasSubstr("error[E0101]: unknown field \"spec.projct\"\n"
                                 " --> experiment.yaml:5:3\n"
                                 "  |\n"
                                 "5 |   projct: mnist\n"
                                 "  |   ^^^^^^\n"
                                 "  = help: did you mean \"project\"?\n"));
    EXPECT_THAT(drawn, HasSubstr("11 |   resources: {memory: 8GB}\n"
                                 "   |                       ^^^\n"
                                 "   = help: write 8G or 8Gi\n"));
}

TEST(Lint, ShowsTwentyAndCountsTheRest) {
    std::string text(wrong_manifest);
    text += "  parameters:\n";
    for (int i = 0; i < 30; ++i) {
        text += "    9a" + std::to_string(i) + ": 1\n";
    }
    EXPECT_THAT(render(lint(text), text, "x.yaml", Colour::Never), HasSubstr("\nand 14 more\n"));
}

TEST(Lint, ChecksTheEnvelope) {
    const auto diagnostics = lint("apiVersion: v1\nkind: Pod\nspec: {}\n");
    std::string all;
    for (const auto& diagnostic : diagnostics) {
        all += diagnostic.message + "\n";
    }
    EXPECT_THAT(all, HasSubstr("apiVersion: Unsupported value: \"v1\""));
    EXPECT_THAT(all, HasSubstr("kind: Unsupported value: \"Pod\""));
    EXPECT_THAT(all, HasSubstr("metadata.name: Required value"));
    EXPECT_THAT(all, HasSubstr("spec.command: Required value"));
}

TEST(Lint, KeepsTerminalCodesOfTheFileFromTheTerminal) {
    const std::string text = "a: \"\\e[31m\"\nb: \x1b[31m\n";
    const std::string drawn = render(lint(text), text, "x.yaml", Colour::Never);
    EXPECT_EQ(drawn.find('\x1b'), std::string::npos) << drawn;
}

} // namespace
} // namespace pedigree::spec
