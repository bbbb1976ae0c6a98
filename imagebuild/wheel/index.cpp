#include "imagebuild/wheel/index.h"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/descriptor.h"
#include "base/errno_text.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "base/ids.h"
#include "imagebuild/lock/python_name.h"
#include "net/redirect.h"
#include "net/retry.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* page_types = "application/vnd.pypi.simple.v1+json, "
                                   "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";
constexpr std::chrono::minutes download_time_max{30};
constexpr std::size_t tags_shown_max = 8;

bool in_lock(const LockedPackage& package, std::string_view hex) {
    return std::any_of(package.hashes.begin(), package.hashes.end(),
                       [&](const Digest& digest) { return digest.hex() == hex; });
}

// The wheel of this very package and version, or nothing.
std::optional<WheelName> wheel_of(const LockedPackage& package, std::string_view file_name) {
    auto name = parse_wheel_name(file_name);
    if (!name || normalized_name(name->distribution) != normalized_name(package.name) ||
        !version_fits(package.version, name->version)) {
        return std::nullopt;
    }
    return std::move(*name);
}

// The best wheel met so far, as pip would take it.
class Choice {
  public:
    bool improves(const std::optional<WheelName>& wheel, const TargetPython& target) {
        const auto rank = wheel ? wheel_rank(*wheel, target) : std::nullopt;
        if (!rank || *rank < rank_ || (*rank == rank_ && !build_before(best_, *wheel))) {
            return false;
        }
        best_ = *wheel;
        rank_ = *rank;
        return true;
    }

  private:
    WheelName best_;
    int rank_ = 0;
};

// The hash of the locked source distribution, if this is one. Of an index that tells no hashes its
// version has to do: who builds it compares the hash.
std::optional<Digest> locked_sdist(const LockedPackage& package, const IndexFile& file) {
    std::string_view stem = file.name;
    for (const std::string_view ending : {".tar.gz", ".zip"}) {
        if (!stem.ends_with(ending) || package.hashes.empty()) {
            continue;
        }
        stem.remove_suffix(ending.size());
        if (file.sha256_hex.empty()) {
            return version_fits(package.version, stem.substr(stem.rfind('-') + 1))
                       ? std::optional(package.hashes.front())
                       : std::nullopt;
        }
        const auto same =
            std::find_if(package.hashes.begin(), package.hashes.end(),
                         [&](const Digest& one) { return one.hex() == file.sha256_hex; });
        return same != package.hashes.end() ? std::optional(*same) : std::nullopt;
    }
    return std::nullopt;
}

// What can be done where none of the index's wheels can be used.
Result<SourceOnly> no_wheel(const LockedPackage& package, const std::vector<IndexFile>& files,
                            const TargetPython& target, std::string_view lock_file) {
    const std::string subject =
        fmt::format("{} line {}: {}=={}", lock_file, package.line, package.name, package.version);
    std::vector<std::string> tags;
    std::optional<SourceDistribution> source;
    bool wheel_with_other_hash = false;
    for (const IndexFile& file : files) {
        const bool locked = file.sha256_hex.empty() || in_lock(package, file.sha256_hex);
        if (const auto digest = locked_sdist(package, file); digest && !source) {
            source = {package.name, package.version, file.name, *digest, file.url};
        }
        if (const auto wheel = wheel_of(package, file.name)) {
            wheel_with_other_hash =
                wheel_with_other_hash || (!locked && wheel_rank(*wheel, target));
            if (tags.size() < tags_shown_max) {
                tags.push_back(tags_text(*wheel));
            }
        }
    }
    if (wheel_with_other_hash) {
        return failure(
            ErrorCode::InvalidInput, "WheelHashMismatch",
            fmt::format("{}: the index has a wheel for it, but with another hash than the "
                        "lock; make the lock anew from this index",
                        subject));
    }
    const std::string none_fits =
        fmt::format("{} has no wheel for cp3{} with glibc 2.{} on {}; it has {}", subject,
                    target.minor, target.glibc_minor, target.machine,
                    tags.empty() ? "none" : fmt::format("{}", fmt::join(tags, ", ")));
    if (!source) {
        return failure(ErrorCode::InvalidInput, "NoFittingWheel", "E0127 " + none_fits);
    }
    return SourceOnly{
        std::move(*source),
        fmt::format("{}, and a source distribution, which would run its setup code; build its "
                    "wheel once (`pip wheel --no-deps {}=={}`), put it on the index and its "
                    "hash into the lock",
                    none_fits, package.name, package.version)};
}

} // namespace

WheelIndex::WheelIndex(net::Http& http, std::string url, std::filesystem::path cache,
                       std::stop_token stop)
    : http_(http), url_(std::move(url)), cache_(std::move(cache)), stop_(std::move(stop)) {
    if (!url_.empty() && !url_.ends_with('/')) {
        url_ += '/';
    }
}

// cache/<sha256>/<file name>
std::optional<WheelFile> WheelIndex::cached(const LockedPackage& package,
                                            const TargetPython& target) const {
    std::optional<WheelFile> best;
    Choice choice;
    for (const Digest& digest : package.hashes) {
        std::error_code problem;
        for (const auto& entry :
             std::filesystem::directory_iterator(cache_ / digest.hex(), problem)) {
            if (choice.improves(wheel_of(package, entry.path().filename().string()), target)) {
                best = WheelFile{entry.path(), digest, entry.file_size(problem)};
            }
        }
    }
    return best;
}

