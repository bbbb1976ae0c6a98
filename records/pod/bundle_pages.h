#pragma once
// How a bundle stays small however much a script logged: what does not fit into the document itself
// goes into pages, which are parts of the bundle and named by their digests in it. A run with many
// parameters, or an artifact with many files, may be divided among pages; parts are put together by
// the run's tracker and id, and by the artifact's name, source and place. The points of metrics go
// first: a record without them still says what came out. Pure but for the sink.

#include <cstddef>
#include <functional>
#include <string>

#include "records/pod/bundle.h"

namespace pedigree::records::pod {

struct PageLimits {
    std::size_t bundle_bytes_max = 1024 * 1024;
    std::size_t page_bytes_max = 1024 * 1024;
};

// Takes the page of this number, from 1; its bytes are canonical JSON.
using PageSink = std::function<Status(std::size_t number, const std::string& bytes)>;

// The bundle as it is written: whole if it fits, else with pages, which went to the sink. Counts
// are filled in. Holds one page at a time. The sink's error is handed on.
Result<Bundle> paged(Bundle whole, const PageSink& sink, PageLimits limits = {});

// Adds a page to a bundle that was read: afterwards parameters, metrics and files stand in the runs
// and artifacts that they belong to. Corrupt: not the page that the bundle names.
Status add_page(Bundle& bundle, std::size_t number, const std::string& bytes);

// The codec of a page: runs and artifacts of `part`.
Json page_json(const Bundle& part);
Result<Bundle> page_from(const Json& document);

} // namespace pedigree::records::pod
