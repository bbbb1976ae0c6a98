#pragma once
// What a request to the read API asks for. Of read_api.cpp and its fellows only. Pure; InvalidInput
// names the parameter and what may stand there.

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/words.h"
#include "net/url.h"
#include "operator/api/read_api.h"

namespace pedigree::control {

// "/apis/.../namespaces/NS/RESOURCE/NAME?x=y", taken apart.
struct ReadApi::Call {
    std::string name_space, resource, name;
    net::QueryParameters parameters;

    // Nothing: it names no resource of a namespace.
    static std::optional<Call> parse(const net::ServerRequest& request);

    // Empty: it was not given.
    std::string text(std::string_view parameter) const {
        const auto found = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const auto& one) { return one.first == parameter; });
        return found == parameters.end() ? "" : found->second;
    }

    Result<std::optional<std::int64_t>> number(std::string_view parameter,
                                               std::int64_t least) const {
        for (const auto& [known, text] : parameters) {
            if (known != parameter) {
                continue;
            }
            std::int64_t value = 0;
            const char* end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, value);
            if (read.ec != std::errc() || read.ptr != end || value < least) {
                return failure(ErrorCode::InvalidInput,
                               fmt::format("{}: must be a whole number from {} on, not \"{}\"",
                                           parameter, least, text));
            }
            return value;
        }
        return std::nullopt;
    }

    template <Worded Enum>
    Result<std::optional<Enum>> word(std::string_view parameter) const {
        for (const auto& [known, text] : parameters) {
            if (known != parameter) {
                continue;
            }
            if (const auto value = from_word<Enum>(text)) {
                return value;
            }
            std::vector<std::string_view> legal;
            for (const auto& row : words_of(Enum{}).rows()) {
                legal.push_back(row.word);
            }
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}: must be {}, not \"{}\"", parameter,
                                       fmt::join(legal, " or "), text));
        }
        return std::nullopt;
    }
};

} // namespace pedigree::control
