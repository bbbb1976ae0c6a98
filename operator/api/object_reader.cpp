// Models, checkpoints and artifacts out of the artifact store. What the caller names is looked up
// in the record of its namespace: an attempt's account says which files there are and which bytes
// they have, the attempt's row where they lie, so no key is ever taken from a request. Bytes go out
// a part at a time, one request each, and the connection of the pool is back before the first.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment/record_proof.h"
#include "lineage/made_by.h"
#include "lineage/query.h"
#include "operator/api/answer.h"
#include "operator/api/object_list.h"
#include "operator/api/read_api.h"
#include "operator/api/read_api_call.h"
#include "operator/storage/row_codec.h"
#include "records/pod/bundle_pages.h"
#include "records/work/object_part.h"

namespace pedigree::control {

struct ReadApi::Objects {
    const ReadApi& api;
    const Call& call;

    // One attempt's account as it was recorded.
    struct Recorded {
        RecordPlace place;
        std::string outcome;
    };
    // One artifact of one account.
    struct Found {
        RecordPlace place;
        ObjectOrigin origin;
        records::pod::ObservedArtifact artifact;
        std::vector<records::pod::BundlePage> pages;
    };

    Result<std::vector<Recorded>> recorded() const {
        TRY(const lineage::Query query, lineage::parse_query(call.name));
        TRY(auto transaction, api.parts_.pool.begin({.isolation = store::Isolation::RepeatableRead,
                                                     .access = store::Access::ReadOnly}));
        TRY(const auto places, places_of(transaction, query));
        std::vector<Recorded> all;
        for (const RecordPlace& place : places) {
            TRY(std::string outcome, recorded_outcome(transaction, place));
            if (!outcome.empty()) {
                all.push_back({place, std::move(outcome)});
            }
        }
        if (all.empty()) {
            return tl::unexpected(nothing_made(query));
        }
        return all;
    }

    // All of an account, or of each account that has bytes of that digest these.
    Result<Json> list() const {
        TRY(const auto all, recorded());
        const bool by_digest = call.name.starts_with("sha256:");
        Json items = Json::array();
        for (const Recorded& one : all) {
            TRY(const auto bundle, account_in(one.outcome));
            for (const auto& artifact : bundle.artifacts) {
                if (!by_digest || artifact.digest == call.name) {
                    items.push_back(object_item(artifact, origin_of(one.place)));
                }
            }
        }
        return Json{{"kind", "ObjectList"}, {"items", std::move(items)}};
    }

    // Where several attempts have it, the one whose bytes can be given out.
    Result<Found> artifact() const {
        const std::string digest = call.text("artifact");
        TRY(const auto all, recorded());
        std::optional<Found> best;
        for (const Recorded& one : all) {
            TRY(const auto bundle, account_in(one.outcome));
            const ObjectOrigin origin = origin_of(one.place);
            for (const auto& artifact : bundle.artifacts) {
                const bool better = !best || (!stored_prefix(best->artifact, best->origin) &&
                                              stored_prefix(artifact, origin));
                if (artifact.digest == digest && better) {
                    best = Found{one.place, origin, artifact, bundle.pages};
                }
            }
        }
        if (!best) {
            return failure(ErrorCode::NotFound,
                           fmt::format("{} made no model or artifact {}", call.name, digest));
        }
        return *std::move(best);
    }

    Result<Json> manifest() const {
        TRY(const Found found, artifact());
        Json files = Json::array();
        for (const auto& file : found.artifact.files) {
            files.push_back(object_file(file, 0));
        }
        const auto wanted = static_cast<std::size_t>(found.artifact.file_count);
        const std::size_t pages = std::min(found.pages.size(), manifest_pages_max);
        for (std::size_t number = 1; number <= pages && files.size() < wanted; ++number) {
            TRY(const auto more, files_in_page(found, number));
            for (const auto& file : more) {
                files.push_back(object_file(file, number));
            }
        }
        if (files.size() < wanted) {
            return failure(ErrorCode::TooLarge,
                           fmt::format("{} of its {} files stand in the first {} pages of the "
                                       "record, and no more are looked at",
                                       files.size(), wanted, pages));
        }
        return Json{{"kind", "Object"},
                    {"object", object_item(found.artifact, found.origin)},
                    {"files", std::move(files)}};
    }

