#include "trackers/wandb/transaction_log.h"

#include <algorithm>

#include <zlib.h>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::size_t block_bytes = 32768;
constexpr std::size_t head_bytes = 7;
constexpr std::string_view magic("\x3aW&B\xe1\xbe\x00", 7);

constexpr std::uint8_t whole_part = 1;
constexpr std::uint8_t first_part = 2;
constexpr std::uint8_t middle_part = 3;
constexpr std::uint8_t last_part = 4;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t byte = 0; byte < size; ++byte) {
        value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + byte]))
                 << (8 * byte);
    }
    return value;
}

// Of type and bytes.
std::uint32_t crc_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

void append_number(std::string& out, std::uint32_t value, std::size_t size) {
    for (std::size_t byte = 0; byte < size; ++byte) {
        out += static_cast<char>((value >> (8 * byte)) & 0xffU);
    }
}

} // namespace

void TransactionLog::feed(std::string_view bytes) {
    if (foreign_) {
        return;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_ += bytes;
}

std::size_t TransactionLog::room() const {
    return block_bytes - offset_ % block_bytes;
}

void TransactionLog::take(std::size_t bytes) {
    at_ += bytes;
    offset_ += bytes;
}

bool TransactionLog::read_header() {
    if (header_read_) {
        return true;
    }
    const std::string_view front = rest().substr(0, magic.size());
    foreign_ = !magic.starts_with(front);
    if (foreign_ || front.size() < magic.size()) {
        return false;
    }
    take(magic.size());
    header_read_ = true;
    return true;
}

// False: the damaged block has not come to its end.
bool TransactionLog::skip_damage() {
    if (offset_ < skip_until_) {
        take(std::min<std::uint64_t>(skip_until_ - offset_, rest().size()));
    }
    return offset_ >= skip_until_;
}

std::optional<TransactionLog::Part> TransactionLog::next_part() {
    while (skip_damage()) {
        if (room() < head_bytes) { // zeros
            skip_until_ = offset_ + room();
            continue;
        }
        const std::string_view bytes = rest();
        if (bytes.size() < head_bytes) {
            return std::nullopt;
        }
        const std::size_t length = number_at(bytes, 4, 2);
        const auto type = static_cast<std::uint8_t>(bytes[6]);
        const bool possible =
            type >= whole_part && type <= last_part && head_bytes + length <= room();
        if (possible && bytes.size() < head_bytes + length) {
            return std::nullopt;
        }
        if (!possible || number_at(bytes, 0, 4) != crc_of(bytes.substr(6, length + 1))) {
            ++damaged_;
            in_record_ = false;
            parts_.clear();
            skip_until_ = offset_ + room();
            continue;
        }
        take(head_bytes + length);
        return Part{type, bytes.substr(head_bytes, length)};
    }
    return std::nullopt;
}

std::optional<std::string> TransactionLog::join(const Part& part) {
    const bool begins = part.type == whole_part || part.type == first_part;
    if (begins == in_record_) { // a beginning within a record, or a part without a beginning
        ++damaged_;
    }
    if (begins) {
        parts_.clear();
        drop_ = false;
        in_record_ = true;
    }
    if (!in_record_) {
        return std::nullopt;
    }
    drop_ = drop_ || parts_.size() + part.bytes.size() > wandb_record_bytes_max;
    if (drop_) {
        parts_.clear();
    } else {
        parts_ += part.bytes;
    }
    if (part.type != whole_part && part.type != last_part) {
        return std::nullopt;
    }
    in_record_ = false;
    if (drop_) {
        ++too_large_;
        return std::nullopt;
    }
    std::string record = std::move(parts_);
    parts_.clear();
    return record;
}

std::optional<std::string> TransactionLog::next() {
    if (foreign_ || !read_header()) {
        return std::nullopt;
    }
    while (const auto part = next_part()) {
        if (auto record = join(*part)) {
            return record;
        }
    }
    return std::nullopt;
}

std::string log_header() {
    return std::string(magic);
}

std::string logged(std::string_view record, std::uint64_t offset) {
    std::string out;
    bool begun = false;
    for (bool ended = false; !ended;) {
        const std::size_t room = block_bytes - (offset + out.size()) % block_bytes;
        if (room < head_bytes) {
            out.append(room, '\0');
            continue;
        }
        const std::size_t length = std::min(record.size(), room - head_bytes);
        ended = length == record.size();
        const std::uint8_t type =
            begun ? (ended ? last_part : middle_part) : (ended ? whole_part : first_part);
        std::string part(1, static_cast<char>(type));
        part += record.substr(0, length);
        append_number(out, crc_of(part), 4);
        append_number(out, static_cast<std::uint32_t>(length), 2);
        out += part;
        record.remove_prefix(length);
        begun = true;
    }
    return out;
}

} // namespace pedigree::trackers::wandb
