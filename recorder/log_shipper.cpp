#include "recorder/log_shipper.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "recorder/exchange_file.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t segment_bytes_max = 4 * 1024 * 1024; // the launcher makes them of 1 MiB
constexpr std::size_t stem_digits = 7;

bool is_segment(const fs::path& path, Segments which) {
    const std::string stem = path.stem().string();
    const auto ending = path.extension();
    return stem.size() == stem_digits &&
           stem.find_first_not_of("0123456789") == std::string::npos &&
           (ending == ".out" || (which == Segments::All && ending == ".part"));
}

} // namespace

LogShipper::LogShipper(artifacts::S3Client& store, Notebook& notebook, Target target)
    : store_(store), notebook_(notebook), target_(std::move(target)) {}

Status LogShipper::ship(Segments which, std::stop_token stop) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::directory_iterator at(target_.folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        if (is_segment(at->path(), which)) {
            found.push_back(at->path());
        }
    }
    std::sort(found.begin(), found.end());
    for (const fs::path& path : found) {
        if (stop.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped");
        }
        TRY(ship_one(path, stop));
    }
    return {};
}

Status LogShipper::ship_one(const fs::path& path, std::stop_token stop) {
    const std::int64_t number = std::stoll(path.stem().string());
    auto bytes = read_exchange_file(path, segment_bytes_max);
    std::error_code ignored;
    if (!bytes) {
        log_warning("a log segment cannot be read", {{"problem", bytes.error().message}});
        fs::remove(path, ignored);
        return {};
    }
    const auto size = static_cast<std::int64_t>(bytes->size());
    // Once the bound was met nothing more is shipped: a log has an end, but no hole.
    const bool full = notebook_.look([&](const Observations& seen) {
        return seen.log.dropped_bytes > 0 || seen.log.bytes + size > target_.log_bytes_max;
    });
    if (full) {
        notebook_.note(segment_note(number, 0, size));
    } else {
        TRY(store_.put({target_.key.bucket, target_.key.key + path.stem().string() + ".out"},
                       redacted(*bytes), stop));
        notebook_.note(segment_note(number, size, 0));
    }
    fs::remove(path, ignored);
    return {};
}

} // namespace pedigree::recorder
