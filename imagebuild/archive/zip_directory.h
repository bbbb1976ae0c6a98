#pragma once
// Reads and checks a ZIP archive's central directory and local headers: where the members lie and
// that nothing else does. Used by zip.cpp alone.

#include "imagebuild/archive/zip.h"

namespace pedigree::imagebuild {

// Members sorted by name, directories left out.
Result<std::vector<ZipMember>> read_zip_directory(int file, std::string_view archive,
                                                  const ZipLimits& limits);

tl::unexpected<Error> zip_refused(std::string_view archive, std::string_view what);

// Exactly `count` bytes at `offset`, or Corrupt.
Result<std::string> read_at(int file, std::uint64_t offset, std::size_t count,
                            std::string_view archive);

} // namespace pedigree::imagebuild
