#include "imagebuild/archive/gunzip.h"

#include <vector>

#include <zlib.h>

namespace pedigree::imagebuild {

struct Gunzip::State {
    z_stream stream{};
    std::vector<char> out = std::vector<char>(256 * 1024);
    std::uint64_t left = 0;
    bool inside = false; // a member has begun and not ended
};

Gunzip::Gunzip(std::uint64_t unpacked_bytes_max) : state_(std::make_unique<State>()) {
    state_->left = unpacked_bytes_max;
    ::inflateInit2(&state_->stream, MAX_WBITS + 16);
}

Gunzip::~Gunzip() {
    ::inflateEnd(&state_->stream);
}

Status Gunzip::feed(std::string_view bytes, const ByteSink& sink) {
    z_stream& stream = state_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
        if (!state_->inside && stream.avail_in > 0) {
            ::inflateReset(&stream);
            state_->inside = true;
        }
        stream.next_out = reinterpret_cast<Bytef*>(state_->out.data());
        stream.avail_out = static_cast<uInt>(state_->out.size());
        const int code = ::inflate(&stream, Z_NO_FLUSH);
        const std::size_t count = state_->out.size() - stream.avail_out;
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return failure(ErrorCode::Corrupt, "a layer is no sound gzip stream");
        }
        if (count > state_->left) {
            return failure(ErrorCode::TooLarge, "a layer unpacks to more than is allowed");
        }
        state_->left -= count;
        TRY(sink(std::string_view(state_->out.data(), count)));
        if (code == Z_STREAM_END) {
            state_->inside = false;
        } else if (code == Z_BUF_ERROR) {
            break; // wants more input
        }
    } while (stream.avail_in > 0 || stream.avail_out == 0);
    return {};
}

Status Gunzip::finish() const {
    if (state_->inside) {
        return failure(ErrorCode::Corrupt, "a layer ends in the middle of its gzip stream");
    }
    return {};
}

} // namespace pedigree::imagebuild
