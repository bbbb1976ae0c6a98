#include "trackers/mlflow/preflight.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "trackers/mlflow/server.h"

namespace pedigree::trackers::mlflow {

using namespace std::chrono_literals;

Result<std::string> preflight(net::Http& http, const records::work::TrackerTarget& target,
                              const std::string& experiment_id, std::chrono::seconds wait_max,
                              std::stop_token stop) {
    constexpr auto look_every_max = 5000ms;
    const net::RetryOptions retry{
        {.first = 250ms, .ceiling = look_every_max}, std::numeric_limits<int>::max(), wait_max};
    Server server(http, target, retry);
    TRY(std::string version, server.version(stop));
    // /version is open to everybody and under every host name: this call is not.
    if (experiment_id.empty()) {
        TRY(server.post("experiments/search", {{"max_results", 1}}, stop));
    } else {
        TRY(server.get("experiments/get", {{"experiment_id", experiment_id}}, stop));
    }
    return version;
}

} // namespace pedigree::trackers::mlflow
