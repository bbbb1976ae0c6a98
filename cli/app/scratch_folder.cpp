#include "cli/app/scratch_folder.h"

#include <system_error>

#include <fmt/format.h>
#include <stdlib.h>

namespace pedigree::cli {

Result<ScratchFolder> ScratchFolder::make(std::string_view purpose) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / fmt::format("pedigree-{}-XXXXXX", purpose))
            .string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return failure(ErrorCode::Unavailable,
                       "cannot make the folder " + pattern + "; set TMPDIR to another place");
    }
    return ScratchFolder(pattern);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace pedigree::cli
