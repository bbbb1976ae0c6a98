#include "trackers/call_journal.h"

#include <system_error>

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace pedigree::trackers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t head_bytes_max = 64 * 1024; // as of a request's
constexpr std::string_view uploaded_method = "UPLOADED";
constexpr std::string_view full_method = "FULL";

struct Entry {
    std::string method, path, body;
    Instant now;
    Body state = Body::Whole;
};

// Nothing: the end, or what was cut there.
std::optional<Entry> read_entry(std::istream& in) {
    std::string line;
    if (!std::getline(in, line) || line.size() > head_bytes_max) {
        return std::nullopt;
    }
    const auto head = parse_json(line);
    const std::int64_t bytes = head ? integer_or(*head, "bytes", -1) : -1;
    if (bytes < 0 || bytes > static_cast<std::int64_t>(call_bytes_max)) {
        return std::nullopt;
    }
    Entry entry{.method = string_or(*head, "method"),
                .path = string_or(*head, "path"),
                .body = std::string(static_cast<std::size_t>(bytes), '\0'),
                .now = Instant(std::chrono::microseconds(integer_or(*head, "now"))),
                .state = bool_or(*head, "cut") ? Body::Cut : Body::Whole};
    const bool whole = in.read(entry.body.data(), bytes) && in.get() == '\n';
    return whole ? std::optional(std::move(entry)) : std::nullopt;
}

void tell(const CallJournal::Listener& listener, const Entry& entry) {
    if (entry.method != uploaded_method) {
        listener.call({entry.method, entry.path, entry.body, entry.now, entry.state});
        return;
    }
    const auto result = parse_json(entry.body);
    const auto digest = result ? Digest::parse(string_or(*result, "digest")) : Digest::parse("");
    if (digest) {
        listener.upload(entry.path,
                        {*digest, static_cast<std::uint64_t>(integer_or(*result, "bytes"))});
    }
}

} // namespace

Status CallJournal::open(const fs::path& folder, const Listener& listener,
                         std::uint64_t bytes_max) {
    if (folder.empty()) {
        return {};
    }
    bytes_max_ = bytes_max;
    std::error_code problem;
    fs::create_directories(folder, problem);
    const fs::path path = folder / "calls";
    {
        std::ifstream earlier(path, std::ios::binary);
        while (const auto entry = read_entry(earlier)) {
            bytes_ = static_cast<std::uint64_t>(earlier.tellg());
            if (entry->method == full_method) {
                full_ = was_full_ = true;
            } else {
                tell(listener, *entry);
            }
        }
    }
    if (fs::exists(path, problem)) {
        fs::resize_file(path, bytes_, problem); // an entry that was cut
    }
    file_.open(path, std::ios::binary | std::ios::app);
    if (!file_ || problem) {
        return failure(ErrorCode::Unavailable, "cannot write the journal " + path.string());
    }
    return {};
}

void CallJournal::add(const Call& call) {
    if (!file_.is_open() || full_) {
        return;
    }
    Json head{{"method", call.method},
              {"path", call.path},
              {"now", call.now.time_since_epoch().count()},
              {"bytes", call.body.size()}};
    if (call.state == Body::Cut) {
        head["cut"] = true;
    }
    std::string entry = json_text(head) + "\n";
    entry += call.body;
    entry += '\n';
    full_ = bytes_ + entry.size() > bytes_max_;
    if (full_) {
        entry = json_text({{"method", full_method}, {"bytes", 0}}) + "\n\n";
    }
    bytes_ += entry.size();
    file_ << entry << std::flush;
}

void CallJournal::add_upload(std::string_view path, const Shelved& shelved) {
    const std::string body =
        json_text({{"digest", shelved.sha256.text()}, {"bytes", shelved.bytes}});
    add({uploaded_method, path, body, SystemClock().now()});
}

} // namespace pedigree::trackers
