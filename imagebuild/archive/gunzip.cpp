#include "imagebuild/archive/gunzip.h"

namespace pedigree::imagebuild {

Status Gunzip::feed(std::string_view bytes, const ByteSink& sink) {
    const ByteSink bounded = [&](std::string_view piece) -> Status {
        if (piece.size() > left_) {
            return failure(ErrorCode::TooLarge, "a layer unpacks to more than is allowed");
        }
        left_ -= piece.size();
        return sink(piece);
    };
    while (!bytes.empty()) {
        if (!inside_) {
            inflater_.restart();
            inside_ = true;
        }
        TRY(const auto used, inflater_.feed(bytes, bounded));
        if (!used) {
            return failure(ErrorCode::Corrupt, "a layer is no sound gzip stream");
        }
        bytes.remove_prefix(*used);
        inside_ = !inflater_.ended();
    }
    return {};
}

Status Gunzip::finish() const {
    if (inside_) {
        return failure(ErrorCode::Corrupt, "a layer ends in the middle of its gzip stream");
    }
    return {};
}

} // namespace pedigree::imagebuild
