#include "recorder/shelf.h"

#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "artifacts/transfer.h"
#include "base/json_text.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t read_piece_bytes = 64 * 1024;

} // namespace

bool of_the_file(ErrorCode code) {
    return code == ErrorCode::NotFound || code == ErrorCode::InvalidInput ||
           code == ErrorCode::TooLarge || code == ErrorCode::Conflict ||
           code == ErrorCode::Forbidden;
}

fs::path StoreShelf::file_of(const Items& items, std::int64_t number) {
    return items.folder / std::to_string(number);
}

void StoreShelf::drop(Items& items, std::int64_t number, std::uint64_t bytes) {
    std::error_code ignored;
    fs::remove(file_of(items, number), ignored);
    items.waiting.erase(number);
    items.bytes -= std::min(items.bytes, bytes);
}

// A line an item, {"path","number","digest","bytes"}, and {"stored": number}; one that is torn at
// the end is the last moment before the recorder's end: its script had no answer yet.
Status StoreShelf::open(const fs::path& folder, std::uint64_t bytes_max) {
    auto items = items_.lock();
    std::error_code problem;
    fs::create_directories(folder, problem);
    items->folder = folder;
    items->bytes_max = bytes_max;
    std::ifstream earlier(folder / "index", std::ios::binary);
    for (std::string line; std::getline(earlier, line);) {
        const auto entry = parse_json(line);
        if (!entry) {
            continue;
        }
        if (const std::int64_t stored = integer_or(*entry, "stored"); stored > 0) {
            const auto found = items->waiting.find(stored);
            if (found != items->waiting.end()) {
                items->by_path[found->second].stored = true;
                drop(*items, stored, items->by_path[found->second].bytes);
            }
            continue;
        }
        const auto digest = Digest::parse(string_or(*entry, "digest"));
        if (!digest) {
            continue;
        }
        Item& item = items->by_path[string_or(*entry, "path")];
        if (items->waiting.contains(item.number)) {
            drop(*items, item.number, item.bytes);
        }
        item = {integer_or(*entry, "number"), *digest,
                static_cast<std::uint64_t>(integer_or(*entry, "bytes"))};
        if (item.number > 0) {
            items->waiting[item.number] = string_or(*entry, "path");
            items->bytes += item.bytes;
        }
        items->next = std::max(items->next, item.number + 1);
    }
    items->index.open(folder / "index", std::ios::binary | std::ios::app);
    if (!items->index) {
        return failure(ErrorCode::Unavailable, "cannot write " + (folder / "index").string());
    }
    items->index << "\n"; // behind a line that is torn
    return {};
}

