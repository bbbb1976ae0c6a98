#pragma once
// The words of a condition (cli/runs/condition.h), one after the other. Borrows the text. Pure.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::cli {

struct ConditionWord {
    enum class Kind { Word, Text, Sign, Open, Close, End };
    Kind kind = Kind::End;
    std::string text; // without the quotes
    std::size_t column = 1;

    std::string shown() const; // "\"0.9\"", or "the end"
};

class ConditionWords {
  public:
    explicit ConditionWords(std::string_view text) : text_(text) {}
    // End behind the last one, again and again. InvalidInput: a quote that is never closed, or a
    // character that may not stand there.
    Result<ConditionWord> next();

  private:
    Result<std::string> quoted();
    std::size_t column() const;

    std::string_view text_;
    std::size_t at_ = 0; // bytes
};

} // namespace pedigree::cli
