#include "tests/simulation/scenario.h"

#include <cstdlib>

namespace pedigree::simulation {
namespace {

// Trials do not depend on the order in which others end, which faults change.
constexpr const char* random_search =
    R"({"objective": {"metric": "score", "goal": "Maximize"}, "maxTrials": 4, "parallelTrials": 2,
        "space": [{"name": "train.learning_rate", "type": "Float", "min": 0.001, "max": 0.1}],
        "algorithm": {"name": "Random"}, "earlyStopping": {"threshold": 0.05}})";

} // namespace

const std::vector<Scenario> scenarios{
    {"success", {PodEnd::Success}, {}},
    {"failing script", {PodEnd::ExitThree}, {}},
    {"out of memory, then well", {PodEnd::OutOfMemory, PodEnd::Success}, {}},
    {"node lost, then well", {PodEnd::NodeLost, PodEnd::Success}, {}},
    {"node of the imports lost", {PodEnd::Success}, {}, "", PodEnd::NodeLost},
    {"wheel to be built", {PodEnd::Success}, {}, "", PodEnd::Success, true},
    {"node of the wheel lost", {PodEnd::Success}, {}, "", PodEnd::NodeLost, true},
    {"wheel cannot be built", {PodEnd::Success}, {}, "", PodEnd::ExitThree, true},
    {"imports fail", {PodEnd::Success}, {}, "", PodEnd::ExitThree},
    {"cancelled while importing", {PodEnd::Success}, {Deed::Cancel}, "", PodEnd::RunsUntilDeleted},
    {"deleted while a wheel is built",
     {PodEnd::Success},
     {Deed::Delete},
     "",
     PodEnd::RunsUntilDeleted,
     true},
    {"job of a stranger", {PodEnd::Success}, {}, "", PodEnd::Success, false, Foreign::Stranger},
    {"imitated job", {PodEnd::Success}, {}, "", PodEnd::Success, false, Foreign::Imitation},
    {"labels taken", {PodEnd::RunsUntilUnlabelled}, {Deed::TakeLabels}},
    {"pod taken", {PodEnd::RunsUntilDeleted, PodEnd::Success}, {Deed::TakePod}},
    {"pod orphaned", {PodEnd::RunsUntilDeleted, PodEnd::Success}, {Deed::OrphanPod}},
    {"wrong input", {PodEnd::PrepareFails}, {}},
    {"suspended and resumed",
     {PodEnd::RunsUntilDeleted, PodEnd::Success},
     {Deed::Suspend, Deed::Resume}},
    {"cancelled", {PodEnd::RunsUntilDeleted}, {Deed::Cancel}},
    {"deleted", {PodEnd::RunsUntilDeleted}, {Deed::Delete}},
    {"search with all ends",
     {PodEnd::NodeLost, PodEnd::ExitThree, PodEnd::LogsBadly, PodEnd::Success},
     {},
     random_search},
    {"search extended", {PodEnd::Success}, {Deed::RaiseMaxTrials}, random_search},
    {"search suspended and resumed",
     {PodEnd::RunsUntilDeleted, PodEnd::RunsUntilDeleted, PodEnd::Success},
     {Deed::Suspend, Deed::Resume},
     random_search},
    {"search cancelled", {PodEnd::RunsUntilDeleted}, {Deed::Cancel}, random_search},
};

std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
    return out << scenario.name;
}

std::string test_name(const Scenario& scenario) {
    std::string name = scenario.name;
    std::erase_if(name, [](char c) { return c == ' ' || c == ','; });
    return name;
}

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? std::nullopt : std::optional(std::strtoull(text, nullptr, 10));
}

} // namespace pedigree::simulation
