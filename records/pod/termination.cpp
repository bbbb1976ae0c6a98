#include "base/digest.h"
#include "records/fields.h"
#include "records/pod/bundle.h"

namespace pedigree::records::pod {
namespace {

struct Failure {
    FailureClass failure_class = FailureClass::None;
    std::string reason, message;
};

template <typename Visit, Is<Failure> Self>
void describe(Visit& visit, Self& problem) {
    visit.required("class", problem.failure_class);
    visit.required("reason", problem.reason);
    visit("message", problem.message);
}

} // namespace

Json to_json(const Termination& termination) {
    Encoder visit;
    visit("component", termination.component);
    if (!termination.reason.empty()) {
        visit("failure",
              Failure{termination.failure_class, termination.reason, termination.message});
    }
    if (!termination.bundle_digest.empty()) {
        visit("bundle", termination.bundle_digest);
        visit("complete", termination.complete);
    }
    return visit.take();
}

Result<Termination> termination_from(const Json& document) {
    Termination termination;
    Failure problem;
    Decoder visit(document);
    visit.required("component", termination.component);
    visit("failure", problem);
    visit("bundle", termination.bundle_digest);
    visit("complete", termination.complete);
    TRY(visit.status());
    termination.failure_class = problem.failure_class;
    termination.reason = std::move(problem.reason);
    termination.message = std::move(problem.message);
    if (!termination.bundle_digest.empty()) {
        TRY(Digest::parse(termination.bundle_digest));
    }
    return termination;
}

} // namespace pedigree::records::pod
