#pragma once
// Downloads what a request names as its source and opens it: the first step of resolving and of
// building. Credentials are registered for redaction before anything can fail. Afterwards this
// process can start no program any more.

#include "source/tree.h"
#include "worker/work.h"

namespace pedigree::worker {

Result<source::Snapshot> open_source(const records::work::GitSource& git, const WorkPlace& place);

} // namespace pedigree::worker
