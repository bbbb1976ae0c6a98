#include "imagebuild/registry/challenge.h"

#include <algorithm>
#include <cctype>

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t field_bytes_max = 8192;

bool is_token_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~/").find(c) != std::string_view::npos;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool done() const { return text_.empty(); }
    bool skip(std::string_view characters) {
        const std::size_t count = std::min(text_.find_first_not_of(characters), text_.size());
        text_.remove_prefix(count);
        return count > 0;
    }
    std::string token() {
        const auto end = std::find_if_not(text_.begin(), text_.end(), is_token_char);
        std::string out(text_.begin(), end);
        text_.remove_prefix(out.size());
        return out;
    }
    bool take(char c) {
        const bool found = text_.starts_with(c);
        text_.remove_prefix(found ? 1 : 0);
        return found;
    }
    std::string value() {
        if (!take('"')) {
            return token();
        }
        std::string out;
        while (!text_.empty() && text_.front() != '"') {
            take('\\');
            out += text_.substr(0, 1);
            text_.remove_prefix(text_.empty() ? 0 : 1);
        }
        take('"');
        return out;
    }
    void drop() { text_.remove_prefix(1); }

  private:
    std::string_view text_;
};

} // namespace

std::vector<Challenge> parse_challenges(std::string_view field) {
    std::vector<Challenge> challenges;
    Scanner scanner(field.substr(0, field_bytes_max));
    while (scanner.skip(" \t,"), !scanner.done()) {
        const std::string word = scanner.token();
        scanner.skip(" \t");
        if (word.empty()) {
            scanner.drop();
        } else if (scanner.take('=')) {
            scanner.skip(" \t");
            const std::string value = scanner.value();
            if (!challenges.empty()) {
                challenges.back().parameters.emplace(lower(word), value);
            }
        } else {
            challenges.push_back({lower(word), {}});
        }
    }
    return challenges;
}

} // namespace pedigree::imagebuild
