#include "imagebuild/archive/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "imagebuild/layer/tar_entry.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::uint64_t extension_bytes_max = 1024 * 1024;
constexpr std::size_t path_bytes_max = 4096; // PATH_MAX: no file system holds more

std::string_view field(std::string_view block, std::size_t at, std::size_t length) {
    const std::string_view text = block.substr(at, length);
    return text.substr(0, text.find('\0'));
}

// Octal, or base 256 when the first bit is set.
std::optional<std::uint64_t> number(std::string_view block, std::size_t at, std::size_t length) {
    const auto first = static_cast<unsigned char>(block[at]);
    std::uint64_t value = 0;
    if ((first & 0x80) != 0) {
        for (std::size_t i = length - 8; i < length; ++i) {
            value = value << 8 | static_cast<unsigned char>(block[at + i]);
        }
        return value;
    }
    std::string_view digits = field(block, at, length);
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    for (const char c : digits) {
        if (c == ' ') {
            break;
        }
        if (c < '0' || c > '7') {
            return std::nullopt;
        }
        value = value * 8 + static_cast<unsigned>(c - '0');
    }
    return value;
}

bool checksum_fits(std::string_view block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
    }
    return number(block, 148, 8) == sum;
}

std::string plain_path(std::string_view path) {
    while (path.starts_with("./") || path.starts_with("/")) {
        path.remove_prefix(path.front() == '/' ? 1 : 2);
    }
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return std::string(path == "." ? std::string_view() : path);
}

TarItemType type_of(char flag) {
    switch (flag) {
    case '0':
    case '\0':
    case '7':
        return TarItemType::File;
    case '1':
        return TarItemType::HardLink;
    case '2':
        return TarItemType::Symlink;
    case '5':
        return TarItemType::Directory;
    default:
        return TarItemType::Other;
    }
}

// The value of the last record with that key.
std::string pax_value(std::string_view records, std::string_view key) {
    std::string value;
    while (!records.empty()) {
        std::size_t length = 0;
        const auto end = std::from_chars(records.data(), records.data() + records.size(), length);
        const auto digits = static_cast<std::size_t>(end.ptr - records.data());
        if (end.ec != std::errc() || length <= digits + 1 || length > records.size()) {
            break;
        }
        const std::string_view record = records.substr(digits + 1, length - digits - 2);
        records.remove_prefix(length);
        if (record.starts_with(key) && record.substr(key.size()).starts_with('=')) {
            value = record.substr(key.size() + 1);
        }
    }
    return value;
}

} // namespace

Status TarReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        switch (part_) {
        case Part::Header: {
            const std::string_view piece = bytes.substr(0, tar_block_bytes - block_.size());
            block_ += piece;
            bytes.remove_prefix(piece.size());
            if (block_.size() == tar_block_bytes) {
                TRY(take_block());
                block_.clear();
            }
            break;
        }
        case Part::Extension:
        case Part::Content: {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
            collected_ += bytes.substr(0, std::min(count, wanted_ - collected_.size()));
            bytes.remove_prefix(count);
            left_ -= count;
            if (left_ == 0) {
                TRY(end_content());
            }
            break;
        }
        case Part::Padding: {
            const std::size_t count = std::min(padding_, bytes.size());
            bytes.remove_prefix(count);
            padding_ -= count;
            if (padding_ == 0) {
                part_ = Part::Header;
            }
            break;
        }
        }
    }
    return {};
}

Status TarReader::finish() const {
    if (part_ != Part::Header || !block_.empty()) {
        return failure(ErrorCode::Corrupt, "a layer's tar ends in the middle of an entry");
    }
    return {};
}

Status TarReader::take_block() {
    if (block_.find_first_not_of('\0') == std::string::npos) {
        return {}; // the end, or filling behind it
    }
    const auto bytes = number(block_, 124, 12);
    if (!checksum_fits(block_) || !bytes) {
        return failure(ErrorCode::Corrupt, "a layer's tar has a broken header");
    }
    const char flag = block_[156];
    padding_ = tar_padding_bytes(*bytes);
    if (flag == 'x' || flag == 'g' || flag == 'L' || flag == 'K') {
        if (*bytes > extension_bytes_max) {
            return failure(ErrorCode::TooLarge, "a layer's tar has an extended header above 1 MiB");
        }
        part_ = Part::Extension;
        extension_type_ = flag;
        wanted_ = left_ = *bytes;
        collected_.clear();
        return left_ == 0 ? end_content() : Status();
    }
    TarItem item;
    item.type = type_of(flag);
    item.bytes = item.type == TarItemType::File ? *bytes : 0;
    item.target = field(block_, 157, 100);
    item.mode = static_cast<unsigned>(number(block_, 100, 8).value_or(0755) & 07777);
    const bool has_prefix =
        std::string_view(block_).substr(257, 6) == std::string_view("ustar\0", 6);
    const std::string_view prefix = has_prefix ? field(block_, 345, 155) : std::string_view();
    item.path =
        std::string(prefix) + (prefix.empty() ? "" : "/") + std::string(field(block_, 0, 100));
    left_ = *bytes;
    return begin_item(std::move(item));
}

Status TarReader::begin_item(TarItem item) {
    item.path = plain_path(long_path_.empty() ? item.path : long_path_);
    if (!long_target_.empty()) {
        item.target = long_target_;
    }
    if (item.type == TarItemType::HardLink) {
        item.target = plain_path(item.target);
    }
    if (item.path.size() > path_bytes_max || item.target.size() > path_bytes_max) {
        return failure(
            ErrorCode::TooLarge,
            fmt::format("a layer's tar has a path longer than {} bytes", path_bytes_max));
    }
    if (!pax_size_.empty()) {
        const auto end =
            std::from_chars(pax_size_.data(), pax_size_.data() + pax_size_.size(), left_);
        if (end.ec != std::errc()) {
            return failure(ErrorCode::Corrupt, "a layer's tar has a broken size");
        }
        item.bytes = left_;
        padding_ = tar_padding_bytes(left_);
    }
    long_path_.clear();
    long_target_.clear();
    pax_size_.clear();
    item_ = std::move(item);
    collected_.clear();
    wanted_ = visitor_.content_bytes_wanted(item_);
    part_ = Part::Content;
    return left_ == 0 ? end_content() : Status();
}

Status TarReader::end_content() {
    if (part_ == Part::Extension) {
        read_extension();
    } else if (!item_.path.empty()) {
        TRY(visitor_.take(item_, collected_));
    }
    part_ = padding_ > 0 ? Part::Padding : Part::Header;
    return {};
}

void TarReader::read_extension() {
    if (extension_type_ == 'x') {
        long_path_ = pax_value(collected_, "path");
        long_target_ = pax_value(collected_, "linkpath");
        pax_size_ = pax_value(collected_, "size");
    } else if (extension_type_ == 'L') {
        long_path_ = collected_.substr(0, collected_.find('\0'));
    } else if (extension_type_ == 'K') {
        long_target_ = collected_.substr(0, collected_.find('\0'));
    }
}

} // namespace pedigree::imagebuild
