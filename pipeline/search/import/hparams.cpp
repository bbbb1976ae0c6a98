// TensorBoard's HParams: its domains, a JSON object each, in a list `hparams`. They say nothing
// but the space, and have no scale: what else a search needs stands beside `hparams`, and `scale`
// beside a domain, in our words.
#include "pipeline/search/import/formats.h"

namespace pedigree::search {
namespace {

using spec::child_path;
using spec::item_path;

// log, reverse_log, linear, or ours as they are.
std::string scale_from_word(const std::string& word) {
    return word == "log"           ? "Log"
           : word == "reverse_log" ? "ReverseLog"
           : word == "linear"      ? "Linear"
           : word == "logit"       ? "Logit"
                                   : word;
}

void import_interval(const Json& domain, const std::string& path, Json dimension, Draft& draft) {
    const auto minimum = draft.number(domain, path, "min_value");
    const auto maximum = draft.number(domain, path, "max_value");
    if (minimum && maximum) {
        dimension["min"] = compact_number(*minimum);
        dimension["max"] = compact_number(*maximum);
    }
    draft.document["space"].push_back(std::move(dimension));
}

// {name, domain: {type, ...}, scale}; without `domain` its members stand beside the name.
void import_hparam(const Json& hparam, const std::string& path, Draft& draft) {
    const bool nested = hparam.is_object() && hparam.contains("domain");
    const Json& domain = nested ? hparam["domain"] : hparam;
    const std::string at = nested ? child_path(path, "domain") : path;
    const std::string type = string_or(domain, "type");
    const std::string name = string_or(hparam, "name");
    draft.refuse_unknown(hparam, path,
                         {"name", "domain", "scale", "type", "min_value", "max_value", "values",
                          "dtype", "display_name", "description"});
    if (type == "Discrete") {
        draft.document["space"].push_back(choice(name, at_path(domain, {"values"})));
        return;
    }
    if (type != "IntInterval" && type != "RealInterval") {
        return draft.invalid(child_path(at, "type"), type,
                             "must be IntInterval, RealInterval or Discrete");
    }
    Json dimension{{"name", name}, {"type", type == "IntInterval" ? "Int" : "Float"}};
    const std::string scale = string_or(hparam, "scale", string_or(domain, "scale"));
    if (!scale.empty()) {
        dimension["scale"] = scale_from_word(scale);
    }
    import_interval(domain, at, std::move(dimension), draft);
}

} // namespace

Draft from_hparams(const Json& document) {
    Draft draft{document, {}, {}};
    draft.document.erase("hparams");
    draft.document.erase("metrics"); // which ones TensorBoard shows
    draft.document["space"] = Json::array();
    const Json& hparams = document["hparams"];
    if (!hparams.is_array()) {
        draft.invalid("hparams", hparams, "must be a list");
        return draft;
    }
    for (std::size_t i = 0; i < hparams.size(); ++i) {
        import_hparam(hparams[i], item_path("hparams", i), draft);
    }
    return draft;
}

} // namespace pedigree::search
