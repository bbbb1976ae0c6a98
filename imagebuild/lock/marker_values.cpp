#include "imagebuild/lock/marker_values.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

using Kind = MarkerOperand::Kind;
using Release = std::vector<int>;

constexpr int patch_max = 1'000'000; // stands for all that are greater than the one compared with

tl::unexpected<Error> refuse(std::string what) {
    return failure(ErrorCode::InvalidInput, std::move(what));
}

// A version to compare a released Python with.
struct Bound {
    Release release;
    int after_release = 0; // -1: a pre-release of it, 1: behind it
    bool prefix = false;   // "3.11.*"
};

std::optional<Bound> parse_bound(std::string_view text) {
    Bound bound;
    text.remove_prefix(std::min(text.find_first_not_of(" v"), text.size()));
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    for (;;) {
        int number = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
        if (end.ec != std::errc() || number < 0 || number > patch_max) {
            return std::nullopt;
        }
        bound.release.push_back(number);
        text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
        if (text == ".*") {
            bound.prefix = true;
            return bound;
        }
        if (text.size() < 2 || text.front() != '.' || text[1] < '0' || text[1] > '9') {
            break;
        }
        text.remove_prefix(1);
    }
    if (!text.empty()) {
        const std::size_t word = std::min(text.find_first_not_of(".-_"), text.size());
        const std::string_view suffix = text.substr(word);
        const bool behind = suffix.starts_with("post") || suffix.starts_with("rev");
        const bool before = suffix.starts_with("a") || suffix.starts_with("b") ||
                            suffix.starts_with("rc") || suffix.starts_with("dev");
        if (!behind && !before) {
            return std::nullopt;
        }
        bound.after_release = behind ? 1 : -1;
    }
    return bound;
}

int compare(const Release& python, const Bound& bound) {
    for (std::size_t i = 0; i < std::max(python.size(), bound.release.size()); ++i) {
        const int a = i < python.size() ? python[i] : 0;
        const int b = i < bound.release.size() ? bound.release[i] : 0;
        if (a != b) {
            return a < b ? -1 : 1;
        }
    }
    return -bound.after_release;
}

bool begins_with(const Release& python, const Release& prefix) {
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if ((i < python.size() ? python[i] : 0) != prefix[i]) {
            return false;
        }
    }
    return true;
}

Result<bool> holds(const Release& python, std::string_view operation, const Bound& bound) {
    const int order = compare(python, bound);
    const bool equal = bound.prefix ? begins_with(python, bound.release) : order == 0;
    if (operation == "==" || operation == "===") {
        return equal;
    }
    if (operation == "!=") {
        return !equal;
    }
    if (bound.prefix) {
        return refuse(fmt::format("\"{}\" does not go with \".*\"", operation));
    }
    if (operation == "~=" && bound.release.size() >= 2) {
        return order >= 0 &&
               begins_with(python, Release(bound.release.begin(), bound.release.end() - 1));
    }
    if (operation == "<" || operation == "<=") {
        return order < 0 || (order == 0 && operation == "<=");
    }
    if (operation == ">" || operation == ">=") {
        return order > 0 || (order == 0 && operation == ">=");
    }
    return refuse(fmt::format("\"{}\" compares no versions", operation.substr(0, 10)));
}

// A comparison changes its answer at the bound's own patch release, and nowhere else.
Result<Truth> compare_python(bool patched, const TargetPython& python, std::string_view operation,
                             std::string_view text) {
    const auto bound = parse_bound(text);
    if (!bound) {
        return refuse(fmt::format("\"{}\" is no version of Python", text.substr(0, 40)));
    }
    if (!patched || python.patch) {
        const Release release =
            patched ? Release{3, python.minor, *python.patch} : Release{3, python.minor};
        TRY(const bool answer, holds(release, operation, *bound));
        return answer ? Truth::True : Truth::False;
    }
    const int patch = bound->release.size() > 2 ? bound->release[2] : 0;
    bool always = true, never = true;
    for (const int one : {0, patch - 1, patch, patch + 1, patch_max}) {
        if (one >= 0) {
            TRY(const bool answer, holds({3, python.minor, one}, operation, *bound));
            always = always && answer;
            never = never && !answer;
        }
    }
    return always ? Truth::True : never ? Truth::False : Truth::Unknown;
}

