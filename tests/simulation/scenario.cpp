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

} // namespace pedigree::simulation
