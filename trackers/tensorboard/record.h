#pragma once
// How TensorBoard's event files are framed: TFRecord, one record behind the other
// (tensorflow/core/lib/io/record_writer.h):
//
//     u64le length   u32le masked CRC-32C of these 8 bytes
//     length bytes   u32le masked CRC-32C of these
//
// masked = the CRC turned right by 15 bits, plus 0xa282ead8, so that a file of files does not look
// well by chance. Writers append and never change what stands there; a process that was killed
// leaves its last record cut. So a cut end is waited for, a record whose bytes are damaged is
// passed over by its length, and where the length itself is damaged nobody knows where the next
// record begins: the rest of that file is lost. Pure; borrows the bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::trackers::tensorboard {

// Of a record that is looked at: graphs and images are larger at times, and are passed over.
constexpr std::size_t event_bytes_max = 16 * 1024 * 1024;

enum class FrameKind {
    Record,
    Cut,      // `bytes` from here on are needed to say more
    Damaged,  // its bytes are not those that were written
    TooLarge, // event_bytes_max
    Lost,     // no length can be read here: nothing behind it can be found
};

struct Frame {
    FrameKind kind = FrameKind::Cut;
    std::uint64_t bytes = 0; // of the whole frame; 0 if it is Lost
    std::string_view record; // of a Record
};

// The frame at the front.
Frame first_frame(std::string_view bytes);

// A record in its frame, as a writer puts it: for tests, and for what we write ourselves.
std::string framed(std::string_view record);

} // namespace pedigree::trackers::tensorboard
