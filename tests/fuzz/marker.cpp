#include "imagebuild/lock/marker.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void marker(std::string_view input) {
    using namespace imagebuild;
    const MarkerEnvironment base{{11, 36, "x86_64"}, {"dev"}};
    const auto holds = marker_holds(input, base);
    const std::string text(input);
    // What holds for the base holds in parentheses, and its disjunction with what is true is true.
    if (holds && input.size() + 40 < marker_bytes_max) {
        const auto wrapped = marker_holds("(" + text + ")", base);
        require(!wrapped || *wrapped == *holds);
        const auto either = marker_holds("os_name == 'posix' or " + text, base);
        require(either && *either);
    }
    (void)marker_holds(marker_of_requires_python(input), base);
}

} // namespace pedigree::fuzz
