#pragma once
// DownloadFolder: where downloaded files arrive. What comes is written to a part beside them and
// gets its name when its SHA-256 is the one that was asked for, so no file of that name is ever
// there unchecked. Everything is reached from the folder's own descriptor, through no link: neither
// a path of the record nor what somebody put into the folder leads out of it. A part is kept when
// the download breaks off, and is gone on with by the next one. Owns descriptors; one thread.
//
//     TRY(const auto folder, DownloadFolder::open("model"));
//     TRY(Part part, folder.part(file));     // part.bytes() of it are there
//     TRY(part.append(bytes));
//     TRY(folder.settle(part, file, Replace::No));

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "artifacts/manifest.h"
#include "base/descriptor.h"
#include "base/digest.h"
#include "base/result.h"

namespace pedigree::cli {

enum class Present { Nothing, Same, Other };
enum class Replace { No, Yes };

// The beginning of a file. Nobody else writes to it meanwhile.
class Part {
  public:
    std::int64_t bytes() const { return bytes_; }
    // Internal: the disk is full, say.
    Status append(std::string_view more);
    Status begin_again();

  private:
    friend class DownloadFolder;
    Descriptor descriptor_;
    Sha256 hash_;
    std::int64_t bytes_ = 0;
};

class DownloadFolder {
  public:
    // Made if it is not there; the path itself is the caller's, its links are followed.
    static Result<DownloadFolder> open(const std::filesystem::path& path);

    // What stands in the file's place; hashed if it has its size. AlreadyExists: a folder, or a
    // link or a file where it needs one.
    Result<Present> look(const artifacts::ManifestFile& file) const;
    // What has arrived of it before, or an empty one. AlreadyExists: another download writes to it.
    Result<Part> part(const artifacts::ManifestFile& file) const;
    // Checks it and gives it its name. Corrupt: it has other bytes; the part is gone then.
    // AlreadyExists: something stands there, and is not to be replaced.
    Status settle(Part& part, const artifacts::ManifestFile& file, Replace replace) const;
    // Removes the place of the parts, if none is left.
    void finish() const;

    const std::string& name() const { return name_; }

  private:
    enum class Make { No, Yes };
    // Of the folder that the file lies in; NotFound: it is not there and is not to be made.
    Result<Descriptor> parent_of(const std::string& path, Make make) const;
    std::string shown(const std::string& path) const { return name_ + "/" + path; }

    Descriptor descriptor_;
    std::string name_; // for messages
};

} // namespace pedigree::cli
