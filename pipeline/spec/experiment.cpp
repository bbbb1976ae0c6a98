#include "pipeline/spec/experiment.h"

#include <array>

namespace pedigree::spec {
namespace {

template <typename Enum, std::size_t count>
std::optional<Enum> from_word(const std::array<Enum, count>& values, std::string_view word) {
    for (const Enum value : values) {
        if (to_string(value) == word) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace

std::string_view to_string(InputKind kind) {
    switch (kind) {
    case InputKind::Dataset:
        return "Dataset";
    case InputKind::Model:
        return "Model";
    case InputKind::Checkpoint:
        return "Checkpoint";
    case InputKind::File:
        return "File";
    }
    return "";
}

std::string_view to_string(OutputKind kind) {
    switch (kind) {
    case OutputKind::Model:
        return "Model";
    case OutputKind::Checkpoint:
        return "Checkpoint";
    case OutputKind::Artifact:
        return "Artifact";
    }
    return "";
}

std::optional<InputKind> input_kind_from(std::string_view word) {
    return from_word(
        std::array{InputKind::Dataset, InputKind::Model, InputKind::Checkpoint, InputKind::File},
        word);
}

std::optional<OutputKind> output_kind_from(std::string_view word) {
    return from_word(std::array{OutputKind::Model, OutputKind::Checkpoint, OutputKind::Artifact},
                     word);
}

} // namespace pedigree::spec
