#pragma once
// Shelf: where an endpoint puts what scripts upload to it, on its way to the artifact store. A file
// comes in pieces, since one call may bring several (ClearML), and none is ever held whole:
//
//     const auto file = shelf.begin("clearml/files/a.bin");
//     file->write(piece);  ..
//     const Shelved shelved = file->keep();
//
// The shelf outlives its files; they may be written on any thread, each by one at a time.

#include <cstdint>
#include <memory>
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
};

// A call whose body is the file. An error: it was cut off, and nothing is kept.
Result<Shelved> take_body(Shelf& shelf, net::Exchange& exchange, const std::string& path);

} // namespace pedigree::trackers
