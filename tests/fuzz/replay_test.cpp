// Replays tests/cases/fuzz: what fuzzing starts from, and what it once found. Files in .hex hold
// bytes as pairs of digits.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "tests/checkout/checkout.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

struct Target {
    const char* name;
    void (*run)(std::string_view input);
};

class Replay : public testing::TestWithParam<Target> {};

std::string input_of(const std::filesystem::path& path) {
    std::string text = *read_file(path);
    if (path.extension() == ".hex") {
        std::erase(text, '\n');
        text = *from_hex(text);
    }
    return text;
}

TEST_P(Replay, KeptInputsAreTaken) {
    int count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(case_path("fuzz") / GetParam().name)) {
        const std::string input = input_of(entry.path());
        GetParam().run(input);
        // And every beginning of it, and every byte of it turned around.
        for (std::size_t at = 0; at < std::min<std::size_t>(input.size(), 600); ++at) {
            GetParam().run(input.substr(0, at));
            std::string turned = input;
            turned[at] = static_cast<char>(~turned[at]);
            GetParam().run(turned);
        }
        ++count;
    }
    EXPECT_GE(count, 2);
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay,
                         testing::Values(Target{"challenge", challenge}, Target{"clearml", clearml},
                                         Target{"events", events}, Target{"lock", lock},
                                         Target{"manifest", manifest}, Target{"marker", marker},
                                         Target{"metadata", metadata}, Target{"object", object},
                                         Target{"page", page}, Target{"pylock", pylock},
                                         Target{"record", record}, Target{"tar", tar},
                                         Target{"wandb", wandb}, Target{"words", words},
                                         Target{"zip", zip}),
                         [](const auto& one) { return std::string(one.param.name); });

} // namespace
} // namespace pedigree::fuzz
