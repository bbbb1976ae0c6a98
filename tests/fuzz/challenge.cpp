#include "imagebuild/registry/challenge.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void challenge(std::string_view input) {
    for (const imagebuild::Challenge& one : imagebuild::parse_challenges(input)) {
        require(!one.scheme.empty());
        for (const auto& [name, value] : one.parameters) {
            require(!name.empty() && value.size() <= input.size());
        }
    }
}

} // namespace pedigree::fuzz
