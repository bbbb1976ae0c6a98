#pragma once
// TransactionLog: how a .wandb file is framed (wandb/sdk/internal/datastore.py, core/pkg/leveldb):
// LevelDB's log format behind a header of 7 bytes, ":W&B", u16le 0xbee1, u8 0, in blocks of 32768
// bytes (the header counts in the first):
//
//     u32le crc   u16le length   u8 type: 1 whole, 2 first, 3 middle, 4 last   bytes
//
// crc is zlib's CRC-32 of type and bytes, neither CRC-32C nor masked, unlike LevelDB's. Less than 7
// bytes at a block's end are zero. Bytes are fed as the file grows; a record that is cut is waited
// for. A damaged one (its crc, its length, a part without its beginning) takes the rest of its
// block with it: the next block begins a record again, so what stands behind is found.
//
//     TransactionLog log;
//     log.feed(bytes);                       // any piece; keep to some 64 KiB
//     while (auto record = log.next()) { .. }

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pedigree::trackers::wandb {

class TransactionLog {
  public:
    void feed(std::string_view bytes);
    // The next whole record; nothing until more was fed, or for ever if this is no such file.
    std::optional<std::string> next();

    bool is_foreign() const { return foreign_; }      // the header is another
    std::int64_t damaged() const { return damaged_; } // places, not records: how many, nobody knows
    std::int64_t too_large() const { return too_large_; } // than wandb_record_bytes_max
    // Whether the last byte that was fed ended a record.
    bool is_at_end() const { return rest().empty() && parts_.empty(); }

  private:
    struct Part {
        std::uint8_t type = 0;
        std::string_view bytes;
    };

    std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
    std::size_t room() const; // in the present block
    void take(std::size_t bytes);
    bool read_header();
    bool skip_damage();
    std::optional<Part> next_part();
    std::optional<std::string> join(const Part& part);

    std::string buffer_;
    std::size_t at_ = 0;           // into buffer_
    std::uint64_t offset_ = 0;     // of at_ in the file
    std::uint64_t skip_until_ = 0; // an offset: the rest of a damaged block
    std::string parts_;            // of the record that is being put together
    bool in_record_ = false;
    bool drop_ = false; // it grew beyond its limit
    bool header_read_ = false;
    bool foreign_ = false;
    std::int64_t damaged_ = 0;
    std::int64_t too_large_ = 0;
};

// A log as the SDKs write it: for tests.
std::string log_header();
// Records in their frames, from this offset of the file on.
std::string logged(std::string_view record, std::uint64_t offset);

} // namespace pedigree::trackers::wandb
