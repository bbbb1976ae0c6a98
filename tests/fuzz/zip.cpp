#include "imagebuild/archive/zip.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "imagebuild/layer/layer_path.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void zip(std::string_view input) {
    using namespace imagebuild;
    const Descriptor file(::memfd_create("archive", MFD_CLOEXEC));
    require(::write(file.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    ZipLimits limits;
    limits.unpacked_bytes_max = 4 << 20;
    const auto archive = ZipArchive::open(fmt::format("/proc/self/fd/{}", file.get()), limits);
    if (!archive) {
        require(archive.error().reason == "WheelRefused");
        return;
    }
    for (const ZipMember& member : archive->members()) {
        require(!layer_path_problem(member.name) && archive->find(member.name) == &member);
        require(member.data_offset + member.packed_bytes <= input.size());
        std::uint64_t bytes = 0;
        const Status read = archive->read(member, [&](std::string_view piece) -> Status {
            bytes += piece.size();
            return {};
        });
        require(bytes <= member.unpacked_bytes && (!read || bytes == member.unpacked_bytes));
    }
}

} // namespace pedigree::fuzz
