#include "imagebuild/wheel/stub_wheel.h"

#include <algorithm>

#include <fmt/format.h>
#include <zlib.h>

#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(value >> (8 * i));
    }
}

// A ZIP archive of stored members (APPNOTE.TXT 4.3): no resolver cares that nothing is deflated.
class StoredZip {
  public:
    void add(const std::string& name, const std::string& bytes) {
        std::string header;
        put(header, 20, 2); // version needed
        put(header, 0, 4);  // flags, method: stored
        put(header, 0, 2);  // time
        put(header, 33, 2); // date: 1980-01-01
        put(header,
            static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()),
                                               static_cast<uInt>(bytes.size()))),
            4);
        put(header, static_cast<std::uint32_t>(bytes.size()), 4);
        put(header, static_cast<std::uint32_t>(bytes.size()), 4);
        put(header, static_cast<std::uint32_t>(name.size()), 2);
        put(header, 0, 2); // extra field
        directory_ += "PK\1\2";
        put(directory_, 20, 2); // version made by
        directory_ += header;
        put(directory_, 0, 6); // comment, disk, internal attributes
        put(directory_, 0, 4); // external attributes
        put(directory_, static_cast<std::uint32_t>(members_.size()), 4);
        directory_ += name;
        members_ += "PK\3\4" + header + name + bytes;
        ++count_;
    }

    std::string finish() && {
        std::string out = members_ + directory_ + "PK\5\6";
        put(out, 0, 4); // disks
        put(out, count_, 2);
        put(out, count_, 2);
        put(out, static_cast<std::uint32_t>(directory_.size()), 4);
        put(out, static_cast<std::uint32_t>(members_.size()), 4);
        put(out, 0, 2); // comment
        return out;
    }

  private:
    std::string members_, directory_;
    std::uint32_t count_ = 0;
};

bool is_version(std::string_view version) {
    return !version.empty() && version.size() <= 64 &&
           version.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789.+!_") == version.npos;
}

std::string platform_of(const TargetPython& python) {
    return python.glibc_minor > 0
               ? fmt::format("manylinux_2_{}_{}", python.glibc_minor, python.machine)
               : "any";
}

} // namespace

Result<StubWheel> make_stub_wheel(std::string_view name, std::string_view version,
                                  const std::vector<std::string>& requirements,
                                  const TargetPython& python) {
    const bool one_line =
        std::all_of(requirements.begin(), requirements.end(), [](const std::string& requirement) {
            return requirement.find_first_of("\r\n") == requirement.npos;
        });
    if (!is_python_name(name) || !is_version(version) || !one_line) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" {} is no distribution that a wheel could hold",
                                   name.substr(0, 80), version.substr(0, 40)));
    }
    std::string escaped = normalized_name(name);
    std::replace(escaped.begin(), escaped.end(), '-', '_');
    const std::string tag = fmt::format("cp3{0}-cp3{0}-{1}", python.minor, platform_of(python));
    std::string metadata =
        fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", name, version);
    for (const std::string& requirement : requirements) {
        metadata += "Requires-Dist: " + requirement + "\n";
    }
    const std::string folder = fmt::format("{}-{}.dist-info/", escaped, version);
    StoredZip zip;
    zip.add(folder + "METADATA", metadata);
    zip.add(folder + "WHEEL",
            fmt::format("Wheel-Version: 1.0\nGenerator: pedigree\nRoot-Is-Purelib: true\nTag: {}\n",
                        tag));
    zip.add(folder + "RECORD", "");
    return StubWheel{fmt::format("{}-{}-999999999-{}.whl", escaped, version, tag),
                     std::move(zip).finish()};
}

} // namespace pedigree::imagebuild
