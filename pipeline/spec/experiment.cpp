#include "pipeline/spec/experiment.h"

namespace pedigree::spec {

Words<InputKind> words_of(InputKind) {
    static constexpr Word<InputKind> table[] = {
        {InputKind::Dataset, "Dataset"},
        {InputKind::Model, "Model"},
        {InputKind::Checkpoint, "Checkpoint"},
        {InputKind::File, "File"},
    };
    return table;
}

Words<OutputKind> words_of(OutputKind) {
    static constexpr Word<OutputKind> table[] = {
        {OutputKind::Model, "Model"},
        {OutputKind::Checkpoint, "Checkpoint"},
        {OutputKind::Artifact, "Artifact"},
    };
    return table;
}

} // namespace pedigree::spec
