#include "imagebuild/archive/unzstd.h"

#include <string>

#include <zstd.h>

#include "base/owned.h"

namespace pedigree::imagebuild {
namespace {

// What `zstd --long=27` needs, and the most that its own tool takes unasked.
constexpr int window_bits_max = 27;

} // namespace

struct Unzstd::State {
    Owned<ZSTD_DStream, ZSTD_freeDStream> stream{ZSTD_createDStream()};
    std::string out = std::string(ZSTD_DStreamOutSize(), '\0');
    std::uint64_t left = 0;  // bytes that may still come out
    std::size_t missing = 0; // 0: between frames
};

Unzstd::Unzstd(std::uint64_t unpacked_bytes_max) : state_(new State) {
    state_->left = unpacked_bytes_max;
    ZSTD_DCtx_setParameter(state_->stream.get(), ZSTD_d_windowLogMax, window_bits_max);
}

Unzstd::~Unzstd() = default;

Status Unzstd::feed(std::string_view bytes, const ByteSink& sink) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false; // more may come out without more going in
    while (in.pos < in.size || full) {
        ZSTD_outBuffer out{state_->out.data(), state_->out.size(), 0};
        const std::size_t code = ZSTD_decompressStream(state_->stream.get(), &out, &in);
        if (ZSTD_isError(code) != 0) {
            return failure(ErrorCode::Corrupt, "a layer is no sound zstd stream");
        }
        if (out.pos > state_->left) {
            return failure(ErrorCode::TooLarge, "a layer unpacks to more than is allowed");
        }
        state_->left -= out.pos;
        state_->missing = code;
        full = out.pos == out.size && code != 0;
        TRY(sink({state_->out.data(), out.pos}));
    }
    return {};
}

Status Unzstd::finish() const {
    if (state_->missing != 0) {
        return failure(ErrorCode::Corrupt, "a layer ends in the middle of its zstd stream");
    }
    return {};
}

} // namespace pedigree::imagebuild
