#include "lineage/readable_text.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::lineage {

std::string readable_text(std::string_view bytes) {
    // The JSON library's own check, so that what it is given later is what it accepts.
    const std::string quoted =
        Json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return Json::parse(quoted).get<std::string>();
}

} // namespace pedigree::lineage
