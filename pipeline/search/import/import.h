#pragma once
// Documents of other tools as what stands under `search:` (docs/spec/search-import.md): a W&B
// sweep, a Katib Experiment, TensorBoard's HParams, ClearML's parameter ranges. translate() says
// the same in the words of schema.yaml; read_study() checks the result as it checks any document.
// What cannot be said there is an error with its path in the tool's document; what changes
// nothing about the trials is a warning. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/words.h"
#include "pipeline/search/study.h"

namespace pedigree::search {

enum class Format { Own, WeightsAndBiases, Katib, HParams, ClearMl };
Words<Format> words_of(Format); // "W&B sweep"

// By what only that tool's documents have; Own if by none.
Format recognize(const Json& document);

// The same as what would stand under `search:`; Own as it is. InvalidInput, reason "InvalidSearch",
// with all errors in the message. Warnings are appended.
Result<Json> translate(const Json& document, Format format, std::vector<std::string>& warnings);

struct ImportedStudy {
    Study study;
    std::vector<std::string> warnings;
};
// Recognizes, translates and reads.
Result<ImportedStudy> import_study(const Json& document);

} // namespace pedigree::search
