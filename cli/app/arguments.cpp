#include "cli/app/arguments.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace pedigree::cli {

namespace {

constexpr const char* summary =
    "runs Experiments on Kubernetes and answers where a model comes from";

// Begins every help text with the command as it was called and what it does.
class HelpText : public CLI::Formatter {
  public:
    std::string make_description(const CLI::App* app) const override {
        const CLI::App* parent = app->get_parent();
        const std::string path =
            parent == nullptr ? app->get_name() : parent->get_name() + " " + app->get_name();
        return path + ": " + app->get_description() + "\n";
    }
};

// The name under which an error speaks of it: "--output", or an argument's placeholder.
std::string shown_name(const Parameter& parameter) {
    return parameter.is_argument() ? parameter.placeholder : parameter.option_names().back();
}

void take(const Parameter& parameter, const std::string& value) {
    if (const Status taken = parameter.accept(value); !taken) {
        throw CLI::ValidationError(shown_name(parameter), taken.error().message);
    }
}

CLI::Option* add_parameter(CLI::App& app, const Parameter& parameter) {
    if (parameter.is_flag()) {
        return app.add_flag_callback(
            parameter.names, [&parameter] { take(parameter, ""); }, parameter.text);
    }
    if (parameter.repeatable) {
        return app.add_option_function<std::vector<std::string>>(
            parameter.names,
            [&parameter](const std::vector<std::string>& values) {
                for (const std::string& value : values) {
                    take(parameter, value);
                }
            },
            parameter.text);
    }
    return app.add_option_function<std::string>(
        parameter.names, [&parameter](const std::string& value) { take(parameter, value); },
        parameter.text);
}

void add_syntax(CLI::App& app, const Syntax& syntax) {
    for (const Parameter& parameter : syntax.parameters()) {
        CLI::Option& option = *add_parameter(app, parameter);
        if (!parameter.is_flag()) {
            option.type_name(parameter.placeholder);
        }
        if (parameter.repeatable && !parameter.is_argument()) {
            option.allow_extra_args(false); // one value each time it is given
        }
        if (parameter.count_min > 0) {
            option.required();
        }
        if (parameter.count_min > 1) {
            option.expected(static_cast<int>(parameter.count_min),
                            CLI::detail::expected_max_vector_size);
        }
        if (!parameter.environment.empty()) {
            option.envname(parameter.environment);
        }
        if (!parameter.usual.empty()) {
            option.default_str(parameter.usual);
        }
    }
    for (const Parameter& parameter : syntax.parameters()) {
        if (!parameter.excludes.empty()) {
            app.get_option(parameter.option_names().back())->excludes(parameter.excludes);
        }
    }
}

// CLI11's parser, made of the descriptions.
struct Parser {
    CLI::App app{summary};
    CommonOptions common;
    Syntax common_options = common_syntax(common);
    std::vector<Command> commands;

    Parser(const std::string& name, std::vector<Command> all) : commands(std::move(all)) {
        app.name(name);
        app.formatter(std::make_shared<HelpText>());
        app.require_subcommand(1);
        app.set_help_flag("-h,--help", "Print this help and end");
        app.set_version_flag("--version", "pedigree " PEDIGREE_VERSION "\n",
                             "Print the version and end");
        app.footer("\"" + name + " help COMMAND\" says what a command takes.");
        add_syntax(app, common_options);
        for (const Command& each : commands) {
            CLI::App& command = *app.add_subcommand(each.texts.name, each.texts.summary);
            add_syntax(command, each.syntax);
            add_syntax(command, common_options);
            if (!each.texts.examples.empty()) {
                command.footer("Examples:\n" +
                               CLI::detail::find_and_replace(each.texts.examples, "{}", name));
            }
        }
    }

    // nullptr: none was named.
    Command* chosen() {
        const auto named = app.get_subcommands();
        for (Command& each : commands) {
            if (!named.empty() && each.texts.name == named.front()->get_name()) {
                return &each;
            }
        }
        return nullptr;
    }

