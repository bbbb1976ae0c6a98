#pragma once
// Shelf: where an endpoint puts what scripts upload to it, on its way to the artifact store, and
// from where they get it back, wherever it has come to. A file comes in pieces, since one call may
// bring several (ClearML), and none is ever held whole:
//
//     const auto file = shelf.begin("clearml/files/a.bin");
//     file->write(piece);  ..
//     const Shelved shelved = file->keep();
//
// The shelf outlives its files; they may be written on any thread, each by one at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "net/http_server.h"

namespace pedigree::trackers {

// What came of an upload.
struct Shelved {
    Digest sha256;
    std::uint64_t bytes = 0;
};

// A file that is on its way. Destroyed before it was kept: it was cut off, and nothing is kept.
class ArrivingFile {
  public:
    virtual ~ArrivingFile() = default;
    virtual void write(std::string_view bytes) = 0;
    // All has come, and stands in place of what was there under its path. Once, as the last.
    virtual Shelved keep() = 0;
};

class Shelf {
  public:
    virtual ~Shelf() = default;
    // `path` as of a manifest. Without one what comes is hashed and dropped.
    virtual std::unique_ptr<ArrivingFile> begin(const std::string& path) = 0;

    // Of what was kept under this path. Nothing: it was not.
    virtual std::optional<Shelved> find(const std::string& path) = 0;
    // Its bytes, of which the last come only when all were found to be the ones that were kept.
    // NotFound: it was not kept, or replaced since `shelved`; Conflict: the store has other bytes;
    // others: the store is away.
    virtual Status read(const std::string& path, const Shelved& shelved, const net::BodySink& sink,
                        std::stop_token stop) = 0;
};

// A call whose body is the file. An error: it was cut off, and nothing is kept.
Result<Shelved> take_body(Shelf& shelf, net::Exchange& exchange, const std::string& path);
// Answers a GET or a HEAD with the file; 404 if it was not kept, 503 while the store is away.
void send_shelved(Shelf& shelf, net::Exchange& exchange, const std::string& path);

} // namespace pedigree::trackers
