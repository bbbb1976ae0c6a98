#pragma once
// A folder for what one piece of work fetches and makes; removed with all that is in it when the
// object ends. Owned by one; the folder itself may be used by any thread.
//
//     TRY(const ScratchFolder scratch, ScratchFolder::make(temporary_folder(), "pedigree-plan-"));
//     download_to(scratch.path() / "wheel");

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace pedigree {

class ScratchFolder {
  public:
    // Makes "<parent>/<prefix>XXXXXX", open to this user alone, and `parent` if it is missing.
    // Unavailable names the folder that cannot be made.
    static Result<ScratchFolder> make(const std::filesystem::path& parent, std::string_view prefix);
    ~ScratchFolder();
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

// $TMPDIR, else /tmp.
std::filesystem::path temporary_folder();

} // namespace pedigree