    Result<std::string> bytes() const {
        TRY(const auto from, call.number("from", 0));
        TRY(const Found found, artifact());
        TRY(const auto file, file_asked_for(found));
        const auto prefix = stored_prefix(found.artifact, found.origin);
        if (!prefix) {
            return failure(ErrorCode::NotFound,
                           fmt::format("{} lies at {}, not in the artifact store of the platform",
                                       found.artifact.name, found.artifact.location));
        }
        if (from.value_or(0) > file.bytes) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("from: {} has {} bytes", file.path, file.bytes));
        }
        auto part = api.object_part(
            call.name_space, *prefix + file.path, from.value_or(0),
            std::min(records::work::object_part_bytes_max, file.bytes - from.value_or(0)));
        if (!part && part.error().code == ErrorCode::NotFound) {
            return failure(ErrorCode::NotFound,
                           fmt::format("the bytes of {} are gone from the artifact store: {}",
                                       file.path, part.error().message));
        }
        return part;
    }

  private:
    Result<std::vector<RecordPlace>> places_of(store::Transaction& transaction,
                                               const lineage::Query& query) const {
        std::vector<RecordPlace> places;
        switch (query.kind) {
        case lineage::QueryKind::Experiment: {
            const Call named{call.name_space, call.resource, query.key, call.parameters};
            TRY(auto place, api.place_of_record(transaction, named, Unsaid::BestTrial));
            places.push_back(std::move(place));
            return places;
        }
        case lineage::QueryKind::Attempt:
            TRY(add_place_of_pod(transaction, query.key, places));
            return places;
        case lineage::QueryKind::Bytes: {
            TRY(const auto pods, lineage::attempts_that_made(transaction, call.name_space,
                                                             query.key, same_bytes_attempts_max));
            for (const std::string& pod : pods) {
                TRY(add_place_of_pod(transaction, pod, places));
            }
            return places;
        }
        default:
            return failure(ErrorCode::InvalidInput,
                           "objects are asked for as exp:NAME, attempt:UID or sha256:HEX");
        }
    }

    // Nothing is added if it is no attempt of the namespace.
    Status add_place_of_pod(store::Transaction& transaction, const std::string& pod,
                            std::vector<RecordPlace>& places) const {
        TRY(const auto rows,
            transaction.query("SELECT e.uid FROM attempt a JOIN experiment e "
                              "ON e.uid = a.experiment_uid WHERE a.pod_uid = $1 AND "
                              "a.pod_uid <> '' AND e.namespace = $2",
                              {pod, call.name_space}));
        TRY(const auto uid, rows.at_most_one<std::string>());
        if (!uid) {
            return {};
        }
        TRY(const auto experiment, select_experiment(transaction, std::get<0>(*uid)));
        TRY(const auto attempts, select_attempts(transaction, std::get<0>(*uid)));
        for (const experiment::AttemptRow& attempt : attempts) {
            if (experiment && attempt.pod_uid == pod) {
                places.push_back(place_of(*experiment, attempt, platform()));
            }
        }
        return {};
    }

    Result<std::vector<records::pod::ObservedFile>> files_in_page(const Found& found,
                                                                  std::size_t number) const {
        TRY(const std::string bytes, api.page_of(call.name_space, found.place, number));
        records::pod::Bundle part;
        part.pages = found.pages;
        TRY(records::pod::add_page(part, number, bytes));
        std::vector<records::pod::ObservedFile> files;
        for (auto& artifact : part.artifacts) {
            if (artifact.name == found.artifact.name && artifact.source == found.artifact.source &&
                artifact.location == found.artifact.location) {
                std::move(artifact.files.begin(), artifact.files.end(), std::back_inserter(files));
            }
        }
        return files;
    }

    Result<records::pod::ObservedFile> file_asked_for(const Found& found) const {
        const std::string path = call.text("file");
        TRY(const auto page, call.number("page", 1));
        auto files = found.artifact.files;
        if (page) {
            TRY(files, files_in_page(found, static_cast<std::size_t>(*page)));
        }
        const auto file = std::find_if(files.begin(), files.end(),
                                       [&](const auto& one) { return one.path == path; });
        if (file == files.end() || !leads_nowhere_else(path)) {
            return failure(ErrorCode::NotFound,
                           fmt::format("{} has no file {}", found.artifact.name, path));
        }
        return *file;
    }

    spec::Platform platform() const { return api.parts_.configuration.effective(call.name_space); }

    ObjectOrigin origin_of(const RecordPlace& place) const {
        return {.experiment = place.experiment,
                .project = place.project,
                .trial = place.trial,
                .attempt = place.attempt,
                .pod_uid = place.pod_uid,
                .asserted = std::string(to_string(experiment::asserted_by(place.proof))),
                .bucket = platform().artifact_store.bucket,
                .prefix = place.prefix,
                .shared = place.shared};
    }

    Error nothing_made(const lineage::Query& query) const {
        const bool by_digest = query.kind == lineage::QueryKind::Bytes;
        return {ErrorCode::NotFound,
                by_digest
                    ? fmt::format("no Experiment of namespace {} made a model or artifact {}; "
                                  "pedigree find lists models",
                                  call.name_space, query.key)
                    : fmt::format("{} has no record of what it made in namespace {}: it has not "
                                  "ended, or its record is lost (pedigree trace says which)",
                                  query.key, call.name_space)};
    }
};

Status ReadApi::objects(const Call& call, net::Exchange& exchange) const {
    const Objects objects{*this, call};
    if (call.text("artifact").empty()) {
        TRY(const Json list, objects.list());
        send_json(exchange, list);
        return {};
    }
    if (call.text("file").empty()) {
        TRY(const Json manifest, objects.manifest());
        send_json(exchange, manifest);
        return {};
    }
    TRY(std::string bytes, objects.bytes());
    net::Response answer;
    answer.status = 200;
    answer.headers.add("Content-Type", "application/octet-stream");
    answer.body = std::move(bytes);
    return exchange.send(answer);
}

} // namespace pedigree::control
