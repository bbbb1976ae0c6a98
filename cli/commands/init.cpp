// pedigree init: an Experiment for the script of a folder.

#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "cli/app/command.h"
#include "cli/init/answers.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"

namespace pedigree::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string folder = ".";
    GivenAnswers given;
    std::string repository, project;
    std::string file = "experiment.yaml";
    bool force = false;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("folder", options.folder, "FOLDER", "Where the script lies")
        .from(Source::Files)
        .usually("the current one");
    const auto given = [&](const char* names, std::optional<std::string>& answer,
                           const char* placeholder, const char* text) -> Parameter& {
        const auto take = [&answer](const std::string& value) -> Status {
            answer = value;
            return {};
        };
        return syntax.taken(names, take, placeholder, text);
    };
    GivenAnswers& all = options.given;
    given("--base", all.base, "IMAGE", "HOST/REPOSITORY@sha256:...: what it trains on");
    given("--script", all.script, "FILE", "What Python runs").from(Source::Files);
    given("--data", all.data, "URI", "s3://BUCKET/KEY@sha256:...: what it reads, or none");
    given("--gpus", all.gpus, "N", "How many it trains on");
    given("--tracker", all.tracker, "TRACKER",
          "mlflow is the platform's, a URL another MLflow server; the others need no word")
        .such_as({"mlflow", "tensorboard", "wandb", "clearml", "none"});
    syntax.value("--repository", options.repository, "URL", "Where the code is fetched")
        .usually("git's origin");
    syntax.value("--project", options.project, "NAME", "Its project")
        .from(Source::Projects)
        .usually("the repository's name");
    syntax.value("-o,--output", options.file, "FILE", "Write it here, seen from the folder")
        .from(Source::Files)
        .usually("experiment.yaml");
    syntax.flag("--force", options.force, "Replace a file that is there");
}

Result<Repository> repository_for(const Options& options) {
    if (options.repository.empty()) {
        return repository_of(options.folder);
    }
    auto repository = repository_of(options.folder).value_or(Repository{});
    TRY(repository.url, fetched_url(options.repository));
    if (repository.ref.empty() && repository.commit.empty()) {
        repository.ref = "main";
    }
    return repository;
}

// On the terminal that the user sits at; empty where there is none.
AskLine asked_here(Terminal& terminal) {
    if (!terminal.err_interactive || ::isatty(STDIN_FILENO) == 0) {
        return {};
    }
    return [&terminal](const std::string& question) -> std::optional<std::string> {
        terminal.err << question << std::flush;
        std::string line;
        return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    };
}

Status check_file(const fs::path& file, const Options& options) {
    std::error_code ignored;
    return fs::exists(file, ignored) && !options.force
               ? failure(ErrorCode::AlreadyExists,
                         fmt::format("{} is there; --force replaces it, -o FILE writes another",
                                     file.string()))
               : Status();
}

Status check_script(const Options& options, const Draft& draft) {
    std::error_code ignored;
    return fs::is_regular_file(fs::path(options.folder) / draft.script, ignored)
               ? Status()
               : failure(ErrorCode::NotFound,
                         fmt::format("{} has no {}; name the script with --script FILE",
                                     options.folder, draft.script));
}

std::string shown_path(const Options& options, const std::string& file) {
    return options.folder == "." ? file : (fs::path(options.folder) / file).string();
}

void say_next(const Options& options, const Draft& draft, Terminal& terminal) {
    const std::string file = shown_path(options, options.file);
    const std::string lock = shown_path(options, "requirements.lock");
    terminal.err << "next:\n";
    if (draft.locked) {
        terminal.err << fmt::format("  pedigree lock {} --base {} -o {}\n",
                                    shown_path(options, "requirements.txt"), draft.base, lock);
    }
    terminal.err << fmt::format("  git add {}{} && git commit && git push\n", file,
                                draft.locked ? " " + lock : "");
    terminal.err << fmt::format("  pedigree lint {0}\n  pedigree run -f {0} --follow\n", file);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    const fs::path file = fs::path(options.folder) / options.file;
    TRY(check_file(file, options));
    Draft draft;
    TRY(draft.repository, repository_for(options));
    draft.project = options.project.empty() ? project_name(draft.repository.url) : options.project;
    std::error_code ignored;
    draft.locked = fs::is_regular_file(fs::path(options.folder) / "requirements.txt", ignored);
    TRY(answer_questions(draft, options.given, asked_here(terminal), terminal));
    TRY(check_script(options, draft));
    const std::string text = draft_text(draft);
    const auto problems = spec::lint(text, search::validate_experiment_search);
    if (!problems.empty()) {
        terminal.err << spec::render(problems, text, options.file,
                                     terminal.err_coloured ? spec::Colour::Always
                                                           : spec::Colour::Never)
                     << "nothing was written\n";
        return ExitCode::InvalidInput;
    }
    TRY(write_file(file, text));
    terminal.out << fmt::format("{}: ok\n", shown_path(options, options.file));
    say_next(options, draft, terminal);
    return ExitCode::Ok;
}

} // namespace

Command init_command() {
    return define_command<Options>(
        {"init", "writes an Experiment for the script of a folder",
         "  {} init\n"
         "  {} init --base registry.example.com/tensorflow@sha256:... --gpus 1 --tracker mlflow\n"
         "  {} init training/ --script fit.py --data s3://datasets/mnist.npz@sha256:..."},
        describe, perform);
}

} // namespace pedigree::cli
