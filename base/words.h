#pragma once
// The words of an enum, each written once, for both directions. Beside the enum, in its namespace:
//
//     enum class Colour { Red, Green };
//     Words<Colour> words_of(Colour);       // in the header
//
//     Words<Colour> words_of(Colour) {      // in the source
//         static constexpr Word<Colour> table[] = {{Colour::Red, "Red"}, {Colour::Green, "Green"}};
//         return table;
//     }
//
// and everywhere
//
//     to_string(Colour::Red);        // "Red"; "" for a value that the table lacks
//     from_word<Colour>("Green");    // Colour::Green; nothing for another word
//
// The argument of words_of only says which enum is meant. Words live as long as the program; any
// thread may read them. Literals of such words elsewhere are found by tests/tidy (enum_words).

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pedigree {

template <typename Enum>
struct Word {
    Enum value;
    std::string_view word;
};

// A borrowed table; a table with static storage converts to it.
template <typename Enum>
class Words {
  public:
    template <std::size_t count>
    constexpr Words(const Word<Enum> (&table)[count]) : rows_(table) {}

    constexpr std::span<const Word<Enum>> rows() const { return rows_; }

  private:
    std::span<const Word<Enum>> rows_;
};

template <typename Enum>
concept Worded = requires(Enum value) {
    { words_of(value) } -> std::same_as<Words<Enum>>;
};

template <Worded Enum>
std::string_view to_string(Enum value) {
    for (const auto& [known, word] : words_of(value).rows()) {
        if (known == value) {
            return word;
        }
    }
    return {};
}

template <Worded Enum>
std::optional<Enum> from_word(std::string_view text) {
    for (const auto& [value, word] : words_of(Enum{}).rows()) {
        if (word == text) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace pedigree
