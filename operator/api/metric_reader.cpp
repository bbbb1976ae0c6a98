// The metrics of an attempt: from its account as it was recorded, which PostgreSQL keeps, and the
// pages of a large one, which lie in the artifact store and are checked against their digests.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/record_proof.h"
#include "operator/api/metric_list.h"
#include "operator/api/read_api.h"
#include "operator/api/read_api_call.h"
#include "records/pod/bundle.h"
#include "records/pod/bundle_pages.h"
#include "records/work/work.h"

namespace pedigree::control {
namespace {

constexpr std::int64_t page_bytes_max = 4 * 1024 * 1024; // pages are written up to 1 MiB

} // namespace

struct ReadApi::Account {
    records::pod::Bundle bundle;
    bool truncated = false;
};

Result<Json> ReadApi::metrics(const Call& call) const {
    RecordPlace place;
    std::string outcome;
    { // a connection is not held while the store is asked
        TRY(auto transaction, parts_.pool.begin({.access = store::Access::ReadOnly}));
        TRY(place, place_of_record(transaction, call, Unsaid::BestTrial));
        TRY(outcome, recorded_outcome(transaction, place));
    }
    if (outcome.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("attempt {} of trial {} of {} has no record of its metrics: it "
                                   "has not ended, or its record is lost (pedigree trace exp/{})",
                                   place.attempt, place.trial, call.name, call.name));
    }
    TRY(const Account account, account_at(call, place, outcome));
    return Json{{"kind", "MetricList"},
                {"experiment", call.name},
                {"uid", place.experiment_uid},
                {"trial", place.trial},
                {"attempt", place.attempt},
                {"podUid", place.pod_uid},
                {"asserted", to_string(experiment::asserted_by(place.proof))},
                {"truncated", account.truncated},
                {"items", metric_items(account.bundle, place.pod_uid,
                                       {.run = call.text("run"), .key = call.text("key")})}};
}

Result<std::string> ReadApi::recorded_outcome(store::Transaction& transaction,
                                              const RecordPlace& place) {
    // What was fetched and refused is somebody else's word.
    if (place.proof == experiment::RecordProof::None) {
        return std::string();
    }
    const auto key = experiment::collect_activity(place.trial, place.attempt);
    TRY(const auto rows, transaction.query("SELECT outcome FROM activity WHERE experiment_uid = $1 "
                                           "AND key = $2 AND state = 'Succeeded'",
                                           {place.experiment_uid, key.text()}));
    TRY(const auto found, rows.at_most_one<std::string>());
    return found ? std::get<0>(*found) : std::string();
}

Result<records::pod::Bundle> ReadApi::account_in(const std::string& outcome) {
    TRY(const Json outcome_document, parse_json(outcome));
    TRY(const auto fetched, records::work::fetch_object_outcome_from(outcome_document));
    TRY(const Json document, parse_json(fetched.bytes));
    return records::pod::bundle_from(document);
}

Result<std::string> ReadApi::page_of(const std::string& name_space, const RecordPlace& place,
                                     std::size_t number) const {
    return object(name_space, records::pod::page_key(place.prefix, place.pod_uid, number),
                  page_bytes_max);
}

Result<ReadApi::Account> ReadApi::account_at(const Call& call, const RecordPlace& place,
                                             const std::string& outcome) const {
    Account account;
    TRY(account.bundle, account_in(outcome));
    const std::size_t pages = account.bundle.pages.size();
    account.truncated = pages > metric_pages_max;
    for (std::size_t number = 1; number <= std::min(pages, metric_pages_max); ++number) {
        TRY(const std::string bytes, page_of(call.name_space, place, number));
        TRY(records::pod::add_page(account.bundle, number, bytes));
    }
    return account;
}

} // namespace pedigree::control
