#pragma once
// The whole of a file, for those who want to hear of all that is wrong with it; yaml.h gives the
// one document of a file. Pure; any thread.

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/spec/yaml.h"

namespace pedigree::spec {

struct YamlDocument {
    Json value;
    YamlPlaces places;
    Mark begin;
};

// All that stands in a file. After most problems it is read on, so that a person hears of all of
// them at once: the value in doubt is then its text. With any problem the values are only good for
// finding more.
struct YamlReading {
    std::vector<YamlDocument> documents; // without those that hold nothing
    std::vector<YamlProblem> problems;   // in the order of the text
};
YamlReading read_yaml(std::string_view text, YamlLimits limits = {});

} // namespace pedigree::spec
