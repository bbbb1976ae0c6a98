#include "imagebuild/archive/zip_directory.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imagebuild/layer/layer_path.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t central_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t descriptor_signature = 0x08074b50;
constexpr std::size_t local_bytes = 30, central_bytes = 46, end_bytes = 22;
constexpr std::uint64_t directory_bytes_max = 32ull << 20;
constexpr std::uint16_t flag_encrypted = 1 << 0, flag_descriptor = 1 << 3, flag_strong = 1 << 6,
                        flag_utf8 = 1 << 11, flag_masked = 1 << 13;
constexpr std::uint32_t in_zip64 = 0xffffffff;
constexpr std::uint16_t zip64_field = 1, unicode_path_field = 0x7075;

// Little-endian fields of a record.
class Fields {
  public:
    explicit Fields(std::string_view bytes) : bytes_(bytes) {}
    std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
    std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
    std::uint64_t u64(std::size_t at) const { return number(at, 8); }

  private:
    std::uint64_t number(std::size_t at, std::size_t count) const {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value |= std::uint64_t{static_cast<unsigned char>(bytes_[at + i])} << (8 * i);
        }
        return value;
    }
    std::string_view bytes_;
};

// The data of the one extra field of that kind, empty if there is none; nothing if the fields are
// broken or there are two, of which readers take the first or the last.
std::optional<std::string_view> extra_field(std::string_view extra, std::uint16_t kind) {
    std::optional<std::string_view> found;
    while (extra.size() >= 4) {
        const Fields head(extra);
        const std::size_t length = head.u16(2);
        if (extra.size() < 4 + length || (head.u16(0) == kind && found)) {
            return std::nullopt;
        }
        if (head.u16(0) == kind) {
            found = extra.substr(4, length);
        }
        extra.remove_prefix(4 + length);
    }
    return found.value_or(std::string_view());
}

// The ZIP64 values that replace 32-bit fields of 0xffffffff, in the standard's order.
bool widen(std::string_view extra, std::initializer_list<std::uint64_t*> values) {
    auto wide = extra_field(extra, zip64_field);
    for (std::uint64_t* value : values) {
        if (*value != in_zip64) {
            continue;
        }
        if (!wide || wide->size() < 8) {
            return false;
        }
        *value = Fields(*wide).u64(0);
        wide->remove_prefix(8);
    }
    return wide.has_value();
}

