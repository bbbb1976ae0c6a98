#include "source/git_library.h"

#include <mutex>

#include <git2.h>

#include "base/caught.h"

namespace pedigree::source {

void start_library() {
    static std::once_flag once;
    std::call_once(once, [] {
        ::git_libgit2_init();
        // The repository is one we made ourselves, or that the caller names; whose uid runs here
        // does not matter, since no hook and no setting of it is used.
        ::git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    });
}

std::string library_words() {
    const git_error* error = ::git_error_last();
    return error != nullptr && error->message != nullptr ? error->message : "unknown";
}

tl::unexpected<Error> library_failure(const std::string& doing) {
    const git_error* error = ::git_error_last();
    if (error != nullptr && error->klass == GIT_ERROR_NOMEMORY) {
        return failure(ErrorCode::TooLarge, memory_exceeded, doing + ": not enough memory");
    }
    return failure(ErrorCode::Corrupt, "SourceCorrupt", doing + ": " + library_words());
}

std::string id_text(const git_oid* id) {
    std::string text(GIT_OID_HEXSZ, '\0');
    ::git_oid_fmt(text.data(), id);
    return text;
}

} // namespace pedigree::source
