#pragma once
// The kinds of work a child does, one function each, from the input of the request to the outcome.
// They run in the child alone: one piece of work, one thread, the credentials of that piece. A new
// kind is a function here, its words in records/work and its case in child.cpp.
//
// A function may be ended anywhere, and run again with the same input: what it leaves is found
// again, or made anew under the same name. Its errors are words for a person with a reason of
// docs/operate/reasons.md; worker/failure.h makes classes of them.

#include <filesystem>
#include <functional>
#include <stop_token>

#include "records/work/object_part.h"
#include "records/work/work.h"
#include "worker/egress.h"

namespace pedigree::worker {

struct WorkPlace {
    std::filesystem::path scratch; // empty, this piece of work's own
    std::filesystem::path cache;   // of all pieces of work (build_image.cpp says whose is what)
    EgressPolicy egress;
    std::function<void(const records::work::Progress&)> progress; // any thread of the child's
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
// The part's bytes; fewer where the object ends before.
Result<records::work::FetchObjectOutcome> fetch_part(const records::work::FetchPartInput& input,
                                                     const WorkPlace& place);
Result<records::work::PutObjectOutcome> put_object(const records::work::PutObjectInput& input,
                                                   const WorkPlace& place);

} // namespace pedigree::worker
