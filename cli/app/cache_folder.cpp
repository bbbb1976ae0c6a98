#include "cli/app/cache_folder.h"

#include "base/environment.h"

namespace pedigree::cli {

std::filesystem::path cache_folder() {
    const std::filesystem::path cache = environment_variable("XDG_CACHE_HOME");
    const std::filesystem::path home = environment_variable("HOME");
    return cache.is_absolute()  ? cache / "pedigree"
           : home.is_absolute() ? home / ".cache/pedigree"
                                : std::filesystem::path();
}

} // namespace pedigree::cli
