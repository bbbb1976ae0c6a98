#include "imagebuild/lock/marker.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "imagebuild/lock/marker_values.h"

namespace pedigree::imagebuild {
namespace {

bool is_word_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// marker = and-list ("or" and-list)*; and-list = term ("and" term)*; term = "(" marker ")" or a
// comparison.
class MarkerReader {
  public:
    MarkerReader(std::string_view text, const MarkerEnvironment& environment)
        : rest_(text), environment_(environment) {}

    Result<Truth> read() {
        TRY(const Truth truth, any_of());
        if (!rest_.empty()) {
            return refuse("it goes on behind its end");
        }
        return truth;
    }

  private:
    static tl::unexpected<Error> refuse(std::string_view what) {
        return failure(ErrorCode::InvalidInput, std::string(what));
    }

    Result<Truth> any_of() {
        TRY(Truth truth, all_of());
        while (take_word("or")) {
            TRY(const Truth next, all_of());
            truth = std::max(truth, next);
        }
        return truth;
    }

    Result<Truth> all_of() {
        TRY(Truth truth, term());
        while (take_word("and")) {
            TRY(const Truth next, term());
            truth = std::min(truth, next);
        }
        return truth;
    }

    Result<Truth> term() {
        skip_blanks();
        if (!rest_.starts_with('(')) {
            return comparison();
        }
        if (++depth_ > marker_depth_max) {
            return refuse("it is nested too deep");
        }
        rest_.remove_prefix(1);
        TRY(const Truth truth, any_of());
        if (!rest_.starts_with(')')) {
            return refuse("a parenthesis has no end");
        }
        rest_.remove_prefix(1);
        skip_blanks();
        --depth_;
        return truth;
    }

    Result<Truth> comparison() {
        TRY(const MarkerOperand left, operand());
        TRY(const std::string operation, operation_word());
        TRY(const MarkerOperand right, operand());
        return compare_operands(left, operation, right, environment_.python);
    }

    Result<MarkerOperand> operand() {
        skip_blanks();
        if (rest_.starts_with('"') || rest_.starts_with('\'')) {
            const std::size_t end = rest_.find(rest_.front(), 1);
            if (end == rest_.npos) {
                return refuse("a string has no end");
            }
            MarkerOperand literal;
            literal.text = rest_.substr(1, end - 1);
            rest_.remove_prefix(end + 1);
            skip_blanks();
            return literal;
        }
        const std::string name(word());
        auto variable = marker_variable(name, environment_);
        return variable
                   ? Result<MarkerOperand>(std::move(*variable))
                   : refuse(fmt::format("\"{}\" is no variable of markers", name.substr(0, 40)));
    }

    Result<std::string> operation_word() {
        if (take_word("in")) {
            return "in";
        }
        if (take_word("not")) {
            return take_word("in") ? Result<std::string>("not in") : refuse("\"not\" stands alone");
        }
        const std::size_t end = std::min(rest_.find_first_not_of("=!<>~"), rest_.size());
        std::string operation(rest_.substr(0, end));
        rest_.remove_prefix(end);
        return operation;
    }

    std::string_view word() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_word_char);
        const std::string_view found =
            rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        skip_blanks();
        return found;
    }

    bool take_word(std::string_view wanted) {
        const std::string_view before = rest_;
        if (word() == wanted) {
            return true;
        }
        rest_ = before;
        return false;
    }

    void skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    }

    std::string_view rest_;
    const MarkerEnvironment& environment_;
    int depth_ = 0;
};

} // namespace

Result<bool> marker_holds(std::string_view marker, const MarkerEnvironment& environment) {
    if (marker.size() > marker_bytes_max) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("it is longer than {} bytes", marker_bytes_max));
    }
    TRY(const Truth truth, MarkerReader(marker, environment).read());
    if (truth == Truth::Unknown) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("it depends on more of the base than that its Python is {}; make "
                        "the lock with `pedigree lock REQUIREMENTS --base IMAGE`, which "
                        "leaves no markers",
                        environment.python.version()));
    }
    return truth == Truth::True;
}

std::string marker_of_requires_python(std::string_view specifiers) {
    std::string marker;
    for (std::size_t begin = 0; begin <= specifiers.size();) {
        const std::size_t end = std::min(specifiers.find(',', begin), specifiers.size());
        std::string_view one = specifiers.substr(begin, end - begin);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        const std::size_t version = std::min(one.find_first_not_of("=!<>~ "), one.size());
        if (!one.empty()) {
            marker += fmt::format("{}python_full_version {} '{}'", marker.empty() ? "" : " and ",
                                  one.substr(0, version), one.substr(version));
        }
        begin = end + 1;
    }
    return marker;
}

} // namespace pedigree::imagebuild
