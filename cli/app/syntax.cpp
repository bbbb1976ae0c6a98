#include "cli/app/syntax.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/spec/field_error.h"

namespace pedigree::cli {

Parameter& Parameter::from(Source where) {
    source = where;
    return *this;
}

Parameter& Parameter::such_as(std::vector<std::string> examples) {
    source = Source::Words;
    words = std::move(examples);
    return *this;
}

Parameter& Parameter::one_of(std::vector<std::string> all) {
    only_words = true;
    return such_as(std::move(all));
}

Parameter& Parameter::repeated() {
    repeatable = true;
    return *this;
}

Parameter& Parameter::required(std::size_t count) {
    count_min = count;
    return *this;
}

Parameter& Parameter::never_with(std::string option) {
    excludes = std::move(option);
    return *this;
}

Parameter& Parameter::or_variable(std::string name) {
    environment = std::move(name);
    return *this;
}

Parameter& Parameter::usually(std::string value) {
    usual = std::move(value);
    return *this;
}

std::vector<std::string> Parameter::option_names() const {
    std::vector<std::string> all;
    const std::string_view given = names;
    for (auto rest = given.substr(0, is_argument() ? 0 : given.npos); !rest.empty();) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        all.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return all;
}

Status Parameter::accept(const std::string& value) const {
    if (only_words && std::find(words.begin(), words.end(), value) == words.end()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is none of {}{}", value, fmt::join(words, ", "),
                                   did_you_mean(value, words)));
    }
    return take(value);
}

Parameter& Syntax::taken(std::string names, Take take, std::string placeholder, std::string text) {
    Parameter& parameter = parameters_.emplace_back();
    parameter.names = std::move(names);
    parameter.placeholder = std::move(placeholder);
    parameter.text = std::move(text);
    parameter.take = std::move(take);
    return parameter;
}

Parameter& Syntax::flag(std::string names, bool& target, std::string text) {
    const auto take = [&target](const std::string&) -> Status {
        target = true;
        return {};
    };
    return taken(std::move(names), take, "", std::move(text));
}

Parameter& Syntax::value(std::string names, std::string& target, std::string placeholder,
                         std::string text) {
    const auto take = [&target](const std::string& value) -> Status {
        target = value;
        return {};
    };
    return taken(std::move(names), take, std::move(placeholder), std::move(text));
}

Parameter& Syntax::values(std::string names, std::vector<std::string>& target,
                          std::string placeholder, std::string text) {
    const auto take = [&target](const std::string& value) -> Status {
        target.push_back(value);
        return {};
    };
    return taken(std::move(names), take, std::move(placeholder), std::move(text)).repeated();
}

Parameter& Syntax::number(std::string names, std::optional<std::int64_t>& target, std::string text,
                          std::int64_t smallest) {
    const auto take = [&target, smallest](const std::string& value) -> Status {
        std::int64_t number = 0;
        const char* end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, number);
        if (read.ec != std::errc() || read.ptr != end || number < smallest) {
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("\"{}\" is no whole number of at least {}", value, smallest));
        }
        target = number;
        return {};
    };
    return taken(std::move(names), take, "N", std::move(text));
}

Parameter& Syntax::format(Format& target, const std::vector<Format>& allowed, std::string names) {
    target = allowed.front();
    std::vector<std::string> words;
    for (const Format each : allowed) {
        words.emplace_back(to_string(each));
    }
    const auto take = [&target](const std::string& word) -> Status {
        target = from_word<Format>(word).value_or(target);
        return {};
    };
    const std::string text = fmt::format("Output: {}", fmt::join(words, ", "));
    return taken(std::move(names), take, "FORMAT", text).one_of(std::move(words));
}

void Syntax::check(std::function<Status()> whole) {
    check_ = std::move(whole);
}

Status Syntax::checked() const {
    return check_ ? check_() : Status();
}

const Parameter* Syntax::option(std::string_view name) const {
    for (const Parameter& parameter : parameters_) {
        const auto names = parameter.option_names();
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            return &parameter;
        }
    }
    return nullptr;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words) {
    const std::string nearest = spec::nearest_word(word, words);
    return nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest);
}

} // namespace pedigree::cli
