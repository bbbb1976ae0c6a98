#pragma once
// The code of an image as git has it: the files of a commit as CodeFiles. The one place that knows
// both source and imagebuild, for the worker that builds and the commands that plan and verify.
// Bytes are read when the layer is written, one file at a time; the snapshot must live until then.
// Errors: those of source/tree.h.

#include <string>
#include <vector>

#include "imagebuild/attest/image_facts.h"
#include "imagebuild/layers.h"
#include "source/tree.h"

namespace pedigree::imagebuild {

// In byte order of the paths; they read from the snapshot, which outlives them. Errors are those of
// Snapshot::files; `warnings` are of it, and of files that are for secrets by their names.
Result<std::vector<CodeFile>> commit_code(const source::Snapshot& snapshot,
                                          std::vector<std::string>& warnings);

// The same commit as the provenance names it. `url` and `subdirectory` are what was asked for.
CodeSource code_source(const source::Snapshot& snapshot, std::string url, std::string subdirectory);

} // namespace pedigree::imagebuild
