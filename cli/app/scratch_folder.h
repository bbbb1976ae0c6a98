#pragma once
// A folder below $TMPDIR for what a command fetches and makes; removed with all that is in it.

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace pedigree::cli {

class ScratchFolder {
  public:
    // `purpose` is part of its name: "pedigree-PURPOSE-XXXXXX".
    static Result<ScratchFolder> make(std::string_view purpose);
    ~ScratchFolder();
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

} // namespace pedigree::cli
