#include "cli/trials/choice.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/app/time_text.h"
#include "cli/app/words.h"

namespace pedigree::cli {

namespace {

constexpr std::array<std::string_view, 6> own_fields{"trial",    "state",    "value",
                                                     "duration", "attempts", "failure"};

Scalar number_scalar(std::int64_t number) {
    return {std::to_string(number), static_cast<double>(number)};
}

std::optional<Scalar> field_of(const Trial& trial, std::string_view field, Instant now) {
    if (field == "trial") {
        return number_scalar(trial.number);
    }
    if (field == "state") {
        return Scalar{trial.state, {}};
    }
    if (field == "value") {
        return trial.value;
    }
    if (field == "attempts") {
        return number_scalar(trial.attempts);
    }
    if (field == "duration") {
        const auto duration = trial.duration(now);
        return duration ? std::optional(number_scalar(duration->count())) : std::nullopt;
    }
    if (field == "failure") {
        return trial.failure_class.empty() ? std::nullopt
                                           : std::optional(Scalar{trial.failure_class, {}});
    }
    const auto found = trial.parameters.find(std::string(field));
    return found == trial.parameters.end() ? std::nullopt : std::optional(found->second);
}

Status check_field(const TrialList& list, const std::string& field) {
    const std::vector<std::string> parameters = all_parameters(list.trials);
    if (std::find(own_fields.begin(), own_fields.end(), field) != own_fields.end() ||
        std::find(parameters.begin(), parameters.end(), field) != parameters.end() ||
        list.trials.empty()) {
        return {};
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("the trials of {} have no \"{}\"; they have {}{}{}", list.experiment,
                               field, fmt::join(own_fields, ", "), parameters.empty() ? "" : ", ",
                               fmt::join(parameters, ", ")));
}

bool fits(const Trial& trial, const TrialFilter& filter, Instant now) {
    const auto found = field_of(trial, filter.field, now);
    if (!found) {
        return false;
    }
    const bool alike = found->number.has_value() == filter.wanted.number.has_value();
    const bool same = filter.field == "failure" ? same_word(found->text, filter.wanted.text)
                                                : found->text == filter.wanted.text;
    const int order = same ? 0 : compared(*found, filter.wanted);
    return holds(filter.relation, order, alike);
}

bool stands_before(const Trial& left, const Trial& right, const TrialList& list,
                   const TrialChoice& choice, Instant now) {
    const auto left_field = field_of(left, choice.sort, now);
    const auto right_field = field_of(right, choice.sort, now);
    if (!left_field || !right_field) {
        return left_field.has_value() && !right_field.has_value();
    }
    const bool largest_first = choice.sort == "duration" ||
                               (choice.sort == "value" && list.goal == search::Goal::Maximize);
    const int order = compared(*left_field, *right_field);
    return largest_first ? order > 0 : order < 0;
}

} // namespace

Result<TrialFilter> parse_filter(std::string_view text) {
    const std::size_t at = text.find_first_of("!<>=");
    const auto sign =
        at == std::string_view::npos || at == 0 ? std::nullopt : relation_at(text.substr(at));
    if (sign) {
        TrialFilter filter{std::string(text.substr(0, at)),
                           sign->relation,
                           {std::string(text.substr(at + sign->bytes)), std::nullopt}};
        const std::string& word = filter.wanted.text;
        if (filter.field == "duration") {
            TRY(const auto length, parse_duration(word));
            filter.wanted.number = std::chrono::duration<double>(length).count();
            return filter;
        }
        if (filter.field == "state") {
            TRY(filter.wanted.text, known_word("state of a trial", word, trial_states));
            return filter;
        }
        double number = 0;
        const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
        if (end.ec == std::errc() && end.ptr == word.data() + word.size()) {
            filter.wanted.number = number;
        }
        return filter;
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("\"{}\" is no filter; write it like state=Failed or "
                               "'train.learning_rate>0.01' (=, !=, <, <=, >, >=)",
                               text));
}

Result<std::vector<std::size_t>> chosen_trials(const TrialList& list, const TrialChoice& choice,
                                               Instant now) {
    TRY(check_field(list, choice.sort));
    for (const TrialFilter& filter : choice.filters) {
        TRY(check_field(list, filter.field));
    }
    std::vector<std::size_t> places(list.trials.size());
    std::iota(places.begin(), places.end(), 0);
    std::erase_if(places, [&](std::size_t place) {
        return !std::all_of(choice.filters.begin(), choice.filters.end(), [&](const auto& filter) {
            return fits(list.trials[place], filter, now);
        });
    });
    std::stable_sort(places.begin(), places.end(), [&](std::size_t left, std::size_t right) {
        return stands_before(list.trials[left], list.trials[right], list, choice, now);
    });
    if (choice.limit > 0 && places.size() > choice.limit) {
        places.resize(choice.limit);
    }
    return places;
}

} // namespace pedigree::cli