Result<std::vector<IndexFile>> WheelIndex::files_of(const LockedPackage& package) {
    net::Request request;
    request.url = url_ + normalized_name(package.name) + "/";
    request.headers.add("Accept", page_types);
    auto response = net::retry([&] { return net::send_following_redirects(http_, request, stop_); },
                               net::transient, {}, stop_);
    if (!response) {
        Error error = std::move(response).error().within("the package index " + url_);
        error.reason = error.reason.empty() ? "IndexUnavailable" : error.reason;
        return tl::unexpected<Error>(std::move(error));
    }
    if (response->status == 404) {
        return std::vector<IndexFile>();
    }
    if (!response->ok()) {
        Error error = net::status_error(*response, fmt::format("reading {}", request.url));
        error.reason = "IndexUnavailable";
        return tl::unexpected<Error>(std::move(error));
    }
    return parse_index_page(response->body, response->headers.value_or("Content-Type", ""),
                            request.url);
}

Result<std::variant<WheelFile, SourceOnly>> WheelIndex::fetch(const LockedPackage& package,
                                                              const TargetPython& target,
                                                              std::string_view lock_file) {
    if (auto found = cached(package, target)) {
        return std::move(*found);
    }
    if (url_.empty()) {
        return failure(ErrorCode::NotFound, "PackageNotFound",
                       fmt::format("{} line {}: no wheel of {}=={} is at hand that fits the base, "
                                   "and no package index was named",
                                   lock_file, package.line, package.name, package.version));
    }
    TRY(const std::vector<IndexFile> files, files_of(package));
    if (files.empty()) {
        return failure(ErrorCode::NotFound, "PackageNotFound",
                       fmt::format("{} line {}: the package index {} has no {}", lock_file,
                                   package.line, url_, package.name));
    }
    const IndexFile* best = nullptr;
    Choice choice;
    for (const IndexFile& file : files) {
        const bool locked = file.sha256_hex.empty() || in_lock(package, file.sha256_hex);
        if (locked && choice.improves(wheel_of(package, file.name), target)) {
            best = &file;
        }
    }
    if (best == nullptr) {
        TRY(SourceOnly source, no_wheel(package, files, target, lock_file));
        return source;
    }
    TRY(WheelFile wheel, download(package, *best, lock_file));
    return wheel;
}

Result<WheelFile> WheelIndex::download(const LockedPackage& package, const IndexFile& file,
                                       std::string_view lock_file) {
    const std::filesystem::path arriving = cache_ / ("arriving-" + random_uuid());
    std::error_code problem;
    std::filesystem::create_directories(cache_, problem);
    Sha256 hash;
    std::uint64_t bytes = 0;
    {
        const Descriptor out(
            ::open(arriving.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!out.valid()) {
            return failure(ErrorCode::Unavailable,
                           fmt::format("cannot write to the wheel cache {}: {}", cache_.string(),
                                       errno_text()));
        }
        net::Request request;
        request.url = file.url;
        request.timeouts = {.total = download_time_max, .idle = std::chrono::seconds(60)};
        request.sink = [&](std::string_view piece) -> Status {
            hash.update(piece);
            bytes += piece.size();
            if (bytes > wheel_bytes_max) {
                return failure(ErrorCode::TooLarge, "WheelRefused",
                               file.name + " is larger than 4 GiB");
            }
            while (!piece.empty()) {
                const ssize_t count = ::write(out.get(), piece.data(), piece.size());
                if (count <= 0) {
                    return failure(
                        ErrorCode::Unavailable,
                        fmt::format("cannot write to the wheel cache: {}", errno_text()));
                }
                piece.remove_prefix(static_cast<std::size_t>(count));
            }
            return {};
        };
        const auto response = net::send_following_redirects(http_, request, stop_);
        if (!response || !response->ok()) {
            std::filesystem::remove(arriving, problem);
            Error error = response ? net::status_error(*response, "downloading " + file.name)
                                   : Error(response.error()).within("downloading " + file.name);
            error.reason = error.reason.empty() ? "IndexUnavailable" : error.reason;
            return tl::unexpected<Error>(std::move(error));
        }
    }
    const Digest digest = hash.finish();
    if (!in_lock(package, digest.hex())) {
        std::filesystem::remove(arriving, problem);
        return failure(ErrorCode::Corrupt, "WheelHashMismatch",
                       fmt::format("{} line {}: {} from the index has {}, which the lock does not "
                                   "list; the index serves another file than the one locked",
                                   lock_file, package.line, file.name, digest.text()));
    }
    const std::filesystem::path kept = cache_ / digest.hex() / file.name;
    std::filesystem::create_directories(kept.parent_path(), problem);
    std::filesystem::rename(arriving, kept, problem);
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("cannot write to the wheel cache: {}", problem.message()));
    }
    return WheelFile{kept, digest, bytes};
}

} // namespace pedigree::imagebuild
