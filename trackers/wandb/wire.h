#pragma once
// Protobuf's wire format (https://protobuf.dev/programming-guides/encoding/), read without a
// schema: one field after the other, borrowed from the message. Groups, which proto3 does not have,
// end the reading like any other break. Pure.
//
//     for (Wire wire(message); auto field = wire.next();) { .. field->number .. field->bytes .. }

#include <cstdint>
#include <optional>
#include <string_view>

namespace pedigree::trackers::wandb {

struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0; // of a varint, a fixed32, a fixed64
    std::string_view bytes;  // of a length-delimited one: text, bytes, a message
    bool is_bytes = false;
};

class Wire {
  public:
    explicit Wire(std::string_view message) : rest_(message) {}

    // Nothing: the end, or a break.
    std::optional<Field> next();
    bool broken() const { return broken_; }

  private:
    std::optional<std::uint64_t> varint();
    std::optional<std::uint64_t> fixed(std::size_t bytes);
    std::optional<Field> fail();

    std::string_view rest_;
    bool broken_ = false;
};

} // namespace pedigree::trackers::wandb
