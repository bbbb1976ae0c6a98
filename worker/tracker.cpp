#include "base/failpoint.h"
#include "net/http_client.h"
#include "trackers/mlflow/close.h"
#include "trackers/mlflow/open.h"
#include "worker/work.h"

namespace pedigree::worker {
namespace {

namespace work = records::work;

net::HttpClientOptions client_options(const work::TrackerTarget& target, const WorkPlace& place) {
    net::HttpClientOptions options;
    options.ca_pem = target.ca_pem;
    options.egress = place.egress.function();
    return options;
}

} // namespace

Result<work::OpenTrackerOutcome> open_tracker(const work::OpenTrackerInput& input,
                                              const WorkPlace& place) {
    net::HttpClient http(client_options(input.target, place));
    TRY(auto outcome, trackers::mlflow::open_tracker(http, input));
    failpoint("worker.parent_run");
    return outcome;
}

Result<work::CloseTrackerOutcome> close_tracker(const work::CloseTrackerInput& input,
                                                const WorkPlace& place) {
    net::HttpClient http(client_options(input.target, place));
    TRY(auto outcome, trackers::mlflow::close_tracker(http, input));
    failpoint("worker.tracker_end");
    return outcome;
}

} // namespace pedigree::worker
