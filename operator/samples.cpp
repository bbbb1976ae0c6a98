#include "operator/samples.h"

#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "experiment/observation.h"

namespace pedigree::control {
namespace {

void sample_queue(const SampleParts& parts) {
    const auto depth = parts.queue.depth();
    parts.metrics.set(Metric::WorkqueueDepth, static_cast<double>(depth.ready));
    parts.metrics.set(Metric::Delayed, static_cast<double>(depth.waiting));
    parts.metrics.raise_to(Metric::WorkqueueAdds, static_cast<double>(depth.adds));
    parts.metrics.raise_to(Metric::WorkqueueRetries, static_cast<double>(depth.retries));
}

void sample_caches(const SampleParts& parts) {
    std::map<std::string, double> by_phase;
    for (int phase = 0; phase <= static_cast<int>(experiment::Phase::Cancelled); ++phase) {
        by_phase[std::string(to_string(static_cast<experiment::Phase>(phase)))] = 0;
    }
    for (const k8s::Object& object : parts.caches.all_experiments()) {
        std::string phase = string_or(at_path(*object, {"status"}), "phase");
        ++by_phase[phase.empty() ? std::string(to_string(experiment::Phase::Pending)) : phase];
    }
    for (const auto& [phase, count] : by_phase) {
        parts.metrics.set(Metric::Experiments, count, {phase});
    }
    for (const auto& [resource, count] : parts.caches.skipped()) {
        parts.metrics.raise_to(Metric::Skipped, static_cast<double>(count), {resource});
    }
}

Status sample_attempts(const SampleParts& parts) {
    TRY(auto transaction, parts.pool.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows, transaction.query("SELECT failure_class, count(*) FROM attempt "
                                           "WHERE ended_at IS NOT NULL GROUP BY failure_class"));
    TRY(const auto counts, (rows.as<std::string, std::int64_t>()));
    for (const auto& [failure_class, count] : counts) {
        parts.metrics.raise_to(
            Metric::Attempts, static_cast<double>(count),
            {failure_class.empty() ? no_failure : std::string_view(failure_class)});
    }
    return {};
}

Result<double> outbox_lag(const SampleParts& parts) {
    TRY(auto transaction, parts.sequencer_pool.begin({.access = store::Access::ReadOnly}));
    TRY(const auto rows,
        transaction.query("SELECT coalesce((1000 * extract(epoch FROM clock_timestamp() - "
                          "min(created_at)))::bigint, 0) FROM outbox"));
    TRY(const auto milliseconds, rows.value<std::int64_t>());
    return static_cast<double>(milliseconds) / 1000;
}

} // namespace

void take_samples(const SampleParts& parts) {
    parts.metrics.set(Metric::Leader, parts.leads ? 1 : 0);
    sample_queue(parts);
    sample_caches(parts);
    if (const Status counted = sample_attempts(parts); !counted) {
        log_debug("attempts could not be counted", {{"error", counted.error().message}});
    }
    parts.metrics.set(Metric::OutboxLagSeconds, outbox_lag(parts).value_or(std::nan("")));
}

} // namespace pedigree::control
