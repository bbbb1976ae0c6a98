#pragma once
// What a lock came to on a base: which wheels, and which layers they make. A build that is given
// the plan of an earlier one, and whose layers are known, opens no wheel: of a rebuild after a
// change of code alone, opening sixty wheels would be most of the time. A value; the operator keeps
// it as JSON, for one repository.

#include <string>
#include <string_view>
#include <vector>

#include "imagebuild/attest/image_facts.h"

namespace pedigree::imagebuild {

struct WheelPlan {
    Digest lock, base;        // the platform's manifest
    std::string layer_format; // of the layers: layers.h
    std::vector<UsedWheel> wheels;
    struct Layer {
        std::string key, made_by;
    };
    std::vector<Layer> layers; // bottom to top
    std::vector<std::string> warnings;
};

std::string wheel_plan_text(const WheelPlan& plan);
// NotFound: made by a pedigree that plans otherwise.
Result<WheelPlan> parse_wheel_plan(std::string_view text);

} // namespace pedigree::imagebuild
