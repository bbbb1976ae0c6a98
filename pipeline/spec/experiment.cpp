#include "pipeline/spec/experiment.h"

#include "base/words.h"

namespace pedigree::spec {
namespace {

constexpr auto input_kinds = words<InputKind>({
    {InputKind::Dataset, "Dataset"},
    {InputKind::Model, "Model"},
    {InputKind::Checkpoint, "Checkpoint"},
    {InputKind::File, "File"},
});

constexpr auto output_kinds = words<OutputKind>({
    {OutputKind::Model, "Model"},
    {OutputKind::Checkpoint, "Checkpoint"},
    {OutputKind::Artifact, "Artifact"},
});

} // namespace

std::string_view to_string(InputKind kind) {
    return input_kinds.word(kind);
}

std::string_view to_string(OutputKind kind) {
    return output_kinds.word(kind);
}

std::optional<InputKind> input_kind_from(std::string_view word) {
    return input_kinds.value(word);
}

std::optional<OutputKind> output_kind_from(std::string_view word) {
    return output_kinds.value(word);
}

} // namespace pedigree::spec
