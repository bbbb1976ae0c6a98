#pragma once
// What `pedigree trace` and `compare` are asked about: the word of the command line as a query of
// the read API. A file or folder is hashed here (a folder by its manifest, as models are), so no
// bytes are sent. What is short on the line is looked up: a trial is its last attempt, twelve
// digits of a commit are the commit that an Experiment of the namespace ran.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

// "exp/NAME" and "NAME" -> "exp:NAME", "exp/NAME/7" -> "attempt:UID", "commit:4f2a0c1d9e8b" ->
// "commit:4f2a...", "image:HOST/REPOSITORY@sha256:..." -> "image:sha256:...", a path ->
// "sha256:...". A file wins over an Experiment of its name, but for one behind "exp/". NotFound or
// InvalidInput says what can be asked.
Result<std::string> query_for(const std::string& subject, const Cluster& cluster);

struct TrialName {
    std::string experiment;
    std::int64_t trial = 0; // 0: not said
};

// "exp/NAME", "NAME", with or without "/TRIAL". A digest, a run or a path is none.
std::optional<TrialName> trial_name_from(std::string_view subject);

} // namespace pedigree::cli
