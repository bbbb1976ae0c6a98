#include "cli/init/answers.h"

#include <fmt/format.h>

namespace pedigree::cli {

namespace {

struct Question {
    const char* option;
    std::string text; // as a person is asked
    std::optional<std::string> usual;
    std::function<Status(std::string_view answer)> take;
};

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    return begin == std::string::npos
               ? ""
               : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

Status ask_person(const Question& question, const AskLine& ask, Terminal& terminal) {
    const std::string shown = question.usual && !question.usual->empty()
                                  ? fmt::format("{} [{}]: ", question.text, *question.usual)
                                  : question.text + ": ";
    for (int asked = 0; asked < answers_asked_max; ++asked) {
        const auto line = ask(shown);
        if (!line) {
            break;
        }
        const std::string answer = trimmed(*line);
        const Status taken = question.take(answer.empty() ? question.usual.value_or("") : answer);
        if (taken) {
            return {};
        }
        terminal.err << printable(taken.error().message) << '\n';
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("that was not answered; give it with {}", question.option));
}

Status settle(const Question& question, const std::optional<std::string>& given, const AskLine& ask,
              Terminal& terminal) {
    if (given) {
        auto taken = question.take(*given);
        return taken ? std::move(taken)
                     : tl::unexpected(std::move(taken).error().within(question.option));
    }
    if (ask) {
        return ask_person(question, ask, terminal);
    }
    return question.usual
               ? question.take(*question.usual)
               : failure(ErrorCode::InvalidInput,
                         fmt::format("{} is needed, since there is no terminal to ask on",
                                     question.option));
}

Status take_script(Draft& draft, std::string_view text) {
    const bool bad = text.empty() || text.starts_with('/') || text.starts_with('-');
    if (bad) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("the script is a file of the folder, such as train.py, not \"{}\"", text));
    }
    draft.script = text;
    return {};
}

} // namespace

Status answer_questions(Draft& draft, const GivenAnswers& given, const AskLine& ask,
                        Terminal& terminal) {
    const auto with = [&](Status (*take)(Draft&, std::string_view)) {
        return [&draft, take](std::string_view answer) { return take(draft, answer); };
    };
    TRY(settle({"--base", "Base image, HOST/REPOSITORY@sha256:...", std::nullopt, with(take_base)},
               given.base, ask, terminal));
    TRY(settle({"--script", "Script", "train.py", with(take_script)}, given.script, ask, terminal));
    TRY(settle({"--data", "Data, s3://BUCKET/KEY@sha256:..., or none", "none", with(take_data)},
               given.data, ask, terminal));
    TRY(settle({"--gpus", "GPUs", "0", with(take_gpus)}, given.gpus, ask, terminal));
    return settle({"--tracker",
                   "Tracker: mlflow (the platform's), the URL of an MLflow server, tensorboard, "
                   "wandb, clearml",
                   "none", with(take_tracker)},
                  given.tracker, ask, terminal);
}

} // namespace pedigree::cli
