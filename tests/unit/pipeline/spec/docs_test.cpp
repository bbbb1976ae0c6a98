// The tables of docs/spec/experiment.md are those of the CRD and of the rules. On a difference the
// test prints the table as it has to be.

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/rules.h"
#include "pipeline/spec/schema.h"
#include "tests/checkout/checkout.h"

namespace pedigree::spec {
namespace {

void add_fields(const Json& schema, const std::string& path, std::string& table) {
    for (const auto& [name, property] : at_path(schema, {"properties"}).items()) {
        const std::string field = path.empty() ? name : path + "." + name;
        table += fmt::format("| `{}` | {} |\n", field, string_or(property, "description"));
        add_fields(property, field, table);
        if (property.contains("items")) {
            add_fields(property["items"], field + "[]", table);
        }
    }
}

std::string field_table(const Json& schema) {
    std::string table = "| field | meaning |\n|---|---|\n";
    add_fields(schema, "", table);
    return table;
}

std::string code_table() {
    std::map<std::pair<std::string, std::string>, std::string> fields;
    for (const Rule& rule : rules()) {
        const std::string location =
            rule.location.empty() ? "metadata.name" : std::string(rule.location);
        std::string& all = fields[{std::string(rule.code), std::string(rule.message)}];
        all += fmt::format("{}`{}`", all.empty() ? "" : ", ", location);
    }
    std::string table = "| code | field | message |\n|---|---|---|\n";
    for (const auto& [key, locations] : fields) {
        table += fmt::format("| {} | {} | {} |\n", key.first, locations, key.second);
    }
    return table;
}

// What stands between "<!-- name: ... -->" and "<!-- end -->".
std::string section(const std::string& name) {
    const std::string text = read_file(checkout_path("docs/spec/experiment.md")).value();
    const auto mark = text.find("<!-- " + name + ":");
    const auto begin = text.find("-->\n", mark);
    const auto end = text.find("<!-- end -->", begin);
    if (mark == std::string::npos || end == std::string::npos) {
        return "";
    }
    return text.substr(begin + 4, end - begin - 4);
}

TEST(Docs, ListEveryField) {
    EXPECT_EQ(section("fields"), field_table(experiment_spec_schema()));
    EXPECT_EQ(section("status"), field_table(experiment_schema()["properties"]["status"]));
}

TEST(Docs, ListEveryCode) {
    EXPECT_EQ(section("codes"), code_table());
}

} // namespace
} // namespace pedigree::spec
