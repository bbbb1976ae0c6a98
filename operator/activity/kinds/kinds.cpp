// The kinds, a line each.

#include <cstdlib>

#include "operator/activity/kinds/kind.h"

namespace pedigree::control {

extern const Kind resolve_source, build_image, check_imports, open_tracker, close_tracker,
    fetch_object;

const Kind& kind_of(experiment::ActivityKind kind) {
    using experiment::ActivityKind;
    switch (kind) {
    case ActivityKind::ResolveSource:
        return resolve_source;
    case ActivityKind::BuildImage:
        return build_image;
    case ActivityKind::CheckImports:
        return check_imports;
    case ActivityKind::OpenTracker:
        return open_tracker;
    case ActivityKind::CloseTracker:
        return close_tracker;
    case ActivityKind::FetchObject:
        return fetch_object;
    }
    std::abort(); // no row holds another: it would have been Corrupt
}

} // namespace pedigree::control
