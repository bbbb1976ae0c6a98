// `pedigree search export`: a study as another tool has it.

#include "cli/search/action.h"
#include "pipeline/search/export/hparams.h"

namespace pedigree::cli {

namespace {

Result<ExitCode> export_study(const SearchOptions&, const search::Study& study,
                              Terminal& terminal) {
    terminal.out << search::hparams_experiment(study);
    return ExitCode::Ok;
}

} // namespace

SearchAction export_action() {
    return {"export", "as another tool has it", true, any_line, export_study};
}

} // namespace pedigree::cli
