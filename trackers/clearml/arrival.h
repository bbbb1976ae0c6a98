#pragma once
// A POST to the file server as it comes: its files are put on the shelf one after the other, in
// constant memory, each under clearml/files/ and its own path. A file of the call that came whole
// is kept even if a later one of it does not. Any thread.

#include <functional>
#include <string>

#include "net/http_server.h"
#include "trackers/shelf.h"

namespace pedigree::trackers::clearml {

struct ArrivalNews {
    // Whether it is to be kept, or only read.
    std::function<bool(const std::string& path)> is_wanted;
    std::function<void(const std::string& path, const Shelved& shelved)> came;
};

// The path of its last file. InvalidInput, TooLarge: no upload, or no path of a file; to be told to
// the script. Others: the call was cut off, and nobody hears an answer.
Result<std::string> take_files(net::Exchange& exchange, Shelf& shelf, const ArrivalNews& news);

} // namespace pedigree::trackers::clearml
