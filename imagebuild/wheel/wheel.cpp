#include "imagebuild/wheel/wheel.h"

#include <algorithm>

#include <fmt/format.h>

#include "imagebuild/lock/python_name.h"
#include "imagebuild/wheel/record_hash.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t table_bytes_max = 16 * 1024 * 1024;
constexpr std::string_view repack_advice =
    "`wheel unpack` and `wheel pack` make its RECORD anew; put the result on the index and its "
    "hash into the lock";

tl::unexpected<Error> refuse(const Wheel& wheel, std::string_view what) {
    return failure(ErrorCode::Corrupt, "WheelRefused",
                   fmt::format("{}: {}", wheel.file_name, what));
}

// The one .dist-info folder, named as the file is.
Status find_dist_info(Wheel& wheel) {
    constexpr std::string_view ending = ".dist-info/";
    for (const ZipMember& member : wheel.archive.members()) {
        const std::size_t slash = member.name.find('/');
        if (slash == member.name.npos ||
            !std::string_view(member.name).substr(0, slash + 1).ends_with(ending)) {
            continue;
        }
        const std::string folder = member.name.substr(0, slash);
        if (!wheel.dist_info.empty() && folder != wheel.dist_info) {
            return refuse(wheel, "it has two .dist-info folders");
        }
        wheel.dist_info = folder;
    }
    const std::size_t dash = wheel.dist_info.find('-');
    if (dash == std::string::npos || normalized_name(wheel.dist_info.substr(0, dash)) !=
                                         normalized_name(wheel.name.distribution)) {
        return refuse(wheel, "it has no .dist-info folder of its own name");
    }
    return {};
}

Result<std::string> read_table(const Wheel& wheel, std::string_view table) {
    const std::string path = fmt::format("{}/{}", wheel.dist_info, table);
    const ZipMember* member = wheel.archive.find(path);
    if (member == nullptr) {
        return refuse(wheel, fmt::format("{} is missing", path));
    }
    return wheel.archive.read_whole(*member, table_bytes_max);
}

Status read_wheel_file(Wheel& wheel) {
    TRY(const std::string text, read_table(wheel, "WHEEL"));
    const auto fields = parse_header_fields(text);
    const auto version = fields.find("wheel-version");
    if (version == fields.end() || !version->second.starts_with("1.")) {
        return refuse(wheel, "its Wheel-Version is not 1.x");
    }
    return {};
}

Status read_metadata(Wheel& wheel) {
    TRY(const std::string text, read_table(wheel, "METADATA"));
    const auto fields = parse_header_fields(text);
    const auto name = fields.find("name");
    const auto version = fields.find("version");
    if (name == fields.end() || version == fields.end() ||
        normalized_name(name->second) != normalized_name(wheel.name.distribution) ||
        !version_fits(wheel.name.version, version->second)) {
        return refuse(wheel, "its METADATA names another package or version than its file name");
    }
    const auto [begin, end] = fields.equal_range("requires-dist");
    for (auto field = begin; field != end; ++field) {
        wheel.requirements.push_back(field->second);
    }
    wheel.licenses = licenses_of(fields);
    if (const auto python = fields.find("requires-python"); python != fields.end()) {
        wheel.requires_python = python->second;
    }
    return {};
}

bool needs_no_record(const Wheel& wheel, std::string_view member) {
    if (!member.starts_with(wheel.dist_info + "/RECORD")) {
        return false;
    }
    const std::string_view name = member.substr(wheel.dist_info.size() + 1);
    return name == "RECORD" || name == "RECORD.jws" || name == "RECORD.p7s";
}

// The sha256 of a recorded member: as it stands there, or where RECORD has another hash, of bytes
// that have that one.
Result<Digest> recorded_digest(const Wheel& wheel, const ZipMember& member,
                               const std::string& recorded) {
    TRY(RecordHash hash, RecordHash::parse(recorded));
    if (const auto sha256 = hash.sha256()) {
        return *sha256;
    }
    Sha256 ours;
    TRY(wheel.archive.read(member, [&](std::string_view piece) -> Status {
        ours.update(piece);
        hash.update(piece);
        return {};
    }));
    if (!hash.fits()) {
        return failure(ErrorCode::Corrupt, "its bytes have another hash");
    }
    return ours.finish();
}

// Every member is recorded with a hash, and every record has its member.
Status read_record(Wheel& wheel) {
    TRY(const std::string text, read_table(wheel, "RECORD"));
    auto rows = parse_record(text);
    if (!rows) {
        return refuse(wheel, "RECORD: " + rows.error().message);
    }
    for (const RecordRow& row : *rows) {
        if (needs_no_record(wheel, row.path) || row.path.ends_with('/')) {
            continue;
        }
        const ZipMember* member = wheel.archive.find(row.path);
        if (member == nullptr) {
            return refuse(
                wheel, fmt::format("RECORD names {}, which is missing", row.path.substr(0, 120)));
        }
        if (!row.bytes.empty() && row.bytes != std::to_string(member->unpacked_bytes)) {
            return refuse(wheel, fmt::format("RECORD gives {} another size", row.path));
        }
        const auto digest = recorded_digest(wheel, *member, row.hash);
        if (!digest) {
            return refuse(wheel, fmt::format("RECORD of {}: {}; {}", row.path,
                                             digest.error().message, repack_advice));
        }
        const RecordedFile file{*digest, member->unpacked_bytes};
        const auto [there, is_new] = wheel.record.emplace(row.path, file);
        if (!is_new && there->second.digest != file.digest) {
            return refuse(wheel, fmt::format("RECORD gives {} twice, with two hashes; {}", row.path,
                                             repack_advice));
        }
    }
    for (const ZipMember& member : wheel.archive.members()) {
        if (!needs_no_record(wheel, member.name) && !wheel.record.contains(member.name)) {
            return refuse(wheel, fmt::format("{} stands in no RECORD", member.name));
        }
    }
    return {};
}

Status read_entry_points(Wheel& wheel) {
    if (wheel.archive.find(wheel.dist_info + "/entry_points.txt") == nullptr) {
        return {};
    }
    TRY(const std::string text, read_table(wheel, "entry_points.txt"));
    auto points = parse_entry_points(text);
    if (!points) {
        return refuse(wheel, "entry_points.txt: " + points.error().message);
    }
    wheel.scripts = std::move(*points);
    return {};
}

} // namespace

Result<Wheel> open_wheel(const std::filesystem::path& path, const Digest& digest) {
    const std::string file_name = path.filename().string();
    TRY(WheelName name, parse_wheel_name(file_name));
    TRY(ZipArchive archive, ZipArchive::open(path));
    std::error_code problem;
    const auto bytes = std::filesystem::file_size(path, problem);
    Wheel wheel{file_name, digest, bytes, std::move(name), "", std::move(archive), {}, {},
                {},        {},     {}};
    TRY(find_dist_info(wheel));
    TRY(read_wheel_file(wheel));
    TRY(read_metadata(wheel));
    TRY(read_record(wheel));
    TRY(read_entry_points(wheel));
    return wheel;
}

} // namespace pedigree::imagebuild
