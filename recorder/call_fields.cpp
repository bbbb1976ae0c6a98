#include "recorder/call_fields.h"

#include <array>

namespace pedigree::recorder {
namespace {

using Kind = FieldKind;

constexpr std::array pair{CallField{"key"}, CallField{"value"}};
constexpr std::array metric{CallField{"key"},
                            CallField{"value", Kind::Number},
                            CallField{"timestamp", Kind::Integer},
                            CallField{"step", Kind::Integer},
                            CallField{"dataset_name"},
                            CallField{"dataset_digest"},
                            CallField{"model_id", Kind::Id},
                            CallField{"run_id", Kind::Id}};
constexpr std::array dataset{CallField{"name"},   CallField{"digest"}, CallField{"source_type"},
                             CallField{"source"}, CallField{"schema"}, CallField{"profile"}};
constexpr std::array dataset_input{CallField{"tags", Kind::List, pair},
                                   CallField{"dataset", Kind::Object, dataset}};
constexpr std::array model_input{CallField{"model_id", Kind::Id}};
constexpr std::array model_output{CallField{"model_id", Kind::Id},
                                  CallField{"step", Kind::Integer}};
constexpr std::array part{CallField{"part_number", Kind::Integer}, CallField{"etag"},
                          CallField{"url"}};

constexpr std::array create_experiment{CallField{"name"}, CallField{"artifact_location"},
                                       CallField{"tags", Kind::List, pair}};
constexpr std::array experiment_tag{CallField{"experiment_id", Kind::Id}, CallField{"key"},
                                    CallField{"value"}};
constexpr std::array create_run{CallField{"experiment_id", Kind::Id}, CallField{"user_id"},
                                CallField{"run_name"}, CallField{"start_time", Kind::Integer},
                                CallField{"tags", Kind::List, pair}};
constexpr std::array update_run{CallField{"run_id", Kind::Id}, CallField{"run_uuid", Kind::Id},
                                CallField{"status", Kind::Word},
                                CallField{"end_time", Kind::Integer}, CallField{"run_name"}};
constexpr std::array log_metric{CallField{"run_id", Kind::Id},
                                CallField{"run_uuid", Kind::Id},
                                CallField{"key"},
                                CallField{"value", Kind::Number},
                                CallField{"timestamp", Kind::Integer},
                                CallField{"step", Kind::Integer},
                                CallField{"model_id", Kind::Id},
                                CallField{"dataset_name"},
                                CallField{"dataset_digest"}};
constexpr std::array key_of_run{CallField{"run_id", Kind::Id}, CallField{"run_uuid", Kind::Id},
                                CallField{"key"}, CallField{"value"}};
constexpr std::array delete_tag{CallField{"run_id", Kind::Id}, CallField{"key"}};
constexpr std::array log_batch{
    CallField{"run_id", Kind::Id}, CallField{"metrics", Kind::List, metric},
    CallField{"params", Kind::List, pair}, CallField{"tags", Kind::List, pair}};
constexpr std::array log_inputs{CallField{"run_id", Kind::Id},
                                CallField{"datasets", Kind::List, dataset_input},
                                CallField{"models", Kind::List, model_input}};
constexpr std::array log_model{CallField{"run_id", Kind::Id}, CallField{"model_json"}};
constexpr std::array log_outputs{CallField{"run_id", Kind::Id},
                                 CallField{"models", Kind::List, model_output}};
constexpr std::array create_model{CallField{"experiment_id", Kind::Id},
                                  CallField{"name"},
                                  CallField{"model_type"},
                                  CallField{"source_run_id", Kind::Id},
                                  CallField{"params", Kind::List, pair},
                                  CallField{"tags", Kind::List, pair}};
constexpr std::array finish_model{CallField{"model_id", Kind::Id}, CallField{"status", Kind::Word}};
constexpr std::array model_tags{CallField{"model_id", Kind::Id},
                                CallField{"tags", Kind::List, pair}};
constexpr std::array model_params{CallField{"model_id", Kind::Id},
                                  CallField{"params", Kind::List, pair}};
constexpr std::array registered_model{CallField{"name"}, CallField{"description"},
                                      CallField{"tags", Kind::List, pair}};
constexpr std::array model_version{CallField{"name"},
                                   CallField{"source"},
                                   CallField{"run_id", Kind::Id},
                                   CallField{"run_link"},
                                   CallField{"description"},
                                   CallField{"model_id", Kind::Id},
                                   CallField{"tags", Kind::List, pair}};
constexpr std::array parts_begin{CallField{"path"}, CallField{"num_parts", Kind::Integer}};
constexpr std::array parts_end{CallField{"path"}, CallField{"upload_id"},
                               CallField{"parts", Kind::List, part}};

struct CallShape {
    std::string_view call; // ends with '/': a path follows
    std::span<const CallField> fields;
};
constexpr std::array call_shapes{
    CallShape{"experiments/create", create_experiment},
    CallShape{"experiments/set-experiment-tag", experiment_tag},
    CallShape{"runs/create", create_run},
    CallShape{"runs/update", update_run},
    CallShape{"runs/log-metric", log_metric},
    CallShape{"runs/log-parameter", key_of_run},
    CallShape{"runs/log-batch", log_batch},
    CallShape{"runs/log-inputs", log_inputs},
    CallShape{"runs/log-model", log_model},
    CallShape{"runs/outputs", log_outputs},
    CallShape{"runs/set-tag", key_of_run},
    CallShape{"runs/delete-tag", delete_tag},
    CallShape{"logged-models", create_model},
    CallShape{"registered-models/create", registered_model},
    CallShape{"model-versions/create", model_version},
    CallShape{"mpu/create/", parts_begin},
    CallShape{"mpu/complete/", parts_end},
    CallShape{"mpu/abort/", parts_end},
};

} // namespace

std::span<const CallField> fields_of(std::string_view call) {
    for (const CallShape& shape : call_shapes) {
        if (shape.call == call || (shape.call.ends_with('/') && call.starts_with(shape.call))) {
            return shape.fields;
        }
    }
    if (call.starts_with("logged-models/")) {
        return call.ends_with("/tags")     ? std::span<const CallField>(model_tags)
               : call.ends_with("/params") ? std::span<const CallField>(model_params)
                                           : std::span<const CallField>(finish_model);
    }
    return {};
}

} // namespace pedigree::recorder
