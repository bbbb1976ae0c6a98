#pragma once
// Sight: what `pedigree doctor` saw of a cluster, before anything is judged. A plain value, so that
// every judgement (checks.h) can be tried without a cluster. What was looked for and is not there
// has the error NotFound; every other error says why nobody can tell.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "k8s/access.h"
#include "k8s/object.h"

namespace pedigree::cli {

using Seen = Result<k8s::Object>;
using SeenList = Result<std::vector<k8s::Object>>;

// What has not been asked; of a cluster that was looked at nothing is left so.
inline Error not_asked() {
    return {ErrorCode::Internal, "was not asked"};
}

struct SeenRight {
    std::string action; // "submit"
    k8s::AccessQuestion question;
    Result<bool> allowed = tl::unexpected<Error>(not_asked());
};

struct SeenSecret {
    k8s::ObjectKey key;
    std::string used_for;                                       // "the operator's volume database"
    Result<bool> is_there = tl::unexpected<Error>(not_asked()); // its values are never read
};

struct Sight {
    std::string name_space;       // of the caller's Experiments
    std::string system_namespace; // of the operator
    bool before_install = false;  // that nothing is installed is no finding
    std::string user;             // who asks; empty: not known
    Instant asked_at{};           // here, when the API server was asked for its time
    Instant answered_at{};
    Seen version = tl::unexpected(not_asked()); // the API server's
    Seen review = tl::unexpected(not_asked());  // who asks, and the API server's time

    // Discovery: which groups and resources are served; every user may ask.
    Seen policy_api = tl::unexpected(not_asked());
    Seen aggregation_api = tl::unexpected(not_asked());
    Seen experiment_api = tl::unexpected(not_asked());
    Seen lineage_api = tl::unexpected(not_asked()); // answered by the operator

    Seen crd = tl::unexpected(not_asked());
    Seen api_service = tl::unexpected(not_asked());
    std::map<std::string, Seen> policies, bindings; // by name
    Seen deployment = tl::unexpected(not_asked());
    SeenList pods = tl::unexpected(not_asked()); // the operator's
    // By pod: the last complaint in the log of one that is not ready.
    std::map<std::string, std::string> complaints;
    Seen lease = tl::unexpected(not_asked());
    std::optional<Seen> later_lease; // again after a while, where the first look left a doubt
    Seen config_map = tl::unexpected(not_asked());
    std::vector<SeenSecret> secrets;

    std::vector<SeenRight> rights;          // of the caller
    std::vector<SeenRight> operator_rights; // of the operator's account, in name_space

    Seen object_namespace = tl::unexpected(not_asked()); // the Namespace of name_space
    SeenList quotas = tl::unexpected(not_asked());
    SeenList limit_ranges = tl::unexpected(not_asked());
    SeenList nodes = tl::unexpected(not_asked());
};

inline bool is_absent(const Error& error) {
    return error.code == ErrorCode::NotFound;
}

// Whoever asks further is told the same: nobody answers, or does not know the caller.
inline bool ends_the_look(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Timeout ||
           error.code == ErrorCode::Unauthorized || error.code == ErrorCode::Cancelled;
}

// Nothing of pedigree is there, as far as anybody may see: no part of it is judged by itself.
bool is_installed(const Sight& sight);

} // namespace pedigree::cli
