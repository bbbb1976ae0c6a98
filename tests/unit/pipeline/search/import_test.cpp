#include "pipeline/search/import/import.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/yaml.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

using testing::HasSubstr;

Json case_document(const std::string& name) {
    const auto text = read_file(case_path("search/import/" + name), 1024 * 1024);
    EXPECT_TRUE(text) << name;
    const auto document = spec::parse_yaml(text.value_or(""));
    EXPECT_TRUE(document) << name << ": " << document.error().message;
    return document.value_or(Json());
}

struct Example {
    std::string file;
    std::string expected;
    Format format;
};
const std::vector<Example> examples{
    {"wandb.yaml", "wandb.expected.json", Format::WeightsAndBiases},
    {"katib.yaml", "katib.expected.json", Format::Katib},
    {"hparams.json", "hparams.expected.json", Format::HParams},
    {"clearml.json", "clearml.expected.json", Format::ClearMl},
    {"clearml_short.yaml", "clearml_short.expected.json", Format::ClearMl}};

TEST(Import, SaysTheSameInOurWords) {
    for (const auto& [file, expected, format] : examples) {
        SCOPED_TRACE(file);
        const Json document = case_document(file);
        EXPECT_EQ(recognize(document), format);
        std::vector<std::string> warnings;
        const auto translated = translate(document, format, warnings);
        ASSERT_TRUE(translated) << translated.error().message;
        EXPECT_EQ(canonical_json(*translated), canonical_json(case_document(expected)));
        EXPECT_TRUE(warnings.empty());
        const auto imported = import_study(document);
        EXPECT_TRUE(imported) << imported.error().message;
    }
}

TEST(Import, LeavesOurOwnDocumentAsItIs) {
    for (const Example& example : examples) {
        const Json document = case_document(example.expected);
        EXPECT_EQ(recognize(document), Format::Own);
        std::vector<std::string> warnings;
        EXPECT_EQ(translate(document, Format::Own, warnings).value(), document);
    }
}

TEST(Import, NamesThePlaceOfWhatItCannotSay) {
    for (const Json& example : case_document("illegal.yaml")) {
        const auto imported = import_study(example["document"]);
        ASSERT_FALSE(imported) << example.dump();
        EXPECT_THAT(imported.error().message, HasSubstr(example["words"].get<std::string>()));
    }
}

TEST(Import, WarnsOfWhatChangesNoTrial) {
    Json document = case_document("wandb.yaml");
    document["metric"]["target"] = 0.1;
    EXPECT_THAT(import_study(document).value().warnings,
                testing::ElementsAre(HasSubstr("metric.target: ")));
}

TEST(Import, ASweepWithoutACapGoesOnUntilItIsStopped) {
    Json document = case_document("wandb.yaml");
    document.erase("run_cap");
    EXPECT_EQ(import_study(document).value().study.max_trials, 100'000);
}

TEST(Import, RefusesWhatIsNoDocument) {
    for (const Json& document :
         {Json(), Json(3), Json::array(), Json("sweep"), Json::object(), Json{{"parameters", 1}},
          Json{{"hparams", 1}}, Json{{"hparams", {1}}}, Json{{"hyper_parameters", {1}}},
          Json{{"hyper_parameters", 1}}, Json{{"hyper_parameters", ""}},
          Json{{"apiVersion", "kubeflow.org/v1beta1"}, {"spec", 1}}}) {
        EXPECT_FALSE(import_study(document)) << document.dump();
    }
}

} // namespace
} // namespace pedigree::search
