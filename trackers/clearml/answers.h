#pragma once
// What ClearML's API is asked by its SDK and how we answer: an allow-list by the call's name
// (docs/spec/trackers-clearml.md has each with its reason). Looked at call by call with the SDKs
// 2.1.3 and 2.1.12.

#include <string>
#include <string_view>

#include "trackers/clearml/book.h"
#include "trackers/clearml/request.h"

namespace pedigree::trackers::clearml {

enum class Standing {
    Answered,    // by us, from the book
    NeedsServer, // reads what other tasks left: only a real server can say it
    Refused,     // begins work elsewhere, changes what is not this pod's, or is not known
};

Standing standing_of(std::string_view name);
// Whether an Answered call leaves the book as it is: what a script asks every other second.
bool only_asks(std::string_view name);

// `data` of an Answered call. NotFound, InvalidInput, Conflict, TooLarge: its error, in words for
// the script's author. Forbidden: it is not Answered.
Result<Json> answer_request(Book& book, const Request& request);

// One call each; `data`.
using Answer = Result<Json> (*)(Book& book, const Request& request);
// Null: not among the calls about tasks, their status, their parameters, models and projects.
Answer task_answer(std::string_view name);
Answer status_answer(std::string_view name);
Answer parameter_answer(std::string_view name);
Answer model_answer(std::string_view name);

// The task that the body names. NotFound.
Result<Task*> named_task(Book& book, const Request& request);
// A task as tasks.get_by_id tells it; of `only`, if it is not empty, these fields and the id.
Json task_view(const Book& book, const Task& task, const std::vector<std::string>& only = {});
// {"updated": 1, "fields": fields}
Json updated();
Json updated(Json fields);

} // namespace pedigree::trackers::clearml