// A file that is being written. Without a number or closed it is hashed, and not kept.
class StoreShelf::Draft final : public trackers::ArrivingFile {
  public:
    Draft(StoreShelf& shelf, std::string path) : shelf_(shelf), path_(std::move(path)) {}
    ~Draft() override {
        if (file_.is_open()) {
            give_up();
        }
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    void open(std::int64_t number, const fs::path& file) {
        number_ = number;
        file_.open(file, std::ios::binary | std::ios::trunc);
    }
    void write(std::string_view bytes) override;
    trackers::Shelved keep() override;

  private:
    void give_up();

    StoreShelf& shelf_;
    const std::string path_;
    std::int64_t number_ = 0;
    std::ofstream file_;
    std::uint64_t room_bytes_ = 0; // that it takes of the shelf's
    std::uint64_t bytes_ = 0;
    Sha256 hash_;
};

std::unique_ptr<trackers::ArrivingFile> StoreShelf::begin(const std::string& path) {
    auto draft = std::make_unique<Draft>(*this, path);
    if (path.empty() || !artifacts::check_manifest_path(path)) {
        return draft;
    }
    auto items = items_.lock();
    if (items->index.is_open() &&
        (items->by_path.contains(path) || items->by_path.size() < shelf_files_max)) {
        const std::int64_t number = items->next++;
        draft->open(number, file_of(*items, number));
    }
    return draft;
}

void StoreShelf::Draft::write(std::string_view bytes) {
    hash_.update(bytes);
    bytes_ += bytes.size();
    if (!file_.is_open()) {
        return;
    }
    const bool room = shelf_.items_.with([&](Items& items) {
        const bool fits = items.bytes + bytes.size() <= items.bytes_max;
        items.bytes += fits ? bytes.size() : 0;
        return fits;
    });
    room_bytes_ += room ? bytes.size() : 0;
    if (!room || !file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
        give_up();
    }
}

void StoreShelf::Draft::give_up() {
    file_.close();
    auto items = shelf_.items_.lock();
    drop(*items, number_, room_bytes_);
    room_bytes_ = 0;
}

trackers::Shelved StoreShelf::Draft::keep() {
    const trackers::Shelved shelved{hash_.finish(), bytes_};
    const bool kept = file_.is_open() && file_.flush();
    if (file_.is_open() && !kept) {
        give_up();
    }
    file_.close();
    if (number_ > 0) {
        shelf_.put(path_, {kept ? number_ : 0, shelved.sha256, shelved.bytes});
    }
    return shelved;
}

void StoreShelf::put(const std::string& path, const Item& arrived) {
    auto items = items_.lock();
    Item& item = items->by_path[path];
    if (items->waiting.contains(item.number)) {
        drop(*items, item.number, item.bytes);
    }
    item = arrived;
    if (item.number > 0) {
        items->waiting[item.number] = path;
    }
    items->index << json_text({{"path", path},
                               {"number", item.number},
                               {"digest", item.digest.text()},
                               {"bytes", item.bytes}})
                 << std::endl;
}

std::optional<trackers::Shelved> StoreShelf::find(const std::string& path) {
    auto items = items_.lock();
    const auto found = items->by_path.find(path);
    if (found == items->by_path.end() ||
        !(found->second.stored || items->waiting.contains(found->second.number))) {
        return std::nullopt;
    }
    return trackers::Shelved{found->second.digest, found->second.bytes};
}

Status StoreShelf::read(const std::string& path, const trackers::Shelved& shelved,
                        const net::BodySink& sink, std::stop_token stop) {
    std::optional<OpenFile> file;
    {
        auto items = items_.lock(); // what is open stays there, though it is put and dropped
        const auto found = items->by_path.find(path);
        if (found == items->by_path.end() || found->second.digest != shelved.sha256) {
            return failure(ErrorCode::NotFound, path + " is not on the shelf");
        }
        if (!found->second.stored) {
            TRY(file, open_file(file_of(*items, found->second.number)));
        }
    }
    if (!file) {
        return read_stored(path, shelved, sink, std::move(stop));
    }
    std::string buffer(read_piece_bytes, '\0');
    for (std::int64_t at = 0; !stop.stop_requested();) {
        TRY(const std::size_t count, file->read_at(at, buffer));
        if (count == 0) {
            return {};
        }
        TRY(sink(std::string_view(buffer).substr(0, count)));
        at += static_cast<std::int64_t>(count);
    }
    return failure(ErrorCode::Cancelled, "reading " + path + " was stopped");
}

// Others may write to the store, too.
Status StoreShelf::read_stored(const std::string& path, const trackers::Shelved& shelved,
                               const net::BodySink& sink, std::stop_token stop) {
    if (store_ == nullptr) {
        return failure(ErrorCode::Unavailable, "no store to read " + path + " from");
    }
    std::string kept_back;
    TRY(const artifacts::Fetched fetched, store_->get_pieces(
                                              {target_.bucket, target_.key + path},
                                              [&](std::string_view piece) -> Status {
                                                  if (!kept_back.empty()) {
                                                      TRY(sink(kept_back));
                                                  }
                                                  kept_back = piece;
                                                  return {};
                                              },
                                              std::move(stop)));
    if (fetched.digest != shelved.sha256) {
        return failure(ErrorCode::Conflict, "the store has other bytes of " + path);
    }
    return kept_back.empty() ? Status() : sink(kept_back);
}

std::optional<StoreShelf::Waiting> StoreShelf::first_waiting() {
    auto items = items_.lock();
    if (items->waiting.empty()) {
        return std::nullopt;
    }
    const auto& [number, path] = *items->waiting.begin();
    return Waiting{path, file_of(*items, number), number};
}

// Also of one that was replaced meanwhile: then what replaced it waits.
void StoreShelf::note_stored(const Waiting& waiting) {
    auto items = items_.lock();
    Item& item = items->by_path[waiting.path];
    if (item.number == waiting.number && items->waiting.contains(waiting.number)) {
        item.stored = true;
        drop(*items, waiting.number, item.bytes);
        items->index << json_text({{"stored", waiting.number}}) << std::endl;
    }
}

Status StoreShelf::ship(artifacts::S3Client& store, const artifacts::S3Object& target,
                        std::stop_token stop) {
    std::int64_t last = 0;
    while (const auto waiting = first_waiting()) {
        const auto file = open_file(waiting->file);
        if (!file) {
            auto items = items_.lock(); // replaced meanwhile, or the volume is not what it was
            items->waiting.erase(waiting->number);
            continue;
        }
        const auto put = artifacts::upload_file(store, target, *file, waiting->path, stop);
        if (put) {
            note_stored(*waiting);
        } else if (of_the_file(put.error().code) && last != waiting->number) {
            last = waiting->number; // once more, then it is left
        } else if (of_the_file(put.error().code)) {
            auto items = items_.lock();
            drop(*items, waiting->number, items->by_path[waiting->path].bytes);
        } else {
            return tl::unexpected<Error>(put.error());
        }
    }
    return {};
}

bool StoreShelf::is_empty() {
    return items_.with([](const Items& items) { return items.waiting.empty(); });
}

bool StoreShelf::has(const std::string& path, const std::string& digest) {
    return items_.with([&](const Items& items) {
        const auto found = items.by_path.find(path);
        return found != items.by_path.end() && found->second.stored &&
               found->second.digest.text() == digest;
    });
}

} // namespace pedigree::recorder
