#include "tests/simulation/scenario.h"

namespace pedigree::simulation {

const std::vector<Scenario> scenarios{
    {"success", {PodEnd::Success}, {}},
    {"failing script", {PodEnd::ExitThree}, {}},
    {"out of memory, then well", {PodEnd::OutOfMemory, PodEnd::Success}, {}},
    {"node lost, then well", {PodEnd::NodeLost, PodEnd::Success}, {}},
    {"wrong input", {PodEnd::PrepareFails}, {}},
    {"suspended and resumed",
     {PodEnd::RunsUntilDeleted, PodEnd::Success},
     {Deed::Suspend, Deed::Resume}},
    {"cancelled", {PodEnd::RunsUntilDeleted}, {Deed::Cancel}},
    {"deleted", {PodEnd::RunsUntilDeleted}, {Deed::Delete}},
};

std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
    return out << scenario.name;
}

std::string test_name(const Scenario& scenario) {
    std::string name = scenario.name;
    std::erase_if(name, [](char c) { return c == ' ' || c == ','; });
    return name;
}

} // namespace pedigree::simulation
