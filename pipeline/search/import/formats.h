#pragma once
// The importers, one a tool; each fills a Draft. `document` is an object. Private to this folder;
// pure.

#include "pipeline/search/import/draft.h"

namespace pedigree::search {

Draft from_wandb(const Json& document);
Draft from_katib(const Json& document);
Draft from_hparams(const Json& document);
Draft from_clearml(const Json& document);

// One entry of a sweep's `parameters`, with a distribution; appended to the draft's space.
void add_wandb_parameter(const std::string& name, const Json& parameter, const std::string& path,
                         Draft& draft);

// A ParameterSet of ClearML's; appended to the draft's space and constraints.
void add_clearml_set(const Json& item, const std::string& path, Draft& draft);

} // namespace pedigree::search
