#include "cli/app/complete.h"

#include <algorithm>
#include <optional>

#include "cli/app/arguments.h"
#include "cli/app/format.h"
#include "cli/app/subcommands.h"

namespace pedigree::cli {

namespace {

using Words = std::vector<std::string>;

// What the value of an option is; nothing: it takes no value that could be completed.
std::optional<Candidates> value_of(const std::string& command, const std::string& option,
                                   const NameSource& names) {
    if (option == "-n" || option == "--namespace") {
        return Candidates{names(NameKind::Namespaces)};
    }
    if (option == "--project") {
        return Candidates{names(NameKind::Projects)};
    }
    if (option == "--kubeconfig" || option == "--filename" || option == "--history" ||
        option == "--earlier" || option == "--source" || option == "--wheels" ||
        option == "--ca-file" || option == "--python" ||
        (option == "-f" && (command == "run" || command == "plan")) ||
        (command == "lock" && (option == "-o" || option == "--output"))) {
        return Candidates{{}, true};
    }
    if (option == "--against") {
        return Candidates{{"base"}};
    }
    if (option == "--color") {
        return Candidates{{"auto", "never", "always"}};
    }
    if (option == "--for") {
        return Candidates{{"condition=Finished", "condition=Succeeded", "condition=ImageReady",
                           "condition=Running", "condition=LineageRecorded", "delete"}};
    }
    if (option == "--sort") {
        return Candidates{{"trial", "value", "duration"}};
    }
    if (option == "--filter") {
        return Candidates{{"state=Completed", "state=Failed", "state=Running", "state=Stopped",
                           "failure=OutOfMemory"}};
    }
    if (option == "-o" || option == "--output" || option == "--format") {
        return Candidates{formats_of(command)};
    }
    for (const OptionName& each : options_of(command)) {
        if (each.name == option && each.takes_value) {
            return Candidates{};
        }
    }
    return std::nullopt;
}

Candidates argument_of(const std::string& command, const NameSource& names) {
    if (command == "get" || command == "wait" || command == "logs" || command == "describe" ||
        command == "trials") {
        return {names(NameKind::Experiments)};
    }
    if (command == "trace" || command == "compare") {
        Candidates candidates{{}, true};
        for (const std::string& name : names(NameKind::Experiments)) {
            candidates.words.push_back("exp/" + name);
        }
        return candidates;
    }
    if (command == "lint" || command == "search" || command == "lock") {
        return {{}, true};
    }
    return command == "completion" ? Candidates{{"bash", "zsh", "fish", "kubectl"}} : Candidates{};
}

} // namespace

Candidates candidates_for(const Words& words, const NameSource& names) {
    const std::string typed = words.empty() ? "" : words.back();
    const std::string before = words.size() < 2 ? "" : words[words.size() - 2];
    std::string command;
    for (std::size_t i = 0; i + 1 < words.size() && command.empty(); ++i) {
        for (const Subcommand& each : subcommands()) {
            command = each.name == words[i] ? each.name : command;
        }
    }
    Candidates candidates;
    if (auto value = before.starts_with("-") ? value_of(command, before, names) : std::nullopt) {
        candidates = *std::move(value);
    } else if (typed.starts_with("-")) {
        for (const OptionName& option : options_of(command)) {
            if (option.name.starts_with("--")) {
                candidates.words.push_back(option.name);
            }
        }
    } else if (command.empty()) {
        for (const Subcommand& each : subcommands()) {
            candidates.words.push_back(each.name);
        }
    } else {
        candidates = argument_of(command, names);
    }
    std::erase_if(candidates.words,
                  [&](const std::string& word) { return !word.starts_with(typed); });
    return candidates;
}

std::string namespace_in(const Words& words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        constexpr std::string_view joined = "--namespace=";
        if (words[i].starts_with(joined)) {
            return words[i].substr(joined.size());
        }
        // The word being typed is no value yet.
        if ((words[i] == "-n" || words[i] == "--namespace") && i + 2 < words.size()) {
            return words[i + 1];
        }
    }
    return "";
}

} // namespace pedigree::cli
