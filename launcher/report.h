#pragma once
// The launcher's report on the shared volume: replaced whole each time, so that a reader never sees
// half of one. The recorder takes the last one; a launcher that is killed leaves the last but one.
// Its `error`, of a command that was started, is the sentence that says by which step it was
// stopped (ladder.h).

#include <filesystem>

#include "base/result.h"
#include "records/pod/bundle.h"

namespace pedigree::launcher {

Status write_report(const std::filesystem::path& exchange,
                    const records::pod::LauncherReport& report);

} // namespace pedigree::launcher
