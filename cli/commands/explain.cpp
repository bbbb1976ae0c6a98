// pedigree explain: what a reason or an error's code means, and what to do about it.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/explanation.h"
#include "cli/app/table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> words; // none: list all
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    std::vector<std::string> known;
    for (const Explanation& explanation : all_explanations()) {
        known.push_back(explanation.word);
    }
    syntax
        .values("words", options.words, "CODE|REASON",
                "Such as E0120 or WaitingForGpu; none: all that there are")
        .such_as(std::move(known));
    syntax.format(options.format, {Format::Table, Format::Json});
}

Result<const Explanation*> explanation_of(const std::string& word) {
    if (const Explanation* found = find_explanation(word)) {
        return found;
    }
    std::vector<std::string> known;
    for (const Explanation& explanation : all_explanations()) {
        known.push_back(explanation.word);
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("there is no reason or code \"{}\"{}; pedigree explain lists them",
                               word, did_you_mean(word, known)));
}

std::string text_of(const Explanation& explanation, bool in_colour) {
    std::string text =
        coloured(explanation.word, Colour::Bold, in_colour) + "  (" + explanation.about + ")\n";
    for (const auto& [name, words] : explanation.lines) {
        text += fmt::format("  {}: {}\n", name, words);
    }
    return text;
}

Json json_of(const Explanation& explanation) {
    Json lines = Json::array();
    for (const auto& [name, words] : explanation.lines) {
        lines.push_back({{"name", name}, {"text", words}});
    }
    return {{"word", explanation.word}, {"about", explanation.about}, {"lines", std::move(lines)}};
}

std::string list_text(const Terminal& terminal) {
    Table table{{"WORD", "ABOUT", "MEANING"}, {}};
    for (const Explanation& explanation : all_explanations()) {
        table.rows.push_back({{explanation.word},
                              {explanation.about},
                              {explanation.lines.empty() ? "" : explanation.lines.front().second}});
    }
    return render(table, terminal);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    std::vector<const Explanation*> chosen;
    for (const std::string& word : options.words) {
        TRY(const Explanation* found, explanation_of(word));
        chosen.push_back(found);
    }
    if (options.format == Format::Json) {
        Json items = Json::array();
        for (const Explanation& explanation : all_explanations()) {
            const bool is_chosen =
                std::find(chosen.begin(), chosen.end(), &explanation) != chosen.end();
            if (chosen.empty() || is_chosen) {
                items.push_back(json_of(explanation));
            }
        }
        const Json list = enveloped("ExplanationList", {{"items", std::move(items)}});
        terminal.out << document_text(list, Format::Json);
        return ExitCode::Ok;
    }
    if (chosen.empty()) {
        terminal.out << list_text(terminal);
    }
    for (const Explanation* explanation : chosen) {
        terminal.out << (explanation == chosen.front() ? "" : "\n")
                     << text_of(*explanation, terminal.out_coloured);
    }
    return ExitCode::Ok;
}

} // namespace

Command explain_command() {
    return define_command<Options>(
        {"explain", "says what a reason or an error's code means, and what to do about it",
         "  {} explain WaitingForGpu\n"
         "  {} explain E0120"},
        describe, perform);
}

} // namespace pedigree::cli
