// Manifests with bytes changed, removed and repeated at random: whatever comes out, lint() answers
// in bounded time, and what it accepts parse() accepts, too. The sanitizers watch.

#include <chrono>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/lint.h"
#include "pipeline/spec/parse.h"
#include "tests/checkout/checkout.h"

namespace pedigree::spec {
namespace {

constexpr int rounds = 3000;
constexpr unsigned seed = 20261121;

std::string mutated(std::string text, std::mt19937& random) {
    static const std::string bytes = "\t\n :{}[]*&!|>'\"#-,?%@`\\0aZ\x80\xe2\xff\x01";
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (std::size_t edits = 1 + below(6); edits > 0 && !text.empty(); --edits) {
        const std::size_t at = below(text.size());
        switch (below(4)) {
        case 0:
            text[at] = bytes[below(bytes.size())];
            break;
        case 1:
            text.insert(at, 1, bytes[below(bytes.size())]);
            break;
        case 2:
            text.erase(at, 1 + below(20));
            break;
        default:
            text.insert(at, text.substr(at, 1 + below(60)));
        }
    }
    return text;
}

TEST(Mutations, AreAnsweredInBoundedTime) {
    const std::string original =
        read_file(checkout_path("manifests/samples/arguments.yaml")).value();
    std::mt19937 random(seed);
    int accepted = 0;
    for (int round = 0; round < rounds; ++round) {
        const std::string text = mutated(original, random);
        const auto begin = std::chrono::steady_clock::now();
        const auto diagnostics = lint(text);
        const std::string drawn = render(diagnostics, text, "x.yaml", Colour::Never);
        ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5))
            << "seed " << seed << " round " << round << "\n"
            << text;
        if (diagnostics.empty()) {
            ++accepted;
            const auto document = read_manifest(text);
            ASSERT_TRUE(document) << text;
            EXPECT_TRUE(parse((*document)["spec"])) << text;
        } else {
            EXPECT_NE(drawn, "");
        }
    }
    EXPECT_GT(accepted, 0);
    EXPECT_LT(accepted, rounds);
}

} // namespace
} // namespace pedigree::spec
