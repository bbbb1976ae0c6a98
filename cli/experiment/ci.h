#pragma once
// What a job of GitLab CI knows of itself, from the predefined variables of its environment
// (https://docs.gitlab.com/ci/variables/predefined_variables/): which commit it is of, and what the
// record shall say of how the Experiment came about. All of it is the job's own word. Pure.

#include <functional>
#include <string>

#include "base/result.h"

namespace pedigree::cli {

// The value of an environment variable; "": it is not set.
using Variables = std::function<std::string(const char* name)>;

struct CiJob {
    std::string commit;     // 40 hex
    std::string repository; // URL of the project that the commit is of
    std::string trigger;    // the value of records::triggered_by_annotation: JSON
};

// InvalidInput: this is no such job, or its commit is none.
Result<CiJob> ci_job_from(const Variables& variables);

// The same host and path, over https or ssh, with ".git" at the end or without.
bool is_same_repository(std::string_view one, std::string_view other);

} // namespace pedigree::cli
