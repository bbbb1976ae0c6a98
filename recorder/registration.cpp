#include "recorder/registration.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::recorder {
namespace {

constexpr const char* version_call = "model-versions/create";
constexpr const char* versions_tag = "mlflow.modelVersions";
constexpr std::size_t registered_name_bytes_max = 200;

} // namespace

Json registered_answer(const std::string& call, const Json& body, std::int64_t now_ms) {
    Json answer = {{"name", string_or(body, "name")},
                   {"creation_timestamp", now_ms},
                   {"last_updated_timestamp", now_ms},
                   {"description", "not registered: pedigree registers a model when its record "
                                   "is sealed"}};
    if (call != version_call) {
        return {{"registered_model", std::move(answer)}};
    }
    answer["version"] = "0";
    answer["status"] = "READY";
    answer["current_stage"] = "None";
    for (const char* field : {"source", "run_id", "model_id"}) {
        if (body.contains(field)) {
            answer[field] = body[field];
        }
    }
    return {{"model_version", std::move(answer)}};
}

std::string not_registered(const std::string& call, const Json& body) {
    return call != version_call
               ? ""
               : "the script asked MLflow to register its model as \"" +
                     clean_text(string_or(body, "name"), registered_name_bytes_max) +
                     "\": nothing was registered, the model is kept; register it now that its "
                     "record is sealed";
}

bool drop_registration(Json& body) {
    const auto tags = body.find("tags");
    if (tags == body.end()) {
        return false;
    }
    Json kept = Json::array();
    for (Json& tag : *tags) {
        if (string_or(tag, "key") != versions_tag) {
            kept.push_back(std::move(tag));
        }
    }
    const bool nothing_left = kept.empty() && !tags->empty();
    *tags = std::move(kept);
    return nothing_left;
}

} // namespace pedigree::recorder
