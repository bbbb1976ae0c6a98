#include "pipeline/search/import/import.h"

#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "pipeline/search/document/read_study.h"
#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

Draft draft_of(const Json& document, Format format) {
    switch (format) {
    case Format::WeightsAndBiases:
        return from_wandb(document);
    case Format::Katib:
        return from_katib(document);
    case Format::HParams:
        return from_hparams(document);
    case Format::ClearMl:
        return from_clearml(document);
    case Format::Own:
        break;
    }
    return {document, {}, {}};
}

// The tool's document has no space[2]: its parameters are found by name, as in space[lr].
std::string with_parameter_name(const std::string& path, const Json& space) {
    constexpr std::string_view prefix = "space[";
    const std::size_t end = path.find(']');
    if (!path.starts_with(prefix) || end == std::string::npos) {
        return path;
    }
    std::size_t index = 0;
    std::from_chars(path.data() + prefix.size(), path.data() + end, index);
    return fmt::format("{}{}{}", prefix, string_or(space.at(index), "name"), path.substr(end));
}

// read_study() with errors that fit a document in which the parameters have names, not indices.
Result<Study> read_translated(const Json& document) {
    auto errors = validate_study(document);
    for (spec::FieldError& error : errors) {
        error.path = with_parameter_name(error.path, document["space"]);
    }
    if (!errors.empty()) {
        return failure(ErrorCode::InvalidInput, "InvalidSearch", spec::to_text(errors));
    }
    return read_study(document);
}

} // namespace

Words<Format> words_of(Format) {
    static constexpr Word<Format> table[] = {{Format::Own, "search document"},
                                             {Format::WeightsAndBiases, "W&B sweep"},
                                             {Format::Katib, "Katib Experiment"},
                                             {Format::HParams, "HParams domains"},
                                             {Format::ClearMl, "ClearML ranges"}};
    return table;
}

Format recognize(const Json& document) {
    if (string_or(document, "apiVersion").starts_with("kubeflow.org/")) {
        return Format::Katib;
    }
    if (!document.is_object() || document.contains("space")) {
        return Format::Own;
    }
    if (document.contains("hyper_parameters")) {
        return Format::ClearMl;
    }
    if (document.contains("hparams")) {
        return Format::HParams;
    }
    return document.contains("parameters") ? Format::WeightsAndBiases : Format::Own;
}

Result<Json> translate(const Json& document, Format format, std::vector<std::string>& warnings) {
    Draft draft = draft_of(document, format);
    if (!draft.errors.empty()) {
        return failure(ErrorCode::InvalidInput, "InvalidSearch", spec::to_text(draft.errors));
    }
    std::move(draft.warnings.begin(), draft.warnings.end(), std::back_inserter(warnings));
    return std::move(draft.document);
}

Result<ImportedStudy> import_study(const Json& document) {
    const Format format = recognize(document);
    ImportedStudy imported;
    TRY(const Json own, translate(document, format, imported.warnings));
    TRY(imported.study, format == Format::Own ? read_study(own) : read_translated(own));
    return imported;
}

} // namespace pedigree::search
