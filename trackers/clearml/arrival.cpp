#include "trackers/clearml/arrival.h"

#include "trackers/clearml/files.h"
#include "trackers/clearml/multipart.h"
#include "trackers/clearml/observed.h"
#include "trackers/clearml/pod.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::size_t upload_piece_bytes = 64 * 1024;

} // namespace

Result<std::string> take_files(net::Exchange& exchange, Shelf& shelf, const ArrivalNews& news) {
    TRY(auto multipart, Multipart::of(exchange.request().headers.value_or("Content-Type", "")));
    std::string path;
    std::unique_ptr<ArrivingFile> file;
    const PartSink sink{
        .begin = [&](const std::string& name) -> Status {
            const auto good = uploaded_path(name);
            if (!good) {
                return failure(ErrorCode::InvalidInput, "pedigree: no path of a file");
            }
            path = *good;
            file = shelf.begin(
                news.is_wanted(path) ? std::string(endpoint_path) + "/" + place_of(path) : "");
            return {};
        },
        .data = [&](std::string_view piece) -> Status {
            file->write(piece);
            return {};
        },
        .end = [&]() -> Status {
            news.came(path, file->keep());
            file.reset();
            return {};
        }};
    std::string buffer(upload_piece_bytes, '\0');
    while (true) {
        TRY(const std::size_t count, exchange.read(buffer));
        if (count == 0) {
            break;
        }
        TRY(multipart.feed(std::string_view(buffer).substr(0, count), sink));
    }
    if (!multipart.is_whole()) {
        return failure(ErrorCode::InvalidInput, "pedigree: the upload was cut off");
    }
    return path;
}

} // namespace pedigree::trackers::clearml
