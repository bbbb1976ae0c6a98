#include "tests/unit/imagebuild/zip_maker.h"

#include <fstream>

#include <fmt/format.h>
#include <zlib.h>

#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

std::string le(std::uint64_t value, int bytes) {
    return little_endian(value, bytes);
}

std::string deflated(const std::string& bytes) {
    z_stream stream{};
    ::deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(::deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

} // namespace

std::string little_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xff);
    }
    return out;
}

std::string zip_bytes(const MadeZip& zip) {
    std::string out, directory;
    for (const MadeMember& member : zip.members) {
        out += member.before;
        const std::string packed = !member.raw.empty() ? member.raw
                                   : member.stored     ? member.bytes
                                                       : deflated(member.bytes);
        const auto crc = static_cast<std::uint32_t>(
            ::crc32(0, reinterpret_cast<const Bytef*>(member.bytes.data()),
                    static_cast<uInt>(member.bytes.size())));
        const int method = (member.stored ? 0 : 8) + member.method_change;
        const std::string common = le(member.flags, 2) + le(method, 2) + le(0, 4) +
                                   le(crc ^ member.crc_change, 4) + le(packed.size(), 4) +
                                   le(member.bytes.size() + member.size_change, 4);
        const std::string local_name = member.local_name.empty() ? member.name : member.local_name;
        directory += le(0x02014b50, 4) + le(3 << 8 | 20, 2) + le(20, 2) + common +
                     le(member.name.size(), 2) + le(member.extra.size(), 2) + le(0, 2) + le(0, 2) +
                     le(0, 2) + le(std::uint64_t{member.mode} << 16, 4) + le(out.size(), 4) +
                     member.name + member.extra;
        out += le(0x04034b50, 4) + le(20, 2) + common + le(local_name.size(), 2) +
               le(member.local_extra.size(), 2) + local_name + member.local_extra + packed;
    }
    const std::size_t offset = out.size();
    out += directory + zip.before_end;
    return out + le(0x06054b50, 4) + le(0, 4) + le(zip.members.size(), 2) +
           le(zip.members.size(), 2) + le(directory.size(), 4) + le(offset, 4) +
           le(zip.comment.size(), 2) + zip.comment + zip.behind_end;
}

MadeZip wheel_zip(const std::string& name, const std::string& version,
                  std::vector<MadeMember> members, const std::string& entry_points) {
    const std::string info = fmt::format("{}-{}.dist-info/", name, version);
    members.push_back(
        {info + "METADATA", fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
                                        "Requires-Dist: other>=1\n\nWords\n",
                                        name, version)});
    members.push_back({info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"});
    if (!entry_points.empty()) {
        members.push_back({info + "entry_points.txt", entry_points});
    }
    std::string record;
    for (const MadeMember& member : members) {
        record += record_row(member.name, record_hash(sha256(member.bytes)),
                             std::to_string(member.bytes.size()));
    }
    members.push_back({info + "RECORD", record + info + "RECORD,,\n"});
    return {std::move(members), "", "", ""};
}

std::filesystem::path write_zip(const std::filesystem::path& directory,
                                const std::string& file_name, const MadeZip& zip) {
    std::ofstream(directory / file_name, std::ios::binary) << zip_bytes(zip);
    return directory / file_name;
}

} // namespace pedigree::imagebuild
