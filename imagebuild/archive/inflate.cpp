#include "imagebuild/archive/inflate.h"

#include <array>

#include <zlib.h>

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t out_bytes = 256 * 1024;

} // namespace

struct Inflater::State {
    z_stream stream{};
    bool ended = false;
    std::array<char, out_bytes> out;
};

Inflater::Inflater(DeflateForm form) : state_(new State) {
    ::inflateInit2(&state_->stream, form == DeflateForm::Gzip ? MAX_WBITS + 16 : -MAX_WBITS);
}

Inflater::~Inflater() {
    ::inflateEnd(&state_->stream);
}

void Inflater::restart() {
    ::inflateReset(&state_->stream);
    state_->ended = false;
}

bool Inflater::ended() const {
    return state_->ended;
}

Result<std::optional<std::size_t>> Inflater::feed(std::string_view packed,
                                                  const ByteSink& unpacked) {
    z_stream& stream = state_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.avail_out = 0;
    while (!state_->ended && (stream.avail_in > 0 || stream.avail_out == 0)) {
        stream.next_out = reinterpret_cast<Bytef*>(state_->out.data());
        stream.avail_out = static_cast<uInt>(out_bytes);
        const int code = ::inflate(&stream, Z_NO_FLUSH);
        if (code == Z_BUF_ERROR) {
            break; // wants more input
        }
        if (code != Z_OK && code != Z_STREAM_END) {
            return std::optional<std::size_t>();
        }
        state_->ended = code == Z_STREAM_END;
        TRY(unpacked({state_->out.data(), out_bytes - stream.avail_out}));
    }
    return std::optional(packed.size() - stream.avail_in);
}

} // namespace pedigree::imagebuild
