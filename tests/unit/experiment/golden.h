#pragma once
// A Job against its golden document in tests/cases/job. PEDIGREE_WRITE_CASES=1 writes it anew.

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "tests/checkout/checkout.h"

namespace pedigree::experiment {

inline void expect_golden(const Json& job, const std::string& file) {
    const std::string path = case_path("job/" + file);
    if (std::getenv("PEDIGREE_WRITE_CASES") != nullptr) {
        std::ofstream(path) << job.dump(2) << "\n";
    }
    const auto text = read_file(path, 1 << 20);
    ASSERT_TRUE(text) << text.error().message;
    const auto golden = parse_json(*text);
    ASSERT_TRUE(golden) << golden.error().message;
    EXPECT_EQ(Json::diff(*golden, job), Json::array());
}

} // namespace pedigree::experiment
