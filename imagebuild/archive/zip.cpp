#include "imagebuild/archive/zip.h"

#include <algorithm>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <zlib.h>

#include "base/errno_text.h"
#include "imagebuild/archive/zip_directory.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t piece_bytes = 128 * 1024;

// What is known of the unpacked bytes so far.
struct Unpacked {
    const ZipMember& member;
    const ByteSink& sink;
    std::string_view archive;
    std::uint64_t bytes = 0;
    uLong crc = ::crc32(0, nullptr, 0);

    Status take(std::string_view piece) {
        bytes += piece.size();
        if (bytes > member.unpacked_bytes) {
            return zip_refused(
                archive,
                fmt::format("holds \"{}\", which unpacks to more than it says", member.name));
        }
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(piece.data()),
                      static_cast<uInt>(piece.size()));
        return sink(piece);
    }
    Status finish() const {
        if (bytes != member.unpacked_bytes || static_cast<std::uint32_t>(crc) != member.crc) {
            return zip_refused(
                archive, fmt::format("holds \"{}\", whose size or CRC is wrong", member.name));
        }
        return {};
    }
};

} // namespace

Result<ZipArchive> ZipArchive::open(const std::filesystem::path& path, ZipLimits limits) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("cannot open {}: {}", path.string(), errno_text()));
    }
    ZipArchive archive(std::move(file), path.filename().string());
    TRY(archive.members_, read_zip_directory(archive.file_.get(), archive.name_, limits));
    return archive;
}

const ZipMember* ZipArchive::find(std::string_view name) const {
    const auto found = std::lower_bound(
        members_.begin(), members_.end(), name,
        [](const ZipMember& member, std::string_view wanted) { return member.name < wanted; });
    return found != members_.end() && found->name == name ? &*found : nullptr;
}

Status ZipArchive::read(const ZipMember& member, const ByteSink& unpacked,
                        const ByteSink& packed) const {
    Unpacked result{member, unpacked, name_};
    const ByteSink take = [&](std::string_view piece) { return result.take(piece); };
    std::optional<Inflater> inflater;
    if (member.deflated) {
        inflater.emplace(DeflateForm::Bare);
    }
    bool sound = true;
    for (std::uint64_t done = 0; done < member.packed_bytes && sound;) {
        const auto count = static_cast<std::size_t>(
            std::min<std::uint64_t>(piece_bytes, member.packed_bytes - done));
        TRY(const std::string piece, read_at(file_.get(), member.data_offset + done, count, name_));
        done += count;
        TRY(packed(piece));
        if (!inflater) {
            TRY(take(piece));
            continue;
        }
        TRY(const auto used, inflater->feed(piece, take));
        sound = used == piece.size(); // nothing behind the stream's end
    }
    if (!sound || (inflater && !inflater->ended())) {
        return zip_refused(name_, fmt::format("holds \"{}\", whose bytes are broken", member.name));
    }
    return result.finish();
}

Status ZipArchive::read(const ZipMember& member, const ByteSink& unpacked) const {
    return read(member, unpacked, [](std::string_view) { return Status(); });
}

Result<std::string> ZipArchive::read_whole(const ZipMember& member, std::size_t bytes_max) const {
    if (member.unpacked_bytes > bytes_max) {
        return zip_refused(
            name_, fmt::format("holds \"{}\" with more than {} bytes", member.name, bytes_max));
    }
    std::string bytes;
    TRY(read(member, [&](std::string_view piece) -> Status {
        bytes += piece;
        return {};
    }));
    return bytes;
}

} // namespace pedigree::imagebuild
