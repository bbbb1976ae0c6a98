#include "cli/app/documents.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/yaml.h"

namespace pedigree::cli {
namespace {

TEST(DocumentText, YamlReadsAsWritten) {
    const Json document = Json::parse(R"({
        "kind": "Experiment",
        "metadata": {"name": "mnist-1", "labels": {}},
        "spec": {"command": ["python", "train.py"], "seed": 7, "suspend": false,
                 "inputs": [{"name": "a", "slice": ""}, {"name": "b", "tags": ["x", []]}],
                 "words": ["no", "1e3", "0755", "12:30", "~", "a: b", " a", "línea", "a\nb", "yes "],
                 "empty": [], "nothing": null, "rate": 0.001,
                 "parameters": {"train.batch_size": 64, "no": 1}}})");
    const std::string text = document_text(document, Format::Yaml);
    const auto read = spec::parse_yaml(text);
    ASSERT_TRUE(read) << read.error().message << "\n" << text;
    EXPECT_EQ(*read, document) << text;
}

TEST(DocumentText, YamlLooksAsPeopleWriteIt) {
    const Json document = Json::parse(
        R"({"kind": "List", "items": [{"metadata": {"name": "a"}, "x": 1}], "words": ["b"]})");
    EXPECT_EQ(document_text(document, Format::Yaml), "items:\n"
                                                     "- metadata:\n"
                                                     "    name: a\n"
                                                     "  x: 1\n"
                                                     "kind: List\n"
                                                     "words:\n"
                                                     "- b\n");
}

TEST(DocumentText, JsonIsIndented) {
    EXPECT_EQ(document_text({{"a", 1}}, Format::Json), "{\n  \"a\": 1\n}\n");
}

} // namespace
} // namespace pedigree::cli
