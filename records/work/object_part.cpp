#include "records/work/object_part.h"

#include <nlohmann/json.hpp>

namespace pedigree::records::work {

bool is_part(const Json& input) {
    return at_path(input, {"from"}).is_number_integer();
}

Json to_json(const FetchPartInput& input) {
    Json document = to_json(input.object);
    document["from"] = input.from;
    return document;
}

Result<FetchPartInput> fetch_part_input_from(const Json& document) {
    FetchPartInput input;
    TRY(input.object, fetch_object_input_from(document));
    TRY(input.from, integer_field(document, "from"));
    if (input.from < 0 || input.object.bytes_max < 0) {
        return failure(ErrorCode::InvalidInput, "from, bytesMax: must not be negative");
    }
    return input;
}

} // namespace pedigree::records::work
