#pragma once
// StoreShelf: what scripts upload to a tracker's endpoint, on its way to the artifact store
// (trackers/shelf.h). A file is hashed while it passes and written beside the journal, so that
// the script has its answer at once, whether the store answers or not; a thread of its own puts
// what waits there below records::pod::upload_key(), and makes room. What finds no room is hashed
// and not kept. A script gets its file back from here, or from the store once it is there alone. A
// recorder that starts again finds what waited. Any thread; ship() from one.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "artifacts/s3.h"
#include "base/sync.h"
#include "trackers/shelf.h"

namespace pedigree::recorder {

constexpr std::uint64_t shelf_bytes_max =
    512 * 1024 * 1024; // that wait; the journal may have 1 GiB
constexpr std::size_t shelf_files_max = 50'000;

// Of a file that could not be put: nothing more can be done, and the record is complete without it.
bool of_the_file(ErrorCode code);

class StoreShelf final : public trackers::Shelf {
  public:
    Status open(const std::filesystem::path& folder, std::uint64_t bytes_max = shelf_bytes_max);

    // Where what was put can be read again; before the first read(). Outlives this.
    void reads_from(artifacts::S3Client& store, artifacts::S3Object target) {
        store_ = &store;
        target_ = std::move(target);
    }

    std::unique_ptr<trackers::ArrivingFile> begin(const std::string& path) override;
    std::optional<trackers::Shelved> find(const std::string& path) override;
    Status read(const std::string& path, const trackers::Shelved& shelved,
                const net::BodySink& sink, std::stop_token stop) override;

    // Puts what waits below `target`, oldest first, until all is there. Unavailable and the like:
    // the rest still waits.
    Status ship(artifacts::S3Client& store, const artifacts::S3Object& target,
                std::stop_token stop);
    bool is_empty();
    // Whether the store has these bytes under this path.
    bool has(const std::string& path, const std::string& digest);

  private:
    struct Item {
        std::int64_t number = 0; // of its file; 0: not kept
        Digest digest;
        std::uint64_t bytes = 0;
        bool stored = false;
    };
    struct Items {
        std::filesystem::path folder;
        std::ofstream index;
        std::map<std::string, Item> by_path;
        std::map<std::int64_t, std::string> waiting; // path by number
        std::int64_t next = 1;
        std::uint64_t bytes = 0; // of the files that wait, also of those that are being written
        std::uint64_t bytes_max = 0;
    };
    struct Waiting {
        std::string path;
        std::filesystem::path file;
        std::int64_t number = 0;
    };
    class Draft;
    void put(const std::string& path, const Item& arrived);

    static std::filesystem::path file_of(const Items& items, std::int64_t number);
    static void drop(Items& items, std::int64_t number, std::uint64_t bytes);
    std::optional<Waiting> first_waiting();
    void note_stored(const Waiting& waiting);
    Status read_stored(const std::string& path, const trackers::Shelved& shelved,
                       const net::BodySink& sink, std::stop_token stop);

    artifacts::S3Client* store_ = nullptr;
    artifacts::S3Object target_;
    Sync<Items> items_;
};

} // namespace pedigree::recorder
