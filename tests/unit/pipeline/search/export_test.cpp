// Searches as other tools know them, held to what those tools wrote.

#include "pipeline/search/export/hparams.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/search/document/read_study.h"
#include "tests/checkout/checkout.h"

namespace pedigree::search {
namespace {

std::string hexadecimal(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
}

TEST(Export, WritesWhatTensorBoardWrites) {
    const auto text = read_file(case_path("search/hparams_values.json"));
    const Json cases = parse_json(*text).value();
    ASSERT_EQ(cases.size(), 2);
    for (const Json& each : cases) {
        const auto study = read_study(each["search"]);
        ASSERT_TRUE(study) << study.error().message;
        EXPECT_EQ(hexadecimal(hparams_experiment(*study)), each["pluginData"]);
    }
}

} // namespace
} // namespace pedigree::search
