#pragma once
// What an event says: a record of an event file is a protobuf message
// (tensorflow/core/util/event.proto, framework/summary.proto; the numbers are theirs):
//
//     Event    {wall_time 1: double, step 2: int64, graph_def 4, summary 5: Summary, session_log 7}
//     Summary  {value 1, repeated: {tag 1, simple_value 2: float, image 4, histo 5, audio 6,
//                                   tensor 8 (tensor.h), metadata 9: Metadata}}
//     Metadata {plugin_data 1: {plugin_name 1, content 2}}
//
// A scalar is a simple_value (TF1, PyTorch, tensorboardX), or (TF2) a tensor of the plugin
// "scalars"; its metadata may stand in the first event of a tag alone. HParams (tensorboard/
// plugins/hparams/plugin_data.proto) is metadata of the plugin "hparams" with
//
//     content      {experiment 2 | session_start_info 3 | session_end_info 4}
//     SessionStart {hparams 1, repeated: {key 1, value 2: {number 2, string 3, bool 4}}}
//     SessionEnd   {status 1}: 1 success, 2 failure, 3 running
//
// Any bytes may be given: what cannot be read says so, or is passed over. Views borrow the record.
// Pure.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pedigree::trackers::tensorboard {

struct Event {
    double wall_time = 0; // seconds since 1970
    std::int64_t step = 0;
    std::string_view summary; // for each_value
    bool has_graph = false;
};
// Nothing: the record is no event.
std::optional<Event> read_event(std::string_view record);

enum class ValueKind {
    Scalar,
    Tensor, // without metadata: a scalar if its tag was one before
    SessionStart,
    SessionEnd,
    Image,
    Audio,
    Histogram,
    Text,
    Other, // of another plugin, or a tensor that is no number
};

struct Value {
    std::string_view tag;
    ValueKind kind = ValueKind::Other;
    double number = 0;        // of Scalar and Tensor
    std::string_view content; // of SessionStart and SessionEnd
};
// Each value in order. False: the message broke; what stands before the break was given.
bool each_value(std::string_view summary, const std::function<void(const Value&)>& take);

// The hyperparameters of a SessionStart's content: numbers in canonical form, booleans as "true"
// and "false". Those of another kind are given without a value. False as above.
bool each_parameter(
    std::string_view content,
    const std::function<void(std::string_view name, std::optional<std::string>)>& take);

// "SUCCESS", "FAILURE", "RUNNING"; "" for what is no word of it.
std::string_view status_of(std::string_view content);

} // namespace pedigree::trackers::tensorboard
