#pragma once
// Operation: what stands in the body of POST {base}/graphql: {"query", "variables",
// "operationName"?}. The SDKs send one operation a call and always the same texts, so that its name
// says what is asked; the fields that it selects are not looked at, an answer may have more. Pure.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pedigree::trackers::wandb {

struct Operation {
    std::string name;     // "UpsertBucket"; "" for one without a name
    bool changes = false; // a mutation
    std::string query;
    std::shared_ptr<const Json> variables; // an object

    // The first of these variables that is a text, or "": SDKs of different age name them
    // differently. A variable "input" that is an object is looked into, too.
    std::string text(std::initializer_list<std::string_view> names) const;
    const Json& value(std::string_view name) const;
};

// InvalidInput: no JSON, no query, or none that begins one.
Result<Operation> read_operation(std::string_view body);

// `MutationType: __type(name: "Mutation")` as {"MutationType", "Mutation"}, each in the query.
struct TypeQuestion {
    std::string alias;
    std::string type;
};
std::vector<TypeQuestion> type_questions(std::string_view query);

} // namespace pedigree::trackers::wandb
