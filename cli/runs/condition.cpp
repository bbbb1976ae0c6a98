#include "cli/runs/condition.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app/words.h"
#include "cli/runs/condition_words.h"

namespace pedigree::cli {

namespace {

using Kind = ConditionWord::Kind;

constexpr const char* example = "'metric.f1 > 0.9 and param.lr < 0.01'";

constexpr std::size_t name_bytes_max = 60; // in an error

class Parser {
  public:
    explicit Parser(std::string_view text) : words_(text) {}

    Result<RunCondition> whole() {
        TRY(next());
        if (word_.kind == Kind::End) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("nothing is asked for; write it like {}", example));
        }
        TRY(RunCondition condition, any());
        if (word_.kind != Kind::End) {
            return instead("\"and\", \"or\" or the end");
        }
        return condition;
    }

  private:
    Status next() {
        TRY(word_, words_.next());
        return {};
    }

    tl::unexpected<Error> instead(std::string_view wanted) const {
        return failure(ErrorCode::InvalidInput, fmt::format("column {}: {} must stand here, not {}",
                                                            word_.column, wanted, word_.shown()));
    }

    bool is(std::string_view link) const {
        return word_.kind == Kind::Word && same_word(word_.text, link);
    }

    Result<RunCondition> any() {
        TRY(RunCondition first, all());
        if (!is("or")) {
            return first;
        }
        RunCondition condition{.kind = RunCondition::Kind::Any};
        condition.parts.push_back(std::move(first));
        while (is("or")) {
            TRY(next());
            TRY(RunCondition part, all());
            condition.parts.push_back(std::move(part));
        }
        return condition;
    }

    Result<RunCondition> all() {
        TRY(RunCondition first, one());
        if (!is("and")) {
            return first;
        }
        RunCondition condition{.kind = RunCondition::Kind::All};
        condition.parts.push_back(std::move(first));
        while (is("and")) {
            TRY(next());
            TRY(RunCondition part, one());
            condition.parts.push_back(std::move(part));
        }
        return condition;
    }

    Result<RunCondition> one() {
        if (word_.kind != Kind::Open) {
            return comparison();
        }
        const std::size_t opened = word_.column;
        if (++depth_ > condition_depth_max) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("column {}: more than {} parentheses within one another",
                                       opened, condition_depth_max));
        }
        TRY(next());
        TRY(RunCondition condition, any());
        if (word_.kind == Kind::End) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("column {}: the \"(\" is never closed", opened));
        }
        if (word_.kind != Kind::Close) {
            return instead("\"and\", \"or\" or \")\"");
        }
        --depth_;
        TRY(next());
        return condition;
    }

    Result<RunCondition> comparison() {
        if (word_.kind != Kind::Word || is("and") || is("or")) {
            return instead("a field like metric.f1, param.lr or status");
        }
        RunCondition condition;
        auto field = parse_run_field(word_.text);
        if (!field) {
            return tl::unexpected(
                std::move(field).error().within(fmt::format("column {}", word_.column)));
        }
        condition.field = *std::move(field);
        TRY(next());
        const auto sign = word_.kind == Kind::Sign ? relation_at(word_.text) : std::nullopt;
        if (!sign) {
            return instead("=, !=, <, <=, > or >=");
        }
        condition.relation = sign->relation;
        TRY(next());
        TRY(condition.wanted, value(condition.field));
        TRY(next());
        return condition;
    }

    Result<Scalar> value(const RunField& field) const {
        const bool in_quotes = word_.kind == Kind::Text;
        if (!in_quotes && (word_.kind != Kind::Word || is("and") || is("or"))) {
            return instead("a value");
        }
        Scalar wanted = in_quotes ? Scalar{word_.text, std::nullopt} : scalar_of(word_.text);
        if (field.is_number() && !MetricValue::parse(word_.text)) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("column {}: {} is a number, and {} is none", word_.column,
                                       clean_text(field.text(), name_bytes_max), word_.shown()));
        }
        if (field.is_number()) {
            wanted = scalar_of(word_.text);
        }
        return wanted;
    }

    ConditionWords words_;
    ConditionWord word_;
    std::size_t depth_ = 0;
};

// Words of trackers may be in any case of letters.
bool is_same(FieldKind kind, const std::string& found, const std::string& wanted) {
    return found == wanted || (kind == FieldKind::Tracker && is_tracker(found, wanted)) ||
           (kind == FieldKind::Status && same_word(found, wanted));
}

bool fits_comparison(const TrackerRun& run, const RunCondition& condition) {
    const auto found = value_of(run, condition.field);
    if (!found) {
        return false;
    }
    const Scalar& wanted = condition.wanted;
    const bool is_number = condition.field.is_number();
    // A text such as "1.10" is compared with what was written, not with the number that it is.
    const Scalar left = wanted.number || is_number ? *found : Scalar{found->text, std::nullopt};
    const bool alike = left.number.has_value() == wanted.number.has_value() &&
                       (!is_number || wanted.number); // NaN is below and above nothing
    const bool same = is_same(condition.field.kind, left.text, wanted.text);
    return holds(condition.relation, same ? 0 : compared(left, wanted), alike);
}

} // namespace

Result<RunCondition> parse_condition(std::string_view text) {
    if (text.size() > condition_bytes_max) {
        return failure(ErrorCode::InvalidInput, fmt::format("is {} bytes long, and may be {}",
                                                            text.size(), condition_bytes_max));
    }
    return Parser(text).whole();
}

bool fits(const TrackerRun& run, const RunCondition& condition) {
    const auto holds_for = [&](const RunCondition& part) { return fits(run, part); };
    const auto& parts = condition.parts;
    switch (condition.kind) {
    case RunCondition::Kind::Comparison:
        return fits_comparison(run, condition);
    case RunCondition::Kind::All:
        return std::all_of(parts.begin(), parts.end(), holds_for);
    case RunCondition::Kind::Any:
        return std::any_of(parts.begin(), parts.end(), holds_for);
    }
    return false;
}

std::vector<RunField> fields_in(const RunCondition& condition) {
    if (condition.kind == RunCondition::Kind::Comparison) {
        return {condition.field};
    }
    std::vector<RunField> fields;
    for (const RunCondition& part : condition.parts) {
        for (RunField& field : fields_in(part)) {
            fields.push_back(std::move(field));
        }
    }
    return fields;
}

} // namespace pedigree::cli
