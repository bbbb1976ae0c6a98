#include "records/pod/bundle.h"
#include "records/pod/fields.h"

namespace pedigree::records::pod {

Json to_json(const Termination& termination) {
    Json document = {{"component", termination.component}};
    if (!termination.reason.empty()) {
        document["failure"] = {{"class", termination.failure_class},
                               {"reason", termination.reason},
                               {"message", termination.message}};
    }
    if (!termination.bundle_digest.empty()) {
        document["bundle"] = termination.bundle_digest;
        document["complete"] = termination.complete;
    }
    return document;
}

Result<Termination> termination_from(const Json& document) {
    Termination termination;
    TRY(termination.component, string_field(document, "component"));
    if (!absent(document, "failure")) {
        const Json& problem = at_path(document, {"failure"});
        TRY(termination.failure_class, string_field(problem, "class"));
        TRY(termination.reason, string_field(problem, "reason"));
        TRY(read(problem, "message", termination.message));
    }
    TRY(read(document, "bundle", termination.bundle_digest));
    TRY(read(document, "complete", termination.complete));
    return termination;
}

} // namespace pedigree::records::pod
