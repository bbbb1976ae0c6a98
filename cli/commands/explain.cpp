// pedigree explain: what a reason or an error's code means, and what to do about it.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/manual.h"
#include "cli/app/table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> words; // none: list all
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    std::vector<std::string> known;
    for (const ManualEntry& entry : manual_entries()) {
        known.push_back(entry.word);
    }
    syntax
        .values("words", options.words, "CODE|REASON",
                "Such as E0120 or WaitingForGpu; none: all that there are")
        .such_as(std::move(known));
    syntax.format(options.format, {Format::Table, Format::Json});
}

Result<const ManualEntry*> entry_of(const std::string& word) {
    if (const ManualEntry* found = find_manual_entry(word)) {
        return found;
    }
    std::vector<std::string> known;
    for (const ManualEntry& entry : manual_entries()) {
        known.push_back(entry.word);
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("there is no reason or code \"{}\"{}; pedigree explain lists them",
                               word, did_you_mean(word, known)));
}

std::string text_of(const ManualEntry& entry, bool in_colour) {
    std::string text = coloured(entry.word, Colour::Bold, in_colour) + "  (" + entry.about + ")\n";
    for (const auto& [name, words] : entry.lines) {
        text += fmt::format("  {}: {}\n", name, words);
    }
    return text;
}

Json json_of(const ManualEntry& entry) {
    Json lines = Json::array();
    for (const auto& [name, words] : entry.lines) {
        lines.push_back({{"name", name}, {"text", words}});
    }
    return {{"word", entry.word}, {"about", entry.about}, {"lines", std::move(lines)}};
}

std::string list_text(const Terminal& terminal) {
    Table table{{"WORD", "ABOUT", "MEANING"}, {}};
    for (const ManualEntry& entry : manual_entries()) {
        table.rows.push_back(
            {{entry.word}, {entry.about}, {entry.lines.empty() ? "" : entry.lines.front().second}});
    }
    return render(table, terminal);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    std::vector<const ManualEntry*> chosen;
    for (const std::string& word : options.words) {
        TRY(const ManualEntry* found, entry_of(word));
        chosen.push_back(found);
    }
    if (options.format == Format::Json) {
        Json items = Json::array();
        for (const ManualEntry& entry : manual_entries()) {
            const bool is_chosen = std::find(chosen.begin(), chosen.end(), &entry) != chosen.end();
            if (chosen.empty() || is_chosen) {
                items.push_back(json_of(entry));
            }
        }
        const Json list = enveloped("ExplanationList", {{"items", std::move(items)}});
        terminal.out << document_text(list, Format::Json);
        return ExitCode::Ok;
    }
    if (chosen.empty()) {
        terminal.out << list_text(terminal);
    }
    for (const ManualEntry* entry : chosen) {
        terminal.out << (entry == chosen.front() ? "" : "\n")
                     << text_of(*entry, terminal.out_coloured);
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
