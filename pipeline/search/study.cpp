#include "pipeline/search/study.h"

namespace pedigree::search {

Words<Goal> words_of(Goal) {
    static constexpr Word<Goal> table[] = {{Goal::Maximize, "Maximize"},
                                           {Goal::Minimize, "Minimize"}};
    return table;
}

Words<ObjectiveRule> words_of(ObjectiveRule) {
    static constexpr Word<ObjectiveRule> table[] = {{ObjectiveRule::Last, "Last"},
                                                    {ObjectiveRule::Min, "Min"},
                                                    {ObjectiveRule::Max, "Max"},
                                                    {ObjectiveRule::AtStep, "AtStep"}};
    return table;
}

Words<WarmStart> words_of(WarmStart) {
    static constexpr Word<WarmStart> table[] = {{WarmStart::Never, "Never"},
                                                {WarmStart::Project, "Project"}};
    return table;
}

Words<Reuse> words_of(Reuse) {
    static constexpr Word<Reuse> table[] = {{Reuse::Never, "Never"}, {Reuse::SameSeed, "SameSeed"}};
    return table;
}

Words<AlgorithmName> words_of(AlgorithmName) {
    static constexpr Word<AlgorithmName> table[] = {{AlgorithmName::Grid, "Grid"},
                                                    {AlgorithmName::Random, "Random"},
                                                    {AlgorithmName::Sobol, "Sobol"},
                                                    {AlgorithmName::Tpe, "Tpe"},
                                                    {AlgorithmName::Bayesian, "Bayesian"}};
    return table;
}

Words<StoppingName> words_of(StoppingName) {
    static constexpr Word<StoppingName> table[] = {{StoppingName::None, "None"},
                                                   {StoppingName::Median, "Median"},
                                                   {StoppingName::Asha, "Asha"},
                                                   {StoppingName::Hyperband, "Hyperband"}};
    return table;
}

} // namespace pedigree::search
