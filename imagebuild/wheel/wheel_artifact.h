#pragma once
// A wheel that was built from a source distribution, kept in the image's repository: an artifact
// (OCI image-spec 1.1) whose one layer is the wheel, under a tag, so that the registry's garbage
// collection leaves it. One thread.

#include <filesystem>
#include <optional>

#include "imagebuild/assembly.h"
#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {

// Gives the bytes that were sent. What is there is not sent again.
Result<std::uint64_t> push_wheel(RegistryClient& target, const DerivedWheel& wheel,
                                 const std::filesystem::path& file, const Digest& source);
// Into `file`, verified.
Status fetch_wheel(RegistryClient& from, const DerivedWheel& wheel,
                   const std::filesystem::path& file);
// Its place in a cache, to which it is fetched if it is not there. The cache may hold anything.
std::filesystem::path wheel_path(const std::filesystem::path& cache, const DerivedWheel& wheel);
Result<std::filesystem::path> cached_wheel(RegistryClient& from, const DerivedWheel& wheel,
                                           const std::filesystem::path& cache);

struct KeptWheel {
    DerivedWheel wheel;
    Digest source; // as its artifact says
};
// By the wheel's own digest; nothing: the repository has no such artifact.
Result<std::optional<KeptWheel>> find_wheel(RegistryClient& repository, const Digest& wheel);

} // namespace pedigree::imagebuild
