#include "trackers/tensorboard/session_end.h"

#include <bit>

#include "base/protobuf.h"
#include "trackers/tensorboard/event.h"
#include "trackers/tensorboard/record.h"

namespace pedigree::trackers::tensorboard {
namespace {

constexpr std::uint64_t float_type = 1; // DT_FLOAT

bool is_session_end(std::string_view record) {
    const auto event = read_event(record);
    std::size_t ends = 0, values = 0;
    const bool whole = event && each_value(event->summary, [&](const Value& value) {
                           ++values;
                           ends += value.kind == ValueKind::SessionEnd ? 1 : 0;
                       });
    return whole && ends > 0 && ends == values;
}

std::string varint(std::uint64_t number) {
    std::string bytes;
    for (; number >= 0x80; number >>= 7) {
        bytes += static_cast<char>(number | 0x80);
    }
    return bytes + static_cast<char>(number);
}

std::string tag(std::uint32_t number, ProtobufKind kind) {
    return varint(number << 3 | static_cast<std::uint32_t>(kind));
}

std::string number_field(std::uint32_t number, std::uint64_t value) {
    return tag(number, ProtobufKind::Varint) + varint(value);
}

std::string message_field(std::uint32_t number, const std::string& bytes) {
    return tag(number, ProtobufKind::Bytes) + varint(bytes.size()) + bytes;
}

std::string double_field(std::uint32_t number, double value) {
    std::string bytes = tag(number, ProtobufKind::Fixed64);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) {
        bytes += static_cast<char>(bits >> shift);
    }
    return bytes;
}

} // namespace

std::string without_session_end(std::string_view file) {
    std::string kept;
    while (!file.empty()) {
        const Frame frame = first_frame(file);
        if (frame.kind == FrameKind::Cut || frame.kind == FrameKind::Lost ||
            frame.bytes > file.size()) {
            break;
        }
        if (frame.kind != FrameKind::Record || !is_session_end(frame.record)) {
            kept += file.substr(0, frame.bytes);
        }
        file.remove_prefix(frame.bytes);
    }
    return kept.append(file);
}

std::string session_end_file(SessionStatus status, double seconds) {
    const std::string end =
        number_field(1, static_cast<std::uint64_t>(status)) + double_field(2, seconds);
    const std::string plugin =
        message_field(1, "hparams") + message_field(2, message_field(4, end));
    // Of shape [0]: a dimension of size 0 is an empty message.
    const std::string tensor = number_field(1, float_type) + message_field(2, message_field(2, ""));
    const std::string value = message_field(1, "_hparams_/session_end_info") +
                              message_field(8, tensor) + message_field(9, message_field(1, plugin));
    const std::string time = double_field(1, seconds);
    return framed(time + message_field(3, "brain.Event:2")) +
           framed(time + message_field(5, message_field(1, value)));
}

} // namespace pedigree::trackers::tensorboard
