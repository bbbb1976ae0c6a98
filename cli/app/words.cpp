#include "cli/app/words.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/spec/field_error.h"

namespace pedigree::cli {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

} // namespace

Result<std::string> known_word(std::string_view what, std::string_view typed,
                               std::span<const std::string_view> words) {
    const std::string wanted = lower(typed);
    std::vector<std::string> lowered;
    for (const std::string_view word : words) {
        if (lower(word) == wanted) {
            return std::string(word);
        }
        lowered.push_back(lower(word));
    }
    const std::string problem = fmt::format("there is no {} \"{}\"", what, typed);
    const auto nearest =
        std::find(lowered.begin(), lowered.end(), spec::nearest_word(wanted, lowered));
    return failure(ErrorCode::InvalidInput,
                   nearest == lowered.end()
                       ? fmt::format("{}; there are {}", problem, fmt::join(words, ", "))
                       : fmt::format("{}; did you mean \"{}\"?", problem,
                                     words[static_cast<std::size_t>(nearest - lowered.begin())]));
}

bool same_word(std::string_view left, std::string_view right) {
    return lower(left) == lower(right);
}

} // namespace pedigree::cli
