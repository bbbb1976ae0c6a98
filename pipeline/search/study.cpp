#include "pipeline/search/study.h"

#include "base/words.h"

namespace pedigree::search {
namespace {

constexpr auto goals = words<Goal>({{Goal::Maximize, "Maximize"}, {Goal::Minimize, "Minimize"}});
constexpr auto algorithms = words<AlgorithmName>({{AlgorithmName::Grid, "Grid"},
                                                  {AlgorithmName::Random, "Random"},
                                                  {AlgorithmName::Sobol, "Sobol"},
                                                  {AlgorithmName::Tpe, "Tpe"},
                                                  {AlgorithmName::Bayesian, "Bayesian"}});
constexpr auto stoppings = words<StoppingName>({{StoppingName::None, "None"},
                                                {StoppingName::Median, "Median"},
                                                {StoppingName::Asha, "Asha"},
                                                {StoppingName::Hyperband, "Hyperband"}});
constexpr auto objective_rules = words<ObjectiveRule>({{ObjectiveRule::Last, "Last"},
                                                       {ObjectiveRule::Min, "Min"},
                                                       {ObjectiveRule::Max, "Max"},
                                                       {ObjectiveRule::AtStep, "AtStep"}});
constexpr auto warm_starts =
    words<WarmStart>({{WarmStart::Never, "Never"}, {WarmStart::Project, "Project"}});
constexpr auto reuses = words<Reuse>({{Reuse::Never, "Never"}, {Reuse::SameSeed, "SameSeed"}});

} // namespace

std::string_view to_string(Goal goal) {
    return goals.word(goal);
}
std::string_view to_string(ObjectiveRule rule) {
    return objective_rules.word(rule);
}
std::string_view to_string(WarmStart warm_start) {
    return warm_starts.word(warm_start);
}
std::string_view to_string(Reuse reuse) {
    return reuses.word(reuse);
}
std::string_view to_string(AlgorithmName name) {
    return algorithms.word(name);
}
std::string_view to_string(StoppingName name) {
    return stoppings.word(name);
}
std::optional<Goal> goal_from(std::string_view word) {
    return goals.value(word);
}
std::optional<ObjectiveRule> objective_rule_from(std::string_view word) {
    return objective_rules.value(word);
}
std::optional<WarmStart> warm_start_from(std::string_view word) {
    return warm_starts.value(word);
}
std::optional<Reuse> reuse_from(std::string_view word) {
    return reuses.value(word);
}
std::optional<AlgorithmName> algorithm_name_from(std::string_view word) {
    return algorithms.value(word);
}
std::optional<StoppingName> stopping_name_from(std::string_view word) {
    return stoppings.value(word);
}

} // namespace pedigree::search
