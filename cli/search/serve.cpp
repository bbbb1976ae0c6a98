#include "cli/search/serve.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "cli/search/action.h"
#include "cli/search/history.h"
#include "cli/search/predict.h"
#include "pipeline/search/document/event_json.h"
#include "pipeline/search/document/read_study.h"
#include "pipeline/search/early_stopping.h"

namespace pedigree::cli {

namespace {

constexpr std::int64_t ask_count_max = 1000;

std::string error_line(const std::string& message) {
    return json_text({{"error", message}}, JsonForm::AsciiLine);
}

// Python's json writes values that are not finite as bare words, which are no JSON: as strings they
// are. What stands in strings stays.
std::string with_words_quoted(std::string_view line) {
    std::string text;
    bool in_string = false;
    for (std::size_t i = 0; i < line.size();) {
        const std::string_view rest = line.substr(i);
        std::size_t length = 0;
        for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
            length = !in_string && length == 0 && rest.starts_with(word) ? word.size() : length;
        }
        if (length != 0) {
            text += fmt::format("\"{}\"", rest.substr(0, length));
            i += length;
            continue;
        }
        if (in_string && rest.front() == '\\' && rest.size() > 1) { // an escaped character
            text += rest.front();
            ++i;
        } else if (rest.front() == '"') {
            in_string = !in_string;
        }
        text += line[i++];
    }
    return text;
}

Result<std::string> ask(std::int64_t count, search::Search& search, const EventRecorder& record) {
    Json trials = Json::array();
    for (const search::Suggestion& suggestion : search.suggest(static_cast<std::size_t>(count))) {
        const search::Event event = search::asked_from(suggestion);
        Json line = search::to_json(event);
        line["asked"]["reason"] = search::to_json(suggestion.reason);
        TRY(record(line));
        TRY(search.apply(event));
        trials.push_back(search::to_json(suggestion));
    }
    return json_text({{"trials", std::move(trials)}});
}

std::string best(search::Search& search) {
    const auto incumbent = search.best();
    return incumbent ? json_text(search::to_json(*incumbent))
                     : error_line("no trial has a value yet");
}

Result<std::string> happened(const Json& line, search::Search& search,
                             const EventRecorder& record) {
    const auto event = search::event_from(line);
    if (!event) {
        return error_line(event.error().message);
    }
    if (const auto applied = search.apply(*event); !applied) {
        return error_line(applied.error().message);
    }
    TRY(record(search::to_json(*event)));
    if (const auto* reported = std::get_if<search::Reported>(&*event)) {
        const auto decision =
            search::stop_decision(search.study(), search.trials(), reported->trial);
        Json stop{{"stop", decision.stop}};
        if (decision.stop) {
            stop["reason"] = decision.reason;
        }
        return json_text(stop);
    }
    return std::string();
}

} // namespace

Result<std::string> answer(std::string_view line, search::Search& search,
                           const EventRecorder& record) {
    const auto document = parse_json(with_words_quoted(line));
    if (!document) {
        return error_line(document.error().message);
    }
    if (!document->is_object() || document->size() != 1) {
        return error_line("a line is an object with one of ask, tell, report, best");
    }
    const std::string& word = document->begin().key();
    const Json& content = document->begin().value();
    if (word == "ask") {
        const bool fits = content.is_number_integer() && content.get<std::int64_t>() >= 1 &&
                          content.get<std::int64_t>() <= ask_count_max;
        return fits ? ask(content.get<std::int64_t>(), search, record)
                    : error_line(fmt::format("ask wants a number from 1 to {}", ask_count_max));
    }
    if (word == "best") {
        return best(search);
    }
    if (word == "tell" || word == "report") {
        return happened(*document, search, record);
    }
    return error_line(fmt::format("\"{}\" is none of ask, tell, report, best", word));
}

Status serve(search::Search& search, std::istream& in, std::ostream& out,
             const EventRecorder& record) {
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) {
            continue;
        }
        TRY(const std::string text, answer(line, search, record));
        if (!text.empty()) {
            out << text << std::endl; // the other side waits for it
        }
    }
    return {};
}

namespace {

Status leaves_input_free(const SearchOptions& options) {
    return options.file == "-"
               ? failure(ErrorCode::InvalidInput, "standard input is the conversation")
               : Status();
}

// The first trial's values, as `parameters` in an Experiment; here all of them are the search's.
Result<search::Study> begun_with(search::Study study, const std::vector<std::string>& assignments) {
    TRY(const auto first, parameters_from(assignments, study.space));
    for (const auto& [name, value] : first) {
        const auto& dimensions = study.space.dimensions;
        if (std::none_of(dimensions.begin(), dimensions.end(),
                         [&name = name](const auto& each) { return each.name == name; })) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("--parameters: the search has no \"{}\"", name));
        }
    }
    return search::with_first(std::move(study), first);
}

Result<ExitCode> serve_input(const SearchOptions& options, const search::Study& study,
                             Terminal& terminal) {
    TRY(search::Study begun, begun_with(study, options.parameters));
    TRY(search::Search search, begin_search(options, std::move(begun)));
    std::optional<HistoryFile> history;
    if (!options.history.empty()) {
        TRY(history, HistoryFile::open(options.history, search));
    }
    TRY(serve(search, std::cin, terminal.out,
              [&](const Json& line) { return history ? history->append(line) : Status(); }));
    return ExitCode::Ok;
}

} // namespace

SearchAction serve_action() {
    return {"serve", "answer JSON lines", false, leaves_input_free, serve_input};
}

} // namespace pedigree::cli
