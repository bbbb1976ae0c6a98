#include "recorder/log_shipper.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace pedigree::recorder {
namespace {

constexpr std::size_t segment_bytes_max = 4 * 1024 * 1024; // the launcher makes them of 1 MiB
constexpr std::size_t stem_digits = 7;
constexpr std::size_t segments_max = 100000;

bool is_segment(const std::string& name, Segments which) {
    const std::string stem = name.substr(0, name.rfind('.'));
    return stem.size() == stem_digits &&
           stem.find_first_not_of("0123456789") == std::string::npos &&
           (name == stem + ".out" || (which == Segments::All && name == stem + ".part"));
}

} // namespace

LogShipper::LogShipper(artifacts::S3Client& store, Notebook& notebook, Target target)
    : store_(store), notebook_(notebook), target_(std::move(target)) {}

Status LogShipper::ship(Segments which, std::stop_token stop) {
    const auto folder = UntrustedFolder::open(target_.folder);
    if (!folder) {
        return {}; // the launcher has not begun
    }
    TRY(const auto entries, folder->entries(segments_max));
    std::vector<std::string> found;
    for (const FolderEntry& entry : entries) {
        if (is_segment(entry.path, which)) {
            found.push_back(entry.path);
        }
    }
    std::sort(found.begin(), found.end());
    for (const std::string& name : found) {
        if (stop.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped");
        }
        TRY(ship_one(*folder, name, stop));
    }
    return {};
}

Status LogShipper::ship_one(const UntrustedFolder& folder, const std::string& name,
                            std::stop_token stop) {
    const std::string stem = name.substr(0, stem_digits);
    const std::int64_t number = std::stoll(stem);
    auto bytes = folder.read(name, segment_bytes_max);
    if (!bytes) {
        log_warning("a log segment cannot be read", {{"problem", bytes.error().message}});
        folder.remove(name);
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
        TRY(store_.put({target_.key.bucket, target_.key.key + stem + ".out"}, *bytes, stop));
        notebook_.note(segment_note(number, size, 0));
    }
    folder.remove(name);
    return {};
}

} // namespace pedigree::recorder
