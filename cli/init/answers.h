#pragma once
// The five questions of `pedigree init`: base image, script, data, GPUs, tracker. An answer of the
// command line is taken as it is; for the others a person is asked, and asked again after one that
// cannot be taken. Without a person what has a usual answer gets it.

#include <functional>
#include <optional>
#include <string>

#include "cli/app/terminal.h"
#include "cli/init/draft.h"

namespace pedigree::cli {

struct GivenAnswers {
    std::optional<std::string> base, script, data, gpus, tracker;
};

// One line of an answer; nothing: nobody answers any more. Empty: there is no person to ask.
using AskLine = std::function<std::optional<std::string>(const std::string& question)>;

constexpr int answers_asked_max = 3; // to one question

// InvalidInput: an answer of the command line cannot be taken, or one has no usual answer and
// nobody can be asked: the option is named.
Status answer_questions(Draft& draft, const GivenAnswers& given, const AskLine& ask,
                        Terminal& terminal);

} // namespace pedigree::cli
