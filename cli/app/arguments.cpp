#include "cli/app/arguments.h"

#include <functional>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/app/format.h"
#include "cli/app/subcommands.h"
#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

constexpr const char* summary =
    "runs Experiments on Kubernetes and answers where a model comes from";
constexpr const char* complete_word = "__complete";

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

// Gives the Command once the line was read into its options.
using Maker = std::function<Command()>;

// The first of the formats is the default.
void add_format(CLI::App& app, Format& format, const std::string& names = "-o,--output") {
    const std::vector<Format>& allowed = allowed_formats(app.get_name());
    const std::vector<std::string> words = formats_of(app.get_name());
    format = allowed.front();
    app.add_option_function<std::string>(
           names,
           [&format, &allowed](const std::string& word) {
               for (const Format each : allowed) {
                   format = word_of(each) == word ? each : format;
               }
           },
           fmt::format("Output: {}", fmt::join(words, ", ")))
        ->check(CLI::IsMember(words).description(""))
        ->type_name("FORMAT");
}

void add_follow(CLI::App& app, const std::string& names, Follow& follow, const std::string& text) {
    app.add_flag_callback(names, [&follow] { follow = Follow::Yes; }, text);
}

void add_registry(CLI::App& app, std::string& ca_file, std::vector<std::string>& plain_hosts) {
    app.add_option("--ca-file", ca_file, "Trust these CAs alone")->type_name("FILE");
    app.add_option("--plain-http", plain_hosts, "A registry without TLS; repeatable")
        ->type_name("HOST")
        ->allow_extra_args(false);
}

