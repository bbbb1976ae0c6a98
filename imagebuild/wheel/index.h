#pragma once
// A Python package index (PEP 503 and 691) as a place to download locked wheels from: finds the
// file whose sha256 stands in the lock and which the base's Python can use, downloads it into a
// cache addressed by digest, and verifies it. The cache is trusted for names, never for bytes. One
// thread.
//
// Errors by code: NotFound (PackageNotFound), InvalidInput and Corrupt (WheelHashMismatch,
// NoFittingWheel), TooLarge (WheelRefused); IndexUnavailable with the code of what the index said.

#include <filesystem>
#include <stop_token>
#include <variant>

#include "imagebuild/lock/lock.h"
#include "imagebuild/wheel/wheel_name.h"
#include "net/http.h"
#include "records/work/work.h"

namespace pedigree::imagebuild {

using records::work::SourceDistribution;

constexpr std::uint64_t wheel_bytes_max = 4ull << 30;

struct IndexFile {
    std::string name; // file name
    std::string url;
    std::string sha256_hex; // empty if the index does not say
};

// The files of an index page, HTML or JSON; links that are no files are left out.
std::vector<IndexFile> parse_index_page(std::string_view body, std::string_view content_type,
                                        const std::string& page_url);

struct WheelFile {
    std::filesystem::path path; // its name is the wheel's
    Digest digest;
    std::uint64_t bytes = 0;
};

// No wheel fits, and the lock lists a source distribution that the index has.
struct SourceOnly {
    SourceDistribution distribution;
    std::string refusal; // what to say where nobody builds it
};

class WheelIndex {
  public:
    WheelIndex(net::Http& http, std::string url, std::filesystem::path cache, std::stop_token stop);

    // Without a URL out of the cache alone. `lock_file` is for messages.
    Result<std::variant<WheelFile, SourceOnly>>
    fetch(const LockedPackage& package, const TargetPython& target, std::string_view lock_file);

  private:
    std::optional<WheelFile> cached(const LockedPackage& package, const TargetPython& target) const;
    Result<std::vector<IndexFile>> files_of(const LockedPackage& package);
    Result<WheelFile> download(const LockedPackage& package, const IndexFile& file,
                               std::string_view lock_file);

    net::Http& http_;
    std::string url_;
    std::filesystem::path cache_;
    std::stop_token stop_;
};

} // namespace pedigree::imagebuild
