#include "pipeline/search/import/import.h"

#include <iterator>

#include "base/words.h"
#include "pipeline/search/import/formats.h"
#include "pipeline/search/read_study.h"

namespace pedigree::search {
namespace {

constexpr auto formats = words<Format>({{Format::Own, "search document"},
                                        {Format::WeightsAndBiases, "W&B sweep"},
                                        {Format::Katib, "Katib Experiment"},
                                        {Format::HParams, "HParams domains"},
                                        {Format::ClearMl, "ClearML ranges"}});

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

} // namespace

std::string_view to_string(Format format) {
    return formats.word(format);
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
    ImportedStudy imported;
    TRY(const Json own, translate(document, recognize(document), imported.warnings));
    TRY(imported.study, read_study(own));
    return imported;
}

} // namespace pedigree::search
