#include "cli/image/lock_conflict.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "imagebuild/lock/python_name.h"
#include "imagebuild/selection.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t causes_shown_max = 8;

struct Explanation {
    std::string text;
    bool of_base = false; // what the base ships is part of the conflict
};

// ", where tensorflow 2.13.0 wants numpy<=1.24.3": who in the base holds it there, rather than who
// would take a newer one as well.
std::string reason_of(const imagebuild::BaseInventory& base, std::string_view name) {
    const auto wanted = imagebuild::wanted_by(base, name);
    const auto bound = std::find_if(wanted.begin(), wanted.end(), [](const std::string& sentence) {
        return sentence.find('<') != sentence.npos || sentence.find("==") != sentence.npos;
    });
    return bound == wanted.end() ? "" : ", where " + *bound;
}

Explanation explain(std::string_view cause, const imagebuild::BaseInventory& base,
                    const std::string& requirements) {
    constexpr std::string_view constraint = "The user requested (constraint) ",
                               asked = "The user requested ", depends = " depends on ";
    if (cause.starts_with(constraint)) {
        const std::string_view pin = cause.substr(constraint.size());
        const std::size_t equals = std::min(pin.find("=="), pin.size());
        const std::string name = imagebuild::normalized_name(pin.substr(0, equals));
        return {fmt::format("the base ships {} {}{}", name,
                            pin.substr(std::min(equals + 2, pin.size())), reason_of(base, name)),
                true};
    }
    if (cause.starts_with(asked)) {
        return {fmt::format("{} asks for {}", requirements, cause.substr(asked.size()))};
    }
    const std::size_t middle = cause.find(depends);
    if (middle == cause.npos) {
        return {std::string(cause)};
    }
    const std::string_view who = cause.substr(0, middle);
    const auto* shipped = imagebuild::installed_distribution(
        base, imagebuild::normalized_name(who.substr(0, std::min(who.find(' '), who.size()))));
    return {fmt::format("{}{} wants {}", who, shipped != nullptr ? " of the base" : "",
                        cause.substr(middle + depends.size())),
            shipped != nullptr};
}

std::string python_text(const imagebuild::TargetPython& python) {
    return fmt::format("Python 3.{} and glibc 2.{}", python.minor, python.glibc_minor);
}

} // namespace

Error lock_conflict(const PipRefusal& refusal, const imagebuild::BaseInventory& base,
                    const std::string& requirements) {
    Error error(ErrorCode::InvalidInput, "");
    if (refusal.causes.empty()) {
        error.reason = "NoFittingWheel";
        error.message = fmt::format("no file of {} fits the base ({}); {} wants it; pip: {}",
                                    refusal.missing, python_text(base.python),
                                    refusal.missing_wanted_by.empty() ? requirements
                                                                      : refusal.missing_wanted_by,
                                    refusal.last_words);
        return error;
    }
    std::vector<std::string> sentences;
    bool of_base = false;
    for (const std::string& cause : refusal.causes) {
        const Explanation one = explain(cause, base, requirements);
        of_base = of_base || one.of_base;
        if (sentences.size() < causes_shown_max &&
            std::find(sentences.begin(), sentences.end(), one.text) == sentences.end()) {
            sentences.push_back(one.text);
        }
    }
    error.reason = "LockConflict";
    error.message = fmt::format("no versions go together: {}; change {}{}",
                                fmt::join(sentences, "; "), requirements,
                                of_base ? ", or " + imagebuild::without_packages(base.python) : "");
    return error;
}

} // namespace pedigree::cli