    std::string problem(const std::string& what_cli11_says);
};

std::vector<std::string> names_of(const std::vector<Command>& commands) {
    std::vector<std::string> names{"help"};
    for (const Command& command : commands) {
        names.push_back(command.texts.name);
    }
    return names;
}

void append_options(std::vector<std::string>& names, const Syntax& syntax) {
    for (const Parameter& parameter : syntax.parameters()) {
        for (std::string& name : parameter.option_names()) {
            names.push_back(std::move(name));
        }
    }
}

// What is wrong with the line; a word that nobody knows is named first, since the rest of what is
// wrong may follow from it.
std::string Parser::problem(const std::string& what_cli11_says) {
    const std::vector<std::string> left = app.remaining(true);
    const Command* command = chosen();
    if (left.empty()) {
        return command == nullptr ? "name a command" : what_cli11_says;
    }
    const std::string word = left.front().substr(0, left.front().find('='));
    if (word.starts_with("-")) {
        std::vector<std::string> known;
        append_options(known, common_options);
        if (command != nullptr) {
            append_options(known, command->syntax);
        }
        return fmt::format("there is no option {}{}", word, did_you_mean(word, known));
    }
    if (command == nullptr) {
        return fmt::format("there is no command \"{}\"{}", left.front(),
                           did_you_mean(left.front(), names_of(commands)));
    }
    return fmt::format("\"{}\" is one word too many", left.front());
}

// "help trace" asks for what "trace --help" prints.
std::vector<std::string> without_help_word(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    return words;
}

} // namespace

Syntax common_syntax(CommonOptions& options) {
    Syntax syntax;
    syntax.value("-n,--namespace", options.cluster.name_space, "NAME", "Namespace")
        .from(Source::Namespaces);
    syntax.value("--kubeconfig", options.cluster.kubeconfig, "FILE", "Kubeconfig file")
        .from(Source::Files);
    syntax.value("--context", options.cluster.context, "NAME", "Context of the kubeconfig");
    const auto take_colour = [&options](const std::string& word) -> Status {
        options.colour = word == "always"  ? ColourMode::Always
                         : word == "never" ? ColourMode::Never
                                           : ColourMode::Auto;
        return {};
    };
    syntax.taken("--color", take_colour, "WHEN", "Colours: auto, never, always")
        .one_of({"auto", "never", "always"});
    return syntax;
}

Parsed parse_arguments(std::string_view program, const std::vector<std::string>& arguments,
                       std::vector<Command> commands) {
    const std::string name = command_name(program);
    Parser parser(name, std::move(commands));
    const auto usage = [&](const std::string& problem) {
        const Command* command = parser.chosen();
        const std::string help = command == nullptr ? name : name + " " + command->texts.name;
        return Parsed{std::nullopt,
                      fmt::format("error: {}; see \"{} --help\"\n", printable(problem), help),
                      ExitCode::Usage};
    };
    try {
        std::vector<std::string> words = without_help_word(arguments);
        std::reverse(words.begin(), words.end()); // as CLI11 wants them
        parser.app.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
        return {std::nullopt, parser.app.help(), ExitCode::Ok};
    } catch (const CLI::CallForVersion& version) {
        return {std::nullopt, version.what(), ExitCode::Ok};
    } catch (const CLI::ParseError& error) {
        return usage(parser.problem(error.what()));
    }
    Command& command = *parser.chosen();
    if (const Status fits = command.syntax.checked(); !fits) {
        return usage(fits.error().message);
    }
    return {Invocation{parser.common, command}, "", ExitCode::Ok};
}

std::string command_name(std::string_view program) {
    const std::size_t slash = program.rfind('/');
    const std::string_view base =
        slash == std::string_view::npos ? program : program.substr(slash + 1);
    return base.starts_with("kubectl-") ? "kubectl pedigree" : "pedigree";
}

} // namespace pedigree::cli
