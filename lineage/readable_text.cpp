#include "lineage/readable_text.h"

#include "base/text.h"

namespace pedigree::lineage {

std::string readable_text(std::string_view bytes) {
    return valid_utf8(bytes);
}

} // namespace pedigree::lineage
