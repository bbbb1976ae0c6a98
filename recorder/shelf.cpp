#include "recorder/shelf.h"

#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "artifacts/transfer.h"
#include "base/json_text.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t shelf_piece_bytes = 64 * 1024;

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

StoreShelf::Draft StoreShelf::begin(const std::string& path) {
    Draft draft;
    if (path.empty() || !artifacts::check_manifest_path(path)) {
        return draft;
    }
    auto items = items_.lock();
    if (items->index.is_open() &&
        (items->by_path.contains(path) || items->by_path.size() < shelf_files_max)) {
        draft.number = items->next++;
        draft.file.open(file_of(*items, draft.number), std::ios::binary | std::ios::trunc);
    }
    return draft;
}

void StoreShelf::write(Draft& draft, std::string_view bytes) {
    if (!draft.file.is_open()) {
        return;
    }
    const bool room = items_.with([&](Items& items) {
        const bool fits = items.bytes + bytes.size() <= items.bytes_max;
        items.bytes += fits ? bytes.size() : 0;
        return fits;
    });
    draft.bytes += room ? bytes.size() : 0;
    if (!room || !draft.file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
        give_up(draft);
    }
}

void StoreShelf::give_up(Draft& draft) {
    draft.file.close();
    auto items = items_.lock();
    drop(*items, draft.number, draft.bytes);
    draft.bytes = 0;
}

void StoreShelf::put(const std::string& path, Draft& draft, const trackers::Shelved& shelved) {
    const bool kept = draft.file.is_open() && draft.file.flush();
    if (draft.file.is_open() && !kept) {
        give_up(draft);
    }
    draft.file.close();
    auto items = items_.lock();
    Item& item = items->by_path[path];
    if (items->waiting.contains(item.number)) {
        drop(*items, item.number, item.bytes);
    }
    item = {kept ? draft.number : 0, shelved.sha256, shelved.bytes};
    if (kept) {
        items->waiting[draft.number] = path;
    }
    items->index << json_text({{"path", path},
                               {"number", item.number},
                               {"digest", item.digest.text()},
                               {"bytes", item.bytes}})
                 << std::endl;
}

Result<trackers::Shelved> StoreShelf::take(net::Exchange& exchange, const std::string& path) {
    Draft draft = begin(path);
    trackers::Shelved shelved;
    Sha256 hash;
    std::string buffer(shelf_piece_bytes, '\0');
    while (true) {
        const auto count = exchange.read(buffer);
        if (!count) {
            give_up(draft);
            return tl::unexpected<Error>(count.error());
        }
        if (*count == 0) {
            break;
        }
        const auto piece = std::string_view(buffer).substr(0, *count);
        hash.update(piece);
        shelved.bytes += piece.size();
        write(draft, piece);
    }
    shelved.sha256 = hash.finish();
    if (draft.number > 0) {
        put(path, draft, shelved);
    }
    return shelved;
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
