#pragma once
// The kinds of work a child does, one function each, from the input of the request to the outcome.
// They run in the child alone: one piece of work, one thread, the credentials of that piece.

#include <filesystem>
#include <functional>
#include <stop_token>

#include "records/work/work.h"
#include "worker/egress.h"

namespace pedigree::worker {

struct WorkPlace {
    std::filesystem::path scratch; // empty, this piece of work's own
    std::filesystem::path cache;   // shared by all, addressed by content
    EgressPolicy egress;
    std::function<void(const records::work::Progress&)> progress;
};

Result<records::work::ResolveSourceOutcome>
resolve_source(const records::work::ResolveSourceInput& input, const WorkPlace& place);

Result<records::work::BuildImageOutcome> build_image(const records::work::BuildImageInput& input,
                                                     const WorkPlace& place);

Result<records::work::OpenTrackerOutcome> open_tracker(const records::work::OpenTrackerInput& input,
                                                       const WorkPlace& place);
Result<records::work::CloseTrackerOutcome>
close_tracker(const records::work::CloseTrackerInput& input, const WorkPlace& place);
Result<records::work::FetchObjectOutcome> fetch_object(const records::work::FetchObjectInput& input,
                                                       const WorkPlace& place);

} // namespace pedigree::worker
