#include "base/scratch_folder.h"

#include <system_error>

#include <fmt/format.h>
#include <stdlib.h>

#include "base/errno_text.h"

namespace pedigree {

Result<ScratchFolder> ScratchFolder::make(const std::filesystem::path& parent,
                                          std::string_view prefix) {
    std::error_code ignored; // mkdtemp says what is wrong
    std::filesystem::create_directories(parent, ignored);
    std::string pattern = (parent / fmt::format("{}XXXXXX", prefix)).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("cannot make a folder in {} ({}); TMPDIR may name another place",
                                   parent.string(), errno_text()));
    }
    return ScratchFolder(pattern);
}

ScratchFolder::~ScratchFolder() {
    if (!path_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
}

std::filesystem::path temporary_folder() {
    std::error_code problem; // $TMPDIR names no folder
    const std::filesystem::path folder = std::filesystem::temp_directory_path(problem);
    return problem ? "/tmp" : folder;
}

} // namespace pedigree
