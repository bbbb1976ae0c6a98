#include "imagebuild/lock/python_name.h"
#include "imagebuild/wheel/wheel_name.h"
#include "imagebuild/wheel/wheel_tables.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void metadata(std::string_view input) {
    using namespace imagebuild;
    for (const auto& [name, value] : parse_header_fields(input)) {
        require(name.size() + value.size() <= input.size());
        require(version_fits(value, value));
        require(normalized_name(normalized_name(value)) == normalized_name(value));
    }
    if (const auto points = parse_entry_points(input)) {
        for (const EntryPoint& point : *points) {
            require(point.name.find_first_of("/ \n'\"") == std::string::npos);
            require(point.module.find_first_of("/ \n();'\"") == std::string::npos);
            require(point.attribute.find_first_of("/ \n();'\"") == std::string::npos);
        }
    }
    if (const auto wheel = parse_wheel_name(input)) {
        require(wheel->pythons.size() * wheel->abis.size() * wheel->platforms.size() > 0);
        (void)wheel_rank(*wheel, TargetPython{11, 36, "x86_64"});
    }
}

} // namespace pedigree::fuzz