// Info-ZIP's Unicode path field (a version, the CRC of the name, another name) names the member for
// some readers and not for others.
bool renames(std::string_view extra, std::string_view name) {
    constexpr std::size_t head_bytes = 5;
    const auto other = extra_field(extra, unicode_path_field);
    return !other ||
           (!other->empty() && (other->size() < head_bytes || other->substr(head_bytes) != name));
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string folded(std::string_view name) {
    std::string out(name);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

struct Entry {
    ZipMember member;
    std::uint16_t flags = 0, method = 0;
    std::uint64_t header_offset = 0;
    bool directory = false;
};

class DirectoryReader {
  public:
    DirectoryReader(int file, std::string_view archive, const ZipLimits& limits)
        : file_(file), archive_(archive), limits_(limits) {}

    Result<std::vector<ZipMember>> read() {
        TRY(read_end());
        TRY(read_central());
        TRY(check_local_headers());
        TRY(check_names());
        std::vector<ZipMember> members;
        for (Entry& entry : entries_) {
            if (!entry.directory) {
                members.push_back(std::move(entry.member));
            }
        }
        std::sort(members.begin(), members.end(),
                  [](const ZipMember& a, const ZipMember& b) { return a.name < b.name; });
        return members;
    }

  private:
    tl::unexpected<Error> refuse(std::string_view what) const {
        return zip_refused(archive_, what);
    }

    // The end record stands at the very end, without a comment: there is no second place to look.
    Status read_end() {
        struct stat status{};
        if (::fstat(file_, &status) != 0 || status.st_size < static_cast<off_t>(end_bytes)) {
            return refuse("is too short for a ZIP archive");
        }
        const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
        end_offset_ = file_bytes - end_bytes;
        TRY(const std::string bytes, read_at(file_, end_offset_, end_bytes, archive_));
        const Fields end(bytes);
        if (end.u32(0) != end_signature || end.u16(20) != 0) {
            return refuse("does not end with a ZIP end record");
        }
        count_ = end.u16(10);
        directory_bytes_ = end.u32(12);
        directory_offset_ = end.u32(16);
        if (end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != count_) {
            return refuse("is a part of a split archive");
        }
        if (count_ == 0xffff || directory_offset_ == in_zip64) {
            return refuse("is a ZIP64 archive, which is not read");
        }
        if (count_ > limits_.members_max || directory_bytes_ > directory_bytes_max) {
            return refuse("has too many members");
        }
        if (directory_offset_ + directory_bytes_ != end_offset_) {
            return refuse("has bytes between its directory and its end record");
        }
        return {};
    }

    Status read_central() {
        TRY(const std::string bytes, read_at(file_, directory_offset_,
                                             static_cast<std::size_t>(directory_bytes_), archive_));
        std::string_view rest = bytes;
        std::uint64_t unpacked = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            if (rest.size() < central_bytes || Fields(rest).u32(0) != central_signature) {
                return refuse("has a broken central directory");
            }
            const Fields fields(rest);
            const std::size_t name = fields.u16(28), extra = fields.u16(30),
                              comment = fields.u16(32);
            if (rest.size() < central_bytes + name + extra + comment) {
                return refuse("has a broken central directory");
            }
            TRY(const Entry entry, read_entry(fields, rest.substr(central_bytes, name),
                                              rest.substr(central_bytes + name, extra)));
            unpacked += entry.member.unpacked_bytes;
            if (unpacked > limits_.unpacked_bytes_max) {
                return refuse(
                    fmt::format("unpacks to more than {} bytes", limits_.unpacked_bytes_max));
            }
            entries_.push_back(entry);
            rest.remove_prefix(central_bytes + name + extra + comment);
        }
        if (unpacked > limits_.unpacked_bytes_free &&
            unpacked / limits_.whole_ratio_max > end_offset_ + end_bytes) {
            return refuse(
                fmt::format("unpacks to more than {} times its size", limits_.whole_ratio_max));
        }
        return rest.empty() ? Status()
                            : Status(refuse("has more members than its end record says"));
    }

    Result<Entry> read_entry(const Fields& fields, std::string_view name, std::string_view extra) {
        Entry entry;
        entry.flags = fields.u16(8);
        entry.method = fields.u16(10);
        entry.member.crc = fields.u32(16);
        entry.member.packed_bytes = fields.u32(20);
        entry.member.unpacked_bytes = fields.u32(24);
        entry.header_offset = fields.u32(42);
        entry.directory = name.ends_with('/');
        entry.member.name = name.substr(0, name.size() - (entry.directory ? 1 : 0));
        entry.member.deflated = entry.method == 8;
        if (!widen(extra, {&entry.member.unpacked_bytes, &entry.member.packed_bytes,
                           &entry.header_offset})) {
            return refuse("has a broken ZIP64 field");
        }
        if (fields.u16(34) != 0 || renames(extra, name)) {
            return refuse(fmt::format("holds \"{}\" on another disk or under a second name",
                                      entry.member.name.substr(0, 120)));
        }
        const bool unix_made = fields.u16(4) >> 8 == 3;
        const std::uint32_t mode = unix_made ? fields.u32(38) >> 16 : 0;
        entry.member.executable = (mode & 0111) != 0;
        TRY(check_entry(entry, mode));
        return entry;
    }

    Status check_entry(const Entry& entry, std::uint32_t mode) const {
        const ZipMember& member = entry.member;
        const auto refuse_member = [&](std::string_view what) {
            return refuse(fmt::format("holds \"{}\", which {}", member.name.substr(0, 120), what));
        };
        if ((entry.flags & (flag_encrypted | flag_strong | flag_masked)) != 0) {
            return refuse_member("is encrypted");
        }
        if (entry.method != 0 && entry.method != 8) {
            return refuse_member("is packed by a method other than deflate");
        }
        const std::uint32_t type = mode & S_IFMT;
        if (type != 0 && type != S_IFREG && type != S_IFDIR) {
            return refuse_member("is neither a file nor a folder");
        }
        if (const auto problem = layer_path_problem(member.name)) {
            return refuse_member(*problem);
        }
        if (!is_ascii(member.name) && (entry.flags & flag_utf8) == 0) {
            return refuse_member("does not say how its name is encoded");
        }
        if (entry.method == 0 && member.packed_bytes != member.unpacked_bytes) {
            return refuse_member("is stored but has two sizes");
        }
        if (entry.directory && member.unpacked_bytes != 0) {
            return refuse_member("is a folder with content");
        }
        if (member.unpacked_bytes / limits_.ratio_max > member.packed_bytes) {
            return refuse_member("unpacks to more than a thousandfold");
        }
        return {};
    }

    // The members lie one behind the other from the first byte to the directory.
    Status check_local_headers() {
        std::vector<Entry*> in_order;
        for (Entry& entry : entries_) {
            in_order.push_back(&entry);
        }
        std::sort(in_order.begin(), in_order.end(), [](const Entry* a, const Entry* b) {
            return a->header_offset < b->header_offset;
        });
        std::uint64_t expected = 0;
        for (Entry* entry : in_order) {
            if (entry->header_offset != expected) {
                return refuse(fmt::format("has bytes that belong to no member, before \"{}\"",
                                          entry->member.name.substr(0, 120)));
            }
            TRY(expected, check_local_header(*entry));
        }
        if (expected != directory_offset_) {
            return refuse("has bytes between its last member and its directory");
        }
        return {};
    }

    // Gives the offset behind the member.
    Result<std::uint64_t> check_local_header(Entry& entry) {
        const ZipMember& member = entry.member;
        const auto contradicts = [&] {
            return refuse(
                fmt::format("has a local header that contradicts its directory, for \"{}\"",
                            member.name.substr(0, 120)));
        };
        TRY(const std::string head, read_at(file_, entry.header_offset, local_bytes, archive_));
        const Fields fields(head);
        const std::size_t name_bytes = fields.u16(26), extra_bytes = fields.u16(28);
        TRY(const std::string tail,
            read_at(file_, entry.header_offset + local_bytes, name_bytes + extra_bytes, archive_));
        const std::string_view name = std::string_view(tail).substr(0, name_bytes);
        const std::string_view extra = std::string_view(tail).substr(name_bytes);
        std::uint64_t packed = fields.u32(18), unpacked = fields.u32(22);
        const bool wide = widen(extra, {&unpacked, &packed});
        const bool described_later = (entry.flags & flag_descriptor) != 0;
        const bool none_yet =
            described_later && packed == 0 && unpacked == 0 && fields.u32(14) == 0;
        const bool equal = packed == member.packed_bytes && unpacked == member.unpacked_bytes &&
                           fields.u32(14) == member.crc;
        if (fields.u32(0) != local_signature || !wide || renames(extra, name) ||
            fields.u16(6) != entry.flags || fields.u16(8) != entry.method ||
            name != member.name + (entry.directory ? "/" : "") || !(equal || none_yet)) {
            return contradicts();
        }
        entry.member.data_offset = entry.header_offset + local_bytes + name_bytes + extra_bytes;
        if (entry.member.data_offset > directory_offset_ ||
            member.packed_bytes > directory_offset_ - entry.member.data_offset) {
            return contradicts();
        }
        const std::uint64_t end = entry.member.data_offset + member.packed_bytes;
        if (!described_later) {
            return end;
        }
        TRY(const std::size_t descriptor, descriptor_bytes(member, end));
        return descriptor > 0 ? Result<std::uint64_t>(end + descriptor) : contradicts();
    }

    // The length of the data descriptor behind a member: with or without its signature; 0 if wrong.
    Result<std::size_t> descriptor_bytes(const ZipMember& member, std::uint64_t offset) const {
        TRY(const std::string bytes, read_at(file_, offset, 16, archive_));
        const Fields fields(bytes);
        const std::size_t begin = fields.u32(0) == descriptor_signature ? 4 : 0;
        const bool equal = fields.u32(begin) == member.crc &&
                           fields.u32(begin + 4) == member.packed_bytes &&
                           fields.u32(begin + 8) == member.unpacked_bytes;
        return equal ? begin + 12 : 0;
    }

    Status check_names() const {
        std::map<std::string, bool> is_folder;
        for (const Entry& entry : entries_) {
            if (!is_folder.emplace(folded(entry.member.name), entry.directory).second) {
                return refuse(fmt::format("holds \"{}\" twice (or names that differ only in case)",
                                          entry.member.name.substr(0, 120)));
            }
        }
        for (const auto& [name, folder] : is_folder) {
            for (std::size_t slash = name.find('/'); slash != name.npos;
                 slash = name.find('/', slash + 1)) {
                const auto parent = is_folder.find(name.substr(0, slash));
                if (parent != is_folder.end() && !parent->second) {
                    return refuse(fmt::format("holds \"{}\" as a file and as a folder",
                                              parent->first.substr(0, 120)));
                }
            }
        }
        return {};
    }

    int file_;
    std::string_view archive_;
    const ZipLimits& limits_;
    std::uint64_t end_offset_ = 0, directory_offset_ = 0, directory_bytes_ = 0;
    std::size_t count_ = 0;
    std::vector<Entry> entries_;
};

} // namespace

tl::unexpected<Error> zip_refused(std::string_view archive, std::string_view what) {
    return failure(ErrorCode::Corrupt, "WheelRefused", fmt::format("{} {}", archive, what));
}

Result<std::string> read_at(int file, std::uint64_t offset, std::size_t count,
                            std::string_view archive) {
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got =
            ::pread(file, bytes.data() + done, count - done, static_cast<off_t>(offset + done));
        if (got <= 0) {
            return zip_refused(archive, "ends in the middle of a member");
        }
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

Result<std::vector<ZipMember>> read_zip_directory(int file, std::string_view archive,
                                                  const ZipLimits& limits) {
    return DirectoryReader(file, archive, limits).read();
}

} // namespace pedigree::imagebuild
