#include "imagebuild/lock/lock_encoding.h"

#include <fmt/format.h>

namespace pedigree::imagebuild {
namespace {

struct Encoding {
    std::string_view mark;
    std::string_view name;
    std::size_t unit_bytes; // 1: UTF-8
    bool big_endian;
};

// UTF-32's first: the little-endian mark begins with UTF-16's.
constexpr Encoding encodings[] = {
    {std::string_view("\xff\xfe\0\0", 4), "UTF-32", 4, false},
    {std::string_view("\0\0\xfe\xff", 4), "UTF-32", 4, true},
    {"\xff\xfe", "UTF-16", 2, false},
    {"\xfe\xff", "UTF-16", 2, true},
    {"\xef\xbb\xbf", "UTF-8", 1, false},
};

constexpr char32_t code_point_max = 0x10ffff;

tl::unexpected<Error> refuse(std::string_view file, std::string_view what) {
    return failure(ErrorCode::InvalidInput, "LockInvalid",
                   fmt::format("E0141 {}: {}; save it as UTF-8", file, what));
}

void append_utf8(std::string& out, char32_t point) {
    const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0 | point >> 6);
        put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    }
}

char32_t unit_at(std::string_view bytes, const Encoding& encoding) {
    char32_t unit = 0;
    for (std::size_t i = 0; i < encoding.unit_bytes; ++i) {
        const std::size_t at = encoding.big_endian ? i : encoding.unit_bytes - 1 - i;
        unit = unit << 8 | static_cast<unsigned char>(bytes[at]);
    }
    return unit;
}

bool is_surrogate(char32_t unit, char32_t first) {
    return unit >= first && unit < first + 0x400;
}

Result<std::string> decoded(std::string_view bytes, const Encoding& encoding,
                            std::string_view file) {
    constexpr char32_t high = 0xd800, low = 0xdc00;
    const auto broken = [&] { return refuse(file, fmt::format("it is broken {}", encoding.name)); };
    if (bytes.size() % encoding.unit_bytes != 0) {
        return broken();
    }
    std::string out;
    char32_t pending = 0; // a high surrogate
    for (; !bytes.empty(); bytes.remove_prefix(encoding.unit_bytes)) {
        char32_t unit = unit_at(bytes, encoding);
        if (is_surrogate(unit, low) != (pending != 0)) {
            return broken();
        }
        if (pending != 0) {
            unit = 0x10000 + ((pending - high) << 10) + (unit - low);
            pending = 0;
        } else if (is_surrogate(unit, high)) {
            pending = unit;
            continue;
        }
        if (unit > code_point_max || (encoding.unit_bytes == 4 && unit >= high && unit < 0xe000)) {
            return broken();
        }
        append_utf8(out, unit);
    }
    return pending == 0 ? Result<std::string>(std::move(out)) : broken();
}

} // namespace

Result<std::string> lock_in_utf8(std::string_view bytes, std::string_view file) {
    for (const Encoding& encoding : encodings) {
        if (bytes.starts_with(encoding.mark)) {
            bytes.remove_prefix(encoding.mark.size());
            return encoding.unit_bytes == 1 ? Result<std::string>(std::string(bytes))
                                            : decoded(bytes, encoding, file);
        }
    }
    if (bytes.find('\0') != bytes.npos) {
        return refuse(file, "it has NUL bytes, as UTF-16 without a byte order mark has them");
    }
    return std::string(bytes);
}

} // namespace pedigree::imagebuild
