#include "cli/app/complete.h"

#include <algorithm>

#include "cli/app/arguments.h"

namespace pedigree::cli {

namespace {

using Words = std::vector<std::string>;

// What was typed so far: the command, and the options that it takes.
struct Line {
    const Command* command = nullptr; // not named yet
    Syntax common;
    Words words;
    const std::vector<Command>& commands;

    const Parameter* option(const std::string& name) const {
        const Parameter* own = command == nullptr ? nullptr : command->syntax.option(name);
        return own == nullptr ? common.option(name) : own;
    }
};

Words command_names(const std::vector<Command>& commands) {
    Words names;
    for (const Command& command : commands) {
        names.push_back(command.texts.name);
    }
    names.emplace_back("help");
    return names;
}

Candidates values_of(const Parameter& parameter, const NameSource& names) {
    switch (parameter.source) {
    case Source::Words:
        return {parameter.words};
    case Source::Files:
        return {{}, true};
    case Source::Subjects: {
        Candidates candidates{names(Source::Experiments), true};
        for (std::string& name : candidates.words) {
            name.insert(0, "exp/");
        }
        return candidates;
    }
    case Source::Experiments:
    case Source::Projects:
    case Source::Namespaces:
        return {names(parameter.source)};
    case Source::Nowhere:
        break;
    }
    return {};
}

Words long_options(const Line& line) {
    Words all;
    const auto append = [&](const Syntax& syntax) {
        for (const Parameter& parameter : syntax.parameters()) {
            for (const std::string& name : parameter.option_names()) {
                if (name.starts_with("--")) {
                    all.push_back(name);
                }
            }
        }
    };
    if (line.command != nullptr) {
        append(line.command->syntax);
    }
    append(line.common);
    all.emplace_back("--help");
    return all;
}

// The argument that the word being typed is: counted by the words before it that are neither
// options nor their values; the last argument may be repeatable.
const Parameter* argument_at_end(const Line& line) {
    std::size_t place = 0;
    bool behind_command = false;
    for (std::size_t i = 0; i + 1 < line.words.size(); ++i) {
        const std::string& word = line.words[i];
        if (word.starts_with("-")) {
            const Parameter* option = line.option(word);
            i += option != nullptr && !option->is_flag() ? 1 : 0;
        } else if (!behind_command) {
            behind_command = true;
        } else {
            ++place;
        }
    }
    for (const Parameter& parameter : line.command->syntax.parameters()) {
        if (!parameter.is_argument()) {
            continue;
        }
        if (place == 0 || parameter.repeatable) {
            return &parameter;
        }
        --place;
    }
    return nullptr;
}

// "--for=condition=Fi" is an option and the beginning of its value.
Candidates joined_value(const Line& line, const std::string& typed, std::size_t equals,
                        const NameSource& names) {
    const Parameter* option = line.option(typed.substr(0, equals));
    if (option == nullptr || option->is_flag()) {
        return {};
    }
    Candidates candidates = values_of(*option, names);
    for (std::string& word : candidates.words) {
        word.insert(0, typed.substr(0, equals + 1));
    }
    return candidates;
}

Candidates all_candidates(const Line& line, const NameSource& names) {
    const std::string typed = line.words.empty() ? "" : line.words.back();
    const std::string before = line.words.size() < 2 ? "" : line.words[line.words.size() - 2];
    const Parameter* option = before.starts_with("-") ? line.option(before) : nullptr;
    if (option != nullptr && !option->is_flag()) {
        return values_of(*option, names);
    }
    if (typed.starts_with("-")) {
        const std::size_t equals = typed.find('=');
        return equals == std::string::npos ? Candidates{long_options(line)}
                                           : joined_value(line, typed, equals, names);
    }
    if (line.command == nullptr) { // "help" takes one, too
        return {command_names(line.commands)};
    }
    const Parameter* argument = argument_at_end(line);
    return argument == nullptr ? Candidates{} : values_of(*argument, names);
}

} // namespace

Candidates candidates_for(const Words& words, const std::vector<Command>& commands,
                          const NameSource& names) {
    CommonOptions unused;
    Line line{nullptr, common_syntax(unused), words, commands};
    for (std::size_t i = 0; i + 1 < words.size() && line.command == nullptr; ++i) {
        const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& each) {
            return each.texts.name == words[i];
        });
        line.command = found == commands.end() ? nullptr : &*found;
    }
    Candidates candidates = all_candidates(line, names);
    std::erase_if(candidates.words, [&](const std::string& word) {
        return !words.empty() && !word.starts_with(words.back());
    });
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
