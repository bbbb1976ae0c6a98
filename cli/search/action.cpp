#include "cli/search/action.h"

#include "cli/search/history.h"

namespace pedigree::cli {

// A line here and the file cli/search/<name>.cpp, which defines <name>_action(), are an action.
#define PEDIGREE_SEARCH_ACTIONS(action)                                                            \
    action(serve) action(explain) action(predict) action(simulate) action(export)

#define PEDIGREE_DECLARE(name) SearchAction name##_action();
PEDIGREE_SEARCH_ACTIONS(PEDIGREE_DECLARE)
#undef PEDIGREE_DECLARE

const std::vector<SearchAction>& search_actions() {
    static const std::vector<SearchAction> all{
#define PEDIGREE_ACTION(name) name##_action(),
        PEDIGREE_SEARCH_ACTIONS(PEDIGREE_ACTION)
#undef PEDIGREE_ACTION
    };
    return all;
}

Status check_line(const SearchOptions& options) {
    TRY(options.action->check(options));
    return options.action->takes_form == !options.to.empty()
               ? Status()
               : failure(ErrorCode::InvalidInput, "export goes with --to hparams");
}

Status any_line(const SearchOptions&) {
    return {};
}

Status with_history(const SearchOptions& options) {
    return options.history.empty()
               ? failure(ErrorCode::InvalidInput, "--history names what to learn from")
               : Status();
}

Result<search::Search> begin_search(const SearchOptions& options, search::Study study) {
    TRY(const auto earlier, read_earlier(options.earlier, options.history));
    return search::Search(std::move(study), earlier);
}

} // namespace pedigree::cli
