#pragma once
// Holds what a command prints as JSON against the schema of its kind in docs/api.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/schema.h"
#include "tests/checkout/checkout.h"

namespace pedigree::cli {

inline Json expect_schema(const std::string& printed) {
    const auto document = parse_json(printed);
    EXPECT_TRUE(document) << printed;
    if (!document) {
        return {};
    }
    EXPECT_NE(string_or(*document, "apiVersion"), "") << printed;
    const auto schema = read_file(
        checkout_path(fmt::format("docs/api/{}.json", string_or(*document, "kind", "(no kind)"))));
    EXPECT_TRUE(schema) << schema.error().message;
    if (schema) {
        std::vector<spec::FieldError> errors;
        spec::check_structure(*document, parse_json(*schema).value(), "", errors);
        EXPECT_TRUE(errors.empty()) << spec::to_text(errors) << "\n" << printed;
    }
    return *document;
}

} // namespace pedigree::cli
