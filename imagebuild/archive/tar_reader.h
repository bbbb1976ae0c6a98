#pragma once
// Reads a tar stream piece by piece: ustar, PAX (path, linkpath, size) and GNU long names. Used on
// the layers of base images, whose bytes were verified against their digests but may still be
// anything. Paths come without "./" or '/' at either end. Constant memory but for the one file
// whose content was asked for. One thread.

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::imagebuild {

enum class TarItemType { File, HardLink, Symlink, Directory, Other };

struct TarItem {
    std::string path;
    TarItemType type = TarItemType::Other;
    std::uint64_t bytes = 0;
    std::string target;   // of a link; of a hard link a path like `path`
    unsigned mode = 0755; // permission bits
};

class TarVisitor {
  public:
    virtual ~TarVisitor() = default;
    // How much of the item's content is wanted, from its start; 0: none.
    virtual std::size_t content_bytes_wanted(const TarItem& item) = 0;
    virtual Status take(const TarItem& item, std::string_view content) = 0;
};

class TarReader {
  public:
    explicit TarReader(TarVisitor& visitor) : visitor_(visitor) {}

    Status feed(std::string_view bytes);
    // Corrupt if the stream ended inside an entry.
    Status finish() const;

  private:
    enum class Part { Header, Extension, Content, Padding };

    Status take_block();
    Status begin_item(TarItem item);
    Status end_content();
    void read_extension();

    TarVisitor& visitor_;
    Part part_ = Part::Header;
    std::string block_; // of a header, being collected
    TarItem item_;
    char extension_type_ = 0; // 'x', 'L', 'K'; 'g' is passed over
    std::string collected_;   // of the content or extension
    std::size_t wanted_ = 0;  // of the content
    std::uint64_t left_ = 0;  // of the content or extension
    std::size_t padding_ = 0;
    std::string long_path_, long_target_;
    std::string pax_size_;
};

} // namespace pedigree::imagebuild
