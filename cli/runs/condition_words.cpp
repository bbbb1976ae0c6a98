#include "cli/runs/condition_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app/relation.h"

namespace pedigree::cli {

namespace {

using Kind = ConditionWord::Kind;

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view quotes = "\"'`";
constexpr std::size_t word_bytes_max = 40;

// Letters of any language, digits, and what stands in names and numbers without quotes.
bool is_bare(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') ||
           std::string_view("_-+./:@%#&").find(c) != std::string_view::npos;
}

} // namespace

std::string ConditionWord::shown() const {
    return kind == Kind::End ? "the end" : fmt::format("\"{}\"", clean_text(text, word_bytes_max));
}

std::size_t ConditionWords::column() const {
    std::size_t characters = 1;
    for (std::size_t i = 0; i < at_; i += first_character(text_.substr(i)).bytes) {
        ++characters;
    }
    return characters;
}

// From the quote at the front to its fellow.
Result<std::string> ConditionWords::quoted() {
    const auto end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("column {}: the quote {} is never closed", column(), text_[at_]));
    }
    std::string inner(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return inner;
}

Result<ConditionWord> ConditionWords::next() {
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    ConditionWord word{Kind::End, "", column()};
    if (at_ == text_.size()) {
        return word;
    }
    const char front = text_[at_];
    if (front == '(' || front == ')') {
        word.kind = front == '(' ? Kind::Open : Kind::Close;
        word.text = front;
        ++at_;
        return word;
    }
    if (const auto sign = relation_at(text_.substr(at_))) {
        word.kind = Kind::Sign;
        word.text = text_.substr(at_, sign->bytes);
        at_ += sign->bytes;
        return word;
    }
    if (quotes.find(front) != std::string_view::npos) {
        word.kind = Kind::Text;
        TRY(word.text, quoted());
        return word;
    }
    word.kind = Kind::Word;
    while (at_ < text_.size() && is_bare(text_[at_])) {
        word.text += text_[at_++];
    }
    if (word.text.empty()) {
        const Character character = first_character(text_.substr(at_));
        return failure(ErrorCode::InvalidInput,
                       fmt::format("column {}: \"{}\" may stand in quotes only", word.column,
                                   clean_text(text_.substr(at_, character.bytes), word_bytes_max)));
    }
    const bool name_follows = word.text.back() == '.' && at_ < text_.size() &&
                              quotes.find(text_[at_]) != std::string_view::npos;
    if (name_follows) {
        TRY(const std::string name, quoted());
        word.text += name;
    }
    return word;
}

} // namespace pedigree::cli
