// Runs tests/cases/imagebuild/markers.txt: each line says what comes of the marker behind it.
#include "imagebuild/lock/marker.h"
#include "tests/checkout/checkout.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::imagebuild {
namespace {

const MarkerEnvironment base{{11, 36, "x86_64"}, {"dev"}};

TEST(Marker, CasesGiveWhatTheirFirstWordSays) {
    std::ifstream cases(case_path("imagebuild/markers.txt"));
    std::string line;
    int count = 0;
    while (std::getline(cases, line)) {
        if (line.starts_with('#')) {
            continue;
        }
        ++count;
        const std::string rest = line.substr(8);
        if (!line.starts_with("refused ")) {
            const auto holds = marker_holds(rest, base);
            ASSERT_TRUE(holds) << line << ": " << holds.error().message;
            EXPECT_EQ(*holds, line.starts_with("true")) << line;
            continue;
        }
        const std::size_t colon = rest.find(':');
        const auto refused = marker_holds(rest.substr(colon + 1), base);
        ASSERT_FALSE(refused) << line;
        EXPECT_THAT(refused.error().message, testing::HasSubstr(rest.substr(0, colon))) << line;
    }
    EXPECT_GE(count, 50);
}

TEST(Marker, RequiresPythonIsAMarker) {
    const auto holds = [](std::string_view specifiers) {
        return marker_holds(marker_of_requires_python(specifiers), base);
    };
    EXPECT_EQ(marker_of_requires_python(""), "");
    EXPECT_TRUE(*holds(">=3.8, <3.12"));
    EXPECT_TRUE(*holds(">= 3.8"));
    EXPECT_FALSE(*holds(">=3.12"));
    EXPECT_FALSE(*holds("!=3.11.*,>=3.8"));
    EXPECT_FALSE(holds("3.8"));
    EXPECT_FALSE(holds(">=3.8'"));
}

TEST(Marker, IsBounded) {
    EXPECT_FALSE(marker_holds(std::string(marker_bytes_max + 1, ' '), base));
    EXPECT_FALSE(marker_holds(std::string(4000, '('), base));
    std::string many = "os_name == 'nt'";
    while (many.size() < marker_bytes_max - 30) {
        many += " or os_name == 'nt'";
    }
    EXPECT_FALSE(*marker_holds(many, base));
}

} // namespace
} // namespace pedigree::imagebuild