Result<Truth> compare_texts(std::string_view left, std::string_view operation,
                            std::string_view right) {
    const auto truth = [](bool holds) { return holds ? Truth::True : Truth::False; };
    if (operation == "==" || operation == "===") {
        return truth(left == right);
    }
    if (operation == "!=") {
        return truth(left != right);
    }
    if (operation == "in" || operation == "not in") {
        return truth((right.find(left) != right.npos) == (operation == "in"));
    }
    return refuse(fmt::format("\"{}\" does not compare texts", operation.substr(0, 10)));
}

std::string_view turned(std::string_view operation) {
    return operation == "<"    ? ">"
           : operation == "<=" ? ">="
           : operation == ">"  ? "<"
           : operation == ">=" ? "<="
                               : operation;
}

} // namespace

std::optional<MarkerOperand> marker_variable(std::string_view name,
                                             const MarkerEnvironment& environment) {
    const std::string full_version = environment.python.patch ? environment.python.version() : "";
    const std::pair<std::string_view, MarkerOperand> variables[] = {
        {"python_version", {Kind::Python, fmt::format("3.{}", environment.python.minor), {}}},
        {"python_full_version", {Kind::PatchedPython, full_version, {}}},
        {"implementation_version", {Kind::PatchedPython, full_version, {}}},
        {"os_name", {Kind::Text, "posix", {}}},
        {"sys_platform", {Kind::Text, "linux", {}}},
        {"platform_system", {Kind::Text, "Linux", {}}},
        {"platform_machine", {Kind::Text, environment.python.machine, {}}},
        {"platform_python_implementation", {Kind::Text, "CPython", {}}},
        {"implementation_name", {Kind::Text, "cpython", {}}},
        {"platform_release", {Kind::Unknown, "", {}}},
        {"platform_version", {Kind::Unknown, "", {}}},
        {"extra", {Kind::Text, "", {}}},
        {"extras", {Kind::Set, "", {}}},
        {"dependency_groups", {Kind::Set, "", environment.groups}}};
    for (const auto& [known, operand] : variables) {
        if (known == name) {
            return operand;
        }
    }
    return std::nullopt;
}

Result<Truth> compare_operands(const MarkerOperand& left, std::string_view operation,
                               const MarkerOperand& right, const TargetPython& python) {
    const bool turn = left.kind == Kind::Literal;
    const MarkerOperand& variable = turn ? right : left;
    const MarkerOperand& literal = turn ? left : right;
    const bool contains = operation == "in" || operation == "not in";
    if (variable.kind == Kind::Literal || literal.kind != Kind::Literal) {
        return refuse("a variable is compared with a text");
    }
    switch (variable.kind) {
    case Kind::Set: {
        if (!turn || !contains) {
            return refuse("a set is asked with \"in\"");
        }
        const bool there =
            std::any_of(variable.set.begin(), variable.set.end(), [&](const std::string& element) {
                return normalized_name(element) == normalized_name(literal.text);
            });
        return there == (operation == "in") ? Truth::True : Truth::False;
    }
    case Kind::Python:
    case Kind::PatchedPython:
        if (contains && variable.kind == Kind::PatchedPython && !python.patch) {
            return Truth::Unknown;
        }
        if (!contains) {
            return compare_python(variable.kind == Kind::PatchedPython, python,
                                  turn ? turned(operation) : operation, literal.text);
        }
        [[fallthrough]];
    case Kind::Text:
        return compare_texts(left.text, operation, right.text);
    default:
        return Truth::Unknown;
    }
}

} // namespace pedigree::imagebuild
