#pragma once
// A part of an object of our artifact store: models are larger than what one piece of work brings
// back. It is a FetchObject whose input says where the part begins, and has its outcome. Pure.

#include <cstdint>

#include "records/work/work.h"

namespace pedigree::records::work {

constexpr std::int64_t object_part_bytes_max = 4 * 1024 * 1024; // what is asked for at a time

struct FetchPartInput {
    FetchObjectInput object; // bytes_max: of the part; without digest, which is the whole's
    std::int64_t from = 0;
};

// Whether the input of a FetchObject asks for a part.
bool is_part(const Json& input);

Json to_json(const FetchPartInput&);
// InvalidInput names the field.
Result<FetchPartInput> fetch_part_input_from(const Json&);

} // namespace pedigree::records::work
