#pragma once
// The number in a tensor that holds one, as TF2 writes scalars (tensorflow/core/framework/
// tensor.proto, types.proto; the numbers are theirs):
//
//     Tensor {dtype 1, shape 2: {dim 2, repeated: {size 1}}, tensor_content 4: bytes,
//             float_val 5, double_val 6, int_val 7, int64_val 10}
//
// The value stands in tensor_content, little-endian, or in the field of its type, packed or not.
// Types are float, double, int32 and int64. Pure.

#include <optional>
#include <string_view>

namespace pedigree::trackers::tensorboard {

// Nothing: more than one element, another type, or no tensor at all.
std::optional<double> scalar_of(std::string_view tensor);

} // namespace pedigree::trackers::tensorboard
