#pragma once
// A study as TensorBoard's HParams plugin knows an experiment: which hyperparameters there are,
// with their domains, and the metric (tensorboard/plugins/hparams/api.proto and plugin_data.proto).
// Scale, step, conditions and constraints have no place there: a range is an interval, a list its
// values in TensorBoard's order. Pure.

#include <string>

#include "pipeline/search/study.h"

namespace pedigree::search {

// The bytes of HParamsPluginData{version 0, experiment}: the `content` of the plugin data of the
// summary `_hparams_/experiment` in the root run's events.
std::string hparams_experiment(const Study& study);

} // namespace pedigree::search
