// ResolveSource: a branch or tag becomes one commit and one tree.

#include <nlohmann/json.hpp>

#include "operator/activity/credentials.h"
#include "operator/activity/kinds/kind.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

Result<ActivityOrder> order(const Subject& subject) {
    work::ResolveSourceInput input;
    TRY(input.git, git_source(subject));
    if (!subject.experiment.told_commit.empty()) {
        input.git.ref.clear();
        input.git.commit = subject.experiment.told_commit;
    }
    input.lock_file = subject.spec.image.lock_file;
    return worker_order(subject.request(work::WorkKind::ResolveSource, call_seconds_max),
                        work::to_json(input));
}

} // namespace

extern const Kind resolve_source{.order = order,
                                 .give_up_seconds = [](const spec::DeadlinesSpec& deadlines) {
                                     return deadlines.build_seconds;
                                 }};

} // namespace pedigree::control
