#include "tests/simulation/worker_double.h"

#include <nlohmann/json.hpp>

#include "tests/fakes/sample.h"

namespace pedigree::simulation {

using records::work::WorkFailure;
using records::work::WorkKind;

Result<control::WorkAnswer>
WorkerDouble::run(const records::work::WorkRequest& request, const Json& input,
                  const std::function<void(const records::work::Progress&)>& on_progress,
                  std::stop_token) {
    on_progress({.stage = "Working", .message = "half way", .done = 1, .total = 2});
    if (const auto failure_class = faults_.refused_work(std::string(to_string(request.kind)))) {
        return WorkFailure{*failure_class, "Refused", "injected: this work is refused"};
    }
    const Faults::Work fate = faults_.of_worker(std::string(to_string(request.kind)));
    if (fate == Faults::Work::Fails) {
        return WorkFailure{FailureClass::Infrastructure, "Unavailable", "the other side is away"};
    }
    control::WorkAnswer done = answer(request.kind, input);
    if (fate == Faults::Work::AnswerLost) {
        return failure(ErrorCode::Unavailable, "the worker ended the connection");
    }
    return done;
}

control::WorkAnswer WorkerDouble::answer(WorkKind kind, const Json& input) {
    switch (kind) {
    case WorkKind::ResolveSource: {
        auto outcome = sample::resolved();
        if (const auto commit = string_or(at_path(input, {"git"}), "commit"); !commit.empty()) {
            outcome.commit = commit;
        } else if (branch_moved_) {
            outcome.commit = std::string(outcome.commit.size(), 'f');
        }
        return to_json(outcome);
    }
    case WorkKind::BuildImage:
        return wants_wheel_ && at_path(input, {"derivedWheels"}).empty()
                   ? to_json(sample::wants_wheel())
                   : to_json(sample::built());
    case WorkKind::OpenTracker:
        return to_json(sample::opened());
    case WorkKind::CloseTracker: {
        const std::string pod_uid = string_or(input, "attemptUid");
        told_[pod_uid].insert(string_or(input, "status"));
        return to_json(sample::told(pod_uid));
    }
    case WorkKind::PutObject: // the operator's own, of which there is none here
    case WorkKind::FetchObject:
        break;
    }
    const std::string key = string_or(input, "key");
    for (const auto& [uid, bundle] : bundles_) {
        if (key.starts_with("records/namespaces/") &&
            key.ends_with("/attempts/" + uid + "/bundle.json")) {
            return to_json(sample::fetched(bundle));
        }
    }
    return WorkFailure{FailureClass::Configuration, "ObjectNotFound", "no bundle at " + key};
}

} // namespace pedigree::simulation