Maker define_run(CLI::App& app) {
    auto options = std::make_shared<RunOptions>();
    app.add_option("-f,--filename", options->file,
                   "The Experiment, YAML or JSON; - is standard input. Its own name is not used: "
                   "the execution is called <project>-<n>")
        ->required()
        ->type_name("FILE");
    auto* commit = app.add_option("--commit", options->changes.commit,
                                  "Run this commit (40 hex digits) instead of the source's ref")
                       ->type_name("SHA");
    app.add_flag("--dirty", options->dirty,
                 "Run the current folder as it is, changes and new files included: a snapshot of "
                 "it is pushed to the source's repository, and no branch changes")
        ->excludes(commit);
    app.add_option("--set", options->changes.assignments,
                   "Change one field of spec; may be given several times")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--project", options->changes.project, "Run it in this project")
        ->type_name("NAME");
    add_follow(app, "--follow", options->follow,
               "Show what happens until the end; exit code 1 if it fails");
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_get(CLI::App& app) {
    auto options = std::make_shared<GetOptions>();
    app.add_option("names", options->names, "Experiments; none: all of them")->type_name("NAME");
    app.add_flag("-A,--all-namespaces", options->all_namespaces, "Of all namespaces");
    app.add_option("--project", options->project, "Only of this project")->type_name("NAME");
    app.add_option("-l,--selector", options->selector, "Only with these labels")
        ->type_name("LABELS");
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_wait(CLI::App& app) {
    auto options = std::make_shared<WaitOptions>();
    app.add_option("names", options->names, "Experiments")->required()->type_name("NAME");
    app.add_option("--for", options->what, "condition=TYPE[=STATUS], phase=PHASE or delete")
        ->type_name("WHAT")
        ->capture_default_str();
    app.add_option_function<std::string>(
           "--timeout",
           [options](const std::string& text) {
               const auto timeout = parse_duration(text);
               if (!timeout) {
                   throw CLI::ValidationError("--timeout", timeout.error().message);
               }
               options->timeout = *timeout;
           },
           "Give up after this long, such as 10m; 0: never")
        ->type_name("TIME");
    return [options] { return *options; };
}

Maker define_trace(CLI::App& app) {
    auto options = std::make_shared<TraceOptions>();
    app.add_option("subject", options->subject,
                   "exp/NAME, a file or folder, sha256:..., image:..., commit:... or run:ID")
        ->required()
        ->type_name("SUBJECT");
    app.add_option("--as-of", options->as_of, "As it was known at this position of the ledger")
        ->check(CLI::NonNegativeNumber.description(""))
        ->type_name("N");
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_find(CLI::App& app) {
    auto options = std::make_shared<FindOptions>();
    app.add_option("--project", options->project, "Only of this project")->type_name("NAME");
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_lint(CLI::App& app) {
    auto options = std::make_shared<LintOptions>();
    app.add_option("files", options->files, "Documents; - is standard input")
        ->required()
        ->type_name("FILE");
    return [options] { return *options; };
}

Maker define_logs(CLI::App& app) {
    auto options = std::make_shared<LogsOptions>();
    app.add_option("name", options->name, "Experiment")->type_name("NAME");
    app.add_flag("--latest", options->latest, "The youngest Experiment");
    add_follow(app, "-f,--follow", options->follow,
               "Wait for the start, follow retries, return at the end");
    app.add_option("--trial", options->trial, "This trial of a search, counted from 1")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("N");
    app.add_option("--attempt", options->attempt, "This attempt; none: the last one")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("N");
    app.callback([options] {
        if (options->name.empty() != options->latest) {
            throw CLI::ValidationError("logs",
                                       "name one Experiment, or give --latest instead of a name");
        }
    });
    return [options] { return *options; };
}

Maker define_describe(CLI::App& app) {
    auto options = std::make_shared<DescribeOptions>();
    app.add_option("name", options->name, "Experiment")->required()->type_name("NAME");
    return [options] { return *options; };
}

Maker define_trials(CLI::App& app) {
    auto options = std::make_shared<TrialsOptions>();
    app.add_option("name", options->name, "Experiment")->required()->type_name("NAME");
    app.add_option("--filter", options->filters,
                   "Only trials like state=Failed or 'train.lr>0.01'; may be given several times")
        ->type_name("FIELD=VALUE")
        ->allow_extra_args(false);
    app.add_option("--sort", options->sort,
                   "trial, value (best first), duration (longest first), or a parameter")
        ->type_name("FIELD")
        ->capture_default_str();
    app.add_option("--limit", options->limit, "At most so many")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("N");
    app.add_flag("--all-parameters", options->all_parameters, "Also those that never vary");
    app.add_flag("--importance", options->importance, "Instead: how much each parameter matters");
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_compare(CLI::App& app) {
    auto options = std::make_shared<CompareOptions>();
    app.add_option("subjects", options->subjects,
                   "exp/NAME, exp/NAME/TRIAL, a model's folder or sha256:...")
        ->required()
        ->expected(2, CLI::detail::expected_max_vector_size)
        ->type_name("SUBJECT");
    app.add_flag("--all", options->all, "Also what is the same in all");
    add_format(app, options->format);
    return [options] { return *options; };
}

// What one action needs and another has no use for.
void check_search(const SearchOptions& options, const std::string& to) {
    const bool reads_history =
        options.action == SearchAction::Explain || options.action == SearchAction::Predict;
    if (reads_history && options.history.empty()) {
        throw CLI::ValidationError("search", "--history names what to learn from");
    }
    if (options.action == SearchAction::Predict && options.parameters.empty()) {
        throw CLI::ValidationError("search predict", "--parameters says of what");
    }
    if (options.action == SearchAction::Serve && options.file == "-") {
        throw CLI::ValidationError("search serve", "standard input is the conversation");
    }
    if ((options.action == SearchAction::Export) != (to == "hparams")) {
        throw CLI::ValidationError("search export", "goes with --to hparams");
    }
}

Maker define_search(CLI::App& app) {
    auto options = std::make_shared<SearchOptions>();
    static const std::map<std::string, SearchAction> actions{{"serve", SearchAction::Serve},
                                                             {"explain", SearchAction::Explain},
                                                             {"predict", SearchAction::Predict},
                                                             {"simulate", SearchAction::Simulate},
                                                             {"export", SearchAction::Export}};
    app.add_option_function<std::string>(
           "action", [options](const std::string& word) { options->action = actions.at(word); },
           "serve: answer JSON lines; explain: show a history; predict: what a trial would come to; "
           "simulate: try it on random functions; export: as another tool has it")
        ->required()
        ->check(CLI::IsMember(actions).description(""))
        ->type_name("ACTION");
    app.add_option("file", options->file, "What stands under search: in an Experiment")
        ->required()
        ->type_name("FILE");
    app.add_option("--seed", options->seed, "Instead of algorithm.seed")
        ->check(CLI::NonNegativeNumber.description(""))
        ->type_name("N");
    app.add_option("--history", options->history,
                   "Keep what happens in this file, and go on from what it holds")
        ->type_name("FILE");
    app.add_option("--earlier", options->earlier,
                   "Learn from the histories of earlier searches; a folder: its *.jsonl")
        ->type_name("FILE");
    app.add_option("--parameters", options->parameters, "What to predict: NAME=VALUE,...")
        ->delimiter(',')
        ->type_name("LIST");
    const auto to = std::make_shared<std::string>();
    app.add_option("--to", *to, "Whose form to export: hparams")
        ->check(CLI::IsMember({"hparams"}).description(""))
        ->type_name("TOOL");
    add_format(app, options->format);
    app.callback([options, to] { check_search(*options, *to); });
    return [options] { return *options; };
}

Maker define_verify(CLI::App& app) {
    auto options = std::make_shared<VerifyOptions>();
    app.add_option("subject", options->subject, "image:HOST/REPOSITORY@sha256:...")
        ->required()
        ->type_name("SUBJECT");
    app.add_option("--source", options->source, "Code: a repository that has the commit")
        ->type_name("DIR");
    app.add_option("--wheels", options->wheels, "Wheels: this folder")->type_name("DIR");
    app.add_option("--index", options->index, "Wheels that are not there: this package index")
        ->envname("PIP_INDEX_URL")
        ->type_name("URL");
    app.add_option("--provenance", options->provenance, "Follow this one, as the trace names it")
        ->type_name("DIGEST");
    add_registry(app, options->ca_file, options->plain_http_hosts);
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_lock(CLI::App& app) {
    auto options = std::make_shared<LockOptions>();
    app.add_option("requirements", options->requirements,
                   "What is wanted, as pip install -r has it")
        ->required()
        ->type_name("REQUIREMENTS");
    app.add_option("--base", options->base, "HOST/REPOSITORY@sha256:...: the lock is for this one")
        ->required()
        ->type_name("IMAGE");
    app.add_option("-o,--output", options->output, "Write the lock here; none: standard output")
        ->type_name("FILE");
    app.add_option("--python", options->python,
                   "Its pip resolves; none: that of the base's release")
        ->type_name("FILE");
    add_registry(app, options->ca_file, options->plain_http_hosts);
    add_format(app, options->format, "--format");
    return [options] { return *options; };
}

Maker define_plan(CLI::App& app) {
    auto options = std::make_shared<PlanOptions>();
    // What else could be planned is not there yet; the word keeps its place.
    app.add_flag_callback("--image", [] {}, "Plan the image")->required();
    app.add_option("-f,--filename", options->file,
                   "The Experiment, YAML or JSON; - is standard input")
        ->required()
        ->type_name("FILE");
    app.add_option("--commit", options->commit,
                   "Plan this commit (40 hex digits) instead of the source's ref")
        ->type_name("SHA");
    app.add_option("--against", options->against,
                   "Hold it against this image, or \"base\"; none: the project's last image")
        ->type_name("IMAGE");
    app.add_option("--source", options->source, "Code: a repository that has the ref or commit")
        ->type_name("DIR");
    app.add_option("--index", options->index, "Wheels, if packages change: this package index")
        ->envname("PIP_INDEX_URL")
        ->type_name("URL");
    add_registry(app, options->ca_file, options->plain_http_hosts);
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_version(CLI::App& app) {
    auto options = std::make_shared<VersionOptions>();
    add_format(app, options->format);
    return [options] { return *options; };
}

Maker define_completion(CLI::App& app) {
    auto options = std::make_shared<CompletionOptions>();
    app.add_option("shell", options->shell, "bash, zsh, fish or kubectl")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish", "kubectl"}).description(""))
        ->type_name("SHELL");
    return [options] { return *options; };
}

Maker define(const std::string& subcommand, CLI::App& app) {
    static const std::map<std::string, Maker (*)(CLI::App&)> definitions{
        {"run", define_run},         {"get", define_get},
        {"wait", define_wait},       {"trace", define_trace},
        {"find", define_find},       {"trials", define_trials},
        {"compare", define_compare}, {"lint", define_lint},
        {"logs", define_logs},       {"describe", define_describe},
        {"search", define_search},   {"verify", define_verify},
        {"lock", define_lock},       {"plan", define_plan},
        {"version", define_version}, {"completion", define_completion}};
    return definitions.at(subcommand)(app);
}

// The parser and the values it writes to.
struct Parser {
    CLI::App app{summary};
    ClusterOptions cluster;
    ColourMode colour = ColourMode::Auto;
    std::vector<Maker> makers; // one for each subcommand

    explicit Parser(const std::string& name) {
        app.name(name);
        app.formatter(std::make_shared<HelpText>());
        app.require_subcommand(1);
        app.set_help_flag("-h,--help", "Print this help and end");
        add_common(app);
        for (const Subcommand& subcommand : subcommands()) {
            CLI::App& command = *app.add_subcommand(subcommand.name, subcommand.summary);
            makers.push_back(define(subcommand.name, command));
            add_common(command);
            if (!subcommand.examples.empty()) {
                command.footer("Examples:\n" +
                               CLI::detail::find_and_replace(subcommand.examples, "{}", name));
            }
        }
    }

    void add_common(CLI::App& target) {
        target.add_option("-n,--namespace", cluster.in_namespace, "Namespace")->type_name("NAME");
        target.add_option("--kubeconfig", cluster.kubeconfig, "Kubeconfig file")->type_name("FILE");
        target.add_option("--context", cluster.context, "Context of the kubeconfig")
            ->type_name("NAME");
        target
            .add_option_function<std::string>(
                "--color",
                [this](const std::string& word) {
                    colour = word == "always"  ? ColourMode::Always
                             : word == "never" ? ColourMode::Never
                                               : ColourMode::Auto;
                },
                "Colours: auto, never, always")
            ->check(CLI::IsMember({"auto", "never", "always"}).description(""))
            ->type_name("WHEN");
    }

    Invocation invocation() const {
        const std::string chosen = app.get_subcommands().front()->get_name();
        std::size_t index = 0;
        while (subcommands()[index].name != chosen) {
            ++index;
        }
        return {cluster, colour, makers[index]()};
    }
};

} // namespace

Parsed parse_arguments(std::string_view program, const std::vector<std::string>& arguments) {
    if (!arguments.empty() && arguments.front() == complete_word) {
        Invocation invocation;
        invocation.command = CompleteOptions{{arguments.begin() + 1, arguments.end()}};
        return {std::move(invocation), "", ExitCode::Ok};
    }
    const std::string name = command_name(program);
    Parser parser(name);
    try {
        parser.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        return {parser.invocation(), "", ExitCode::Ok};
    } catch (const CLI::CallForHelp&) {
        return {std::nullopt, parser.app.help(), ExitCode::Ok};
    } catch (const CLI::ParseError& error) {
        return {std::nullopt, fmt::format("error: {}; see \"{} --help\"\n", error.what(), name),
                ExitCode::Usage};
    }
}

std::vector<OptionName> options_of(std::string_view subcommand) {
    const Parser parser("pedigree");
    std::vector<OptionName> result;
    for (const CLI::App* command :
         parser.app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_name() != subcommand) {
            continue;
        }
        for (const CLI::Option* option : command->get_options()) {
            const bool takes_value = option->get_items_expected_max() > 0;
            for (const std::string& name : option->get_lnames()) {
                result.push_back({"--" + name, takes_value});
            }
            for (const std::string& name : option->get_snames()) {
                result.push_back({"-" + name, takes_value});
            }
        }
    }
    return result;
}

} // namespace pedigree::cli
