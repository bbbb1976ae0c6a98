#include "base/digest.h"
#include "records/fields.h"
#include "records/work/work.h"

namespace pedigree::records::work {

template <typename Visit, Is<FetchObjectInput> Self>
void describe(Visit& visit, Self& input) {
    visit("endpoint", input.endpoint);
    visit("region", input.region);
    visit("bucket", input.bucket);
    visit("key", input.key);
    visit("accessKeyId", input.access_key_id);
    visit("secretAccessKey", input.secret_access_key);
    visit("digest", input.digest);
    visit("bytesMax", input.bytes_max);
}

Json to_json(const FetchObjectInput& input) {
    return encoded(input);
}
Result<FetchObjectInput> fetch_object_input_from(const Json& document) {
    return decoded<FetchObjectInput>(document);
}

// An object holds any bytes, a JSON string only UTF-8.
Json to_json(const FetchObjectOutcome& outcome) {
    return {{"base64", to_base64(outcome.bytes)}};
}
Result<FetchObjectOutcome> fetch_object_outcome_from(const Json& document) {
    TRY(const std::string text, string_field(document, "base64"));
    TRY(std::string bytes, from_base64(text));
    return FetchObjectOutcome{std::move(bytes)};
}

Json to_json(const PutObjectInput& input) {
    return {{"place", encoded(input.place)}, {"base64", to_base64(input.bytes)}};
}
Result<PutObjectInput> put_object_input_from(const Json& document) {
    PutObjectInput input;
    TRY(input.place, decoded<FetchObjectInput>(at_path(document, {"place"})));
    TRY(const std::string text, string_field(document, "base64"));
    TRY(input.bytes, from_base64(text));
    return input;
}

Json to_json(const PutObjectOutcome&) {
    return Json::object();
}
Result<PutObjectOutcome> put_object_outcome_from(const Json&) {
    return PutObjectOutcome{};
}

} // namespace pedigree::records::work
