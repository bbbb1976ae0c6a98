#pragma once
// Downloads what a request names as its source and opens it: the first step of resolving and of
// building. The host of a submodule stands in the tree, which somebody else wrote: credentials go
// to those alone that the Secret names. Afterwards this process can start no program any more
// (seccomp, system_calls.h).
// Errors: those of source/download.h and source/tree.h, with their reasons.

#include "source/tree.h"
#include "worker/work.h"

namespace pedigree::worker {

Result<source::Snapshot> open_source(const records::work::GitSource& git, const WorkPlace& place);

} // namespace pedigree::worker
