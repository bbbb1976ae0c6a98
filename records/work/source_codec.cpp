#include "records/work/source_fields.h"

namespace pedigree::records::work {

Json to_json(const ResolveSourceInput& input) {
    return encoded(input);
}
Json to_json(const ResolveSourceOutcome& outcome) {
    return encoded(outcome);
}
Result<ResolveSourceInput> resolve_source_input_from(const Json& document) {
    return decoded<ResolveSourceInput>(document);
}
Result<ResolveSourceOutcome> resolve_source_outcome_from(const Json& document) {
    return decoded<ResolveSourceOutcome>(document);
}

} // namespace pedigree::records::work
