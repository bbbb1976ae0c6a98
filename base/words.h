#pragma once
// Words<Enum>: the words of an enum, each written once, for both directions:
//
//     constexpr auto colours = words<Colour>({{Colour::Red, "Red"}, {Colour::Green, "Green"}});
//     colours.word(Colour::Red);  // "Red"; "" for a value that the table lacks
//     colours.value("Green");     // Colour::Green; nothing for another word
//
// A constant of a .cpp; its words live as long as the program.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace pedigree {

template <typename Value, std::size_t count>
struct Words {
    std::array<std::pair<Value, std::string_view>, count> rows;

    constexpr std::string_view word(Value value) const {
        for (const auto& [known, word] : rows) {
            if (known == value) {
                return word;
            }
        }
        return {};
    }
    constexpr std::optional<Value> value(std::string_view word) const {
        for (const auto& [value, known] : rows) {
            if (known == word) {
                return value;
            }
        }
        return std::nullopt;
    }
};

template <typename Value, std::size_t count>
constexpr Words<Value, count> words(const std::pair<Value, std::string_view> (&rows)[count]) {
    return {std::to_array(rows)};
}

} // namespace pedigree
