#pragma once
// What W&B's GraphQL API is asked by its SDKs and how we answer: an allow-list by the operation's
// name (docs/spec/trackers-wandb.md has each with its reason). Looked at call by call with the SDKs
// of 0.15.12 and 0.31.0.

#include <string>
#include <string_view>

#include "trackers/wandb/book.h"
#include "trackers/wandb/operation.h"

namespace pedigree::trackers::wandb {

enum class Standing {
    Answered,    // by us, from the book
    NeedsServer, // reads what other runs left: only a real server can say it
    Refused,     // changes what is not this pod's, or is not known
};

Standing standing_of(const Operation& operation);

// `data` of an Answered operation. NotFound, InvalidInput: its error, in words for the script's
// author.
Result<Json> answer_operation(Book& book, const Operation& operation);

// Why it is not Answered, for the script's author.
std::string refusal_of(const Operation& operation);

// One operation each; `data`.
using Answer = Result<Json> (*)(Book& book, const Operation& operation);
// Null: not among the operations about runs, or those about artifacts.
Answer run_answer(std::string_view name);
Answer artifact_answer(std::string_view name);

} // namespace pedigree::trackers::wandb
