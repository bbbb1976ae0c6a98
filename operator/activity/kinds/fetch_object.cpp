// FetchObject: what the recorder of an attempt left in the artifact store.

#include <nlohmann/json.hpp>

#include "operator/activity/credentials.h"
#include "operator/activity/kinds/kind.h"
#include "records/pod/bundle.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

constexpr std::int64_t collect_seconds_max = 900;

Result<ActivityOrder> order(const Subject& subject) {
    TRY(const experiment::AttemptRow attempt, subject.attempt(subject.activity.row.key.name));
    const std::string& prefix = attempt.keys_begin_with(subject.platform.artifact_store.prefix);
    TRY(auto input, object_input(subject.platform, subject.from.credentials,
                                 records::pod::bundle_key(prefix, attempt.pod_uid)));
    input.digest = attempt.bundle_digest;
    return worker_order(subject.request(work::WorkKind::FetchObject, call_seconds_max),
                        work::to_json(input));
}

} // namespace

extern const Kind fetch_object{.order = order, .give_up_seconds = [](const spec::DeadlinesSpec&) {
                                   return collect_seconds_max;
                               }};

} // namespace pedigree::control
