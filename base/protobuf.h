#pragma once
// ProtobufReader: walks the fields of a protobuf message in the order of its bytes, for formats of
// others of which we need a few fields: event files, W&B's transaction logs. No schema and no
// generated code: who reads knows the numbers from the .proto, names what it takes, and passes over
// the rest, which newer writers may have added.
//
//     ProtobufReader message(bytes);
//     while (const auto field = message.next()) {
//         if (field->is(1, ProtobufKind::Bytes)) {
//             name = field->bytes;               // text, a message within, or packed numbers
//         } else if (field->is(2, ProtobufKind::Varint)) {
//             step = field->integer();
//         }
//     }
//     if (message.broken()) { ... }              // what stands before the break was given
//
// The encoding (protobuf.dev/programming-guides/encoding): a field is a tag, number * 8 + kind, and
//     0 Varint   groups of 7 bits, the lowest first, at most 10 bytes
//     1 Fixed64  8 bytes, little-endian: double, fixed64
//     2 Bytes    a Varint that says how many, then these
//     5 Fixed32  4 bytes, little-endian: float, fixed32
// Kinds 3 and 4 (groups) are of proto1; a message with one counts as broken. A field that is not
// repeated may come twice: the last one counts. Any bytes may be given: nothing is read beyond
// them, nothing is allocated, and a step costs constant time. Borrows the bytes. One thread.

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pedigree {

enum class ProtobufKind { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct ProtobufField {
    std::uint32_t number = 0;
    ProtobufKind kind = ProtobufKind::Varint;
    std::uint64_t bits = 0; // of all kinds but Bytes
    std::string_view bytes; // of Bytes

    bool is(std::uint32_t wanted, ProtobufKind of_kind) const {
        return number == wanted && kind == of_kind;
    }
    // int32, int64, uint32, bool and enums of a Varint; a sint is written in another way.
    std::int64_t integer() const { return static_cast<std::int64_t>(bits); }
    double float64() const { return std::bit_cast<double>(bits); } // Fixed64
    double float32() const {
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } // Fixed32
};

class ProtobufReader {
  public:
    explicit ProtobufReader(std::string_view message) : left_(message) {}

    // Nothing at the end, or where the bytes are no field.
    std::optional<ProtobufField> next();
    bool broken() const { return broken_; }

    // For packed numbers, which stand in a Bytes field one behind the other. Nothing at the end, or
    // where there is none.
    std::optional<std::uint64_t> varint();
    std::optional<std::uint64_t> fixed(std::size_t width); // 4 or 8

  private:
    std::optional<std::uint64_t> broken_here();

    std::string_view left_;
    bool broken_ = false;
};

} // namespace pedigree
