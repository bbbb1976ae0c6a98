// What W&B's SDKs leave and send, by its first byte: a .wandb file, else a call to file_stream, and
// to graphql. A script's bytes, so anything may stand there.
#include <nlohmann/json.hpp>

#include "net/url.h"
#include "trackers/wandb/endpoint.h"
#include "trackers/wandb/limits.h"
#include "trackers/wandb/run_file.h"

#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

namespace protocol = pedigree::trackers::wandb;

void look_at(const protocol::Run& run) {
    require(protocol::is_id(run.id) && protocol::is_id(run.project));
    require(run.metrics.size() <= protocol::wandb_keys_per_run_max);
    for (const auto& [key, series] : run.metrics) {
        const auto metric = series.values.whole();
        require(!key.empty() && metric.count > 0 && !metric.points.empty());
        require(!(metric.min.number() > metric.max.number()));
    }
    for (const auto& [name, file] : run.files) {
        require(protocol::is_file_name(name));
    }
    (void)protocol::run_json(run);
}

} // namespace

void wandb(std::string_view input) {
    if (input.starts_with(':')) {
        protocol::Runs runs;
        protocol::RunFile file(runs, "pedigree");
        for (std::string_view rest = input; !rest.empty();
             rest.remove_prefix(std::min<std::size_t>(rest.size(), 100))) {
            file.feed(rest.substr(0, 100));
        }
        if (const protocol::Run* run = file.finish()) {
            look_at(*run);
        }
        return;
    }
    protocol::Endpoint endpoint(protocol::Settings{});
    for (const char* path : {"/files/e/p/r/file_stream", "/graphql"}) {
        require(endpoint.answer({"POST", path, input, {}}).status == 200);
    }
    (void)endpoint.answer({"POST", input, "{}", {}});
    if (const auto upload = endpoint.upload("PUT", input)) {
        endpoint.uploaded(*upload, 1, {});
        const std::string place = upload->place();
        require(place.find("..") == place.npos || protocol::is_file_name(upload->file));
    }
    for (const auto& [key, run] : endpoint.runs().all()) {
        look_at(*run);
    }
}

} // namespace pedigree::fuzz
