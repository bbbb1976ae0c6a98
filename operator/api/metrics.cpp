#include "operator/api/metrics.h"

#include <array>
#include <map>
#include <set>
#include <variant>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/sync.h"
#include "experiment/activity.h"
#include "experiment/effect.h"
#include "experiment/observation.h"
#include "pipeline/run/classify.h"

namespace pedigree::control {
namespace {

using Labels = prometheus::Labels;
using Buckets = prometheus::Histogram::BucketBoundaries;

enum class Type { Counter, Gauge, Histogram };

struct Description {
    Metric metric;
    Type type;
    const char* name;
    const char* help;
    Labels fixed;
    std::vector<const char*> labels;
};

// Of one label; beyond them a value counts as `other`.
constexpr std::size_t label_values_max = 64;
constexpr std::string_view other = "other";

const Labels queue_name{{"name", "experiment"}};
const Labels controller_name{{"controller", "experiment"}};

const std::vector<Description> descriptions = {
    {Metric::WorkqueueDepth,
     Type::Gauge,
     "workqueue_depth",
     "Experiments that wait for a reconcile thread now.",
     queue_name,
     {}},
    {Metric::WorkqueueAdds,
     Type::Counter,
     "workqueue_adds_total",
     "Experiments put into the work queue.",
     queue_name,
     {}},
    {Metric::WorkqueueRetries,
     Type::Counter,
     "workqueue_retries_total",
     "Experiments put into the work queue again after an error.",
     queue_name,
     {}},
    {Metric::Reconciles,
     Type::Counter,
     "controller_runtime_reconcile_total",
     "Looks at an Experiment, by how they ended.",
     controller_name,
     {"result"}},
    {Metric::ReconcileSeconds,
     Type::Histogram,
     "controller_runtime_reconcile_time_seconds",
     "Time of one look at an Experiment.",
     controller_name,
     {}},
    {Metric::ApiRequests,
     Type::Counter,
     "rest_client_requests_total",
     "Requests to the API server, by status code (or <error>) and method.",
     {},
     {"code", "method"}},
    {Metric::Leader,
     Type::Gauge,
     "leader_election_master_status",
     "1 if this replica leads, else 0.",
     {{"name", "pedigree-operator"}},
     {}},
    {Metric::Effects,
     Type::Counter,
     "pedigree_effects_total",
     "Effects caused, by name.",
     {},
     {"effect"}},
    {Metric::PhaseChanges,
     Type::Counter,
     "pedigree_phase_changes_total",
     "Changes of an Experiment's phase, by the new one.",
     {},
     {"phase"}},
    {Metric::Experiments,
     Type::Gauge,
     "pedigree_experiments",
     "Experiments in the cluster, by the phase that their status shows.",
     {},
     {"phase"}},
    {Metric::Attempts,
     Type::Counter,
     "pedigree_attempts_total",
     "Attempts that have ended, by the class of their failure (none: succeeded).",
     {},
     {"class"}},
    {Metric::BuildSeconds,
     Type::Histogram,
     "pedigree_build_duration_seconds",
     "Time from the wish for a piece of work until it was done, by stage.",
     {},
     {"stage"}},
    {Metric::OutboxLagSeconds,
     Type::Gauge,
     "pedigree_lineage_outbox_lag_seconds",
     "Age of the oldest event that has no number in the ledger yet; 0 if all have.",
     {},
     {}},
    {Metric::Delayed,
     Type::Gauge,
     "pedigree_workqueue_delayed",
     "Experiments that are looked at later.",
     {},
     {}},
    {Metric::Skipped,
     Type::Counter,
     "pedigree_cache_skipped_total",
     "Objects left out of a cache because they are too large.",
     {},
     {"resource"}},
    {Metric::LedgerBehind,
     Type::Gauge,
     "pedigree_ledger_behind_entries",
     "Entries of the ledger that are known outside of the database and are not in it.",
     {},
     {}},
    {Metric::ClockJumps,
     Type::Counter,
     "pedigree_clock_jumps_total",
     "Times that a clock moved by itself; deadlines do not follow it.",
     {},
     {"clock"}},
    {Metric::BuildInfo,
     Type::Gauge,
     "pedigree_build_info",
     "1; which build this is.",
     {},
     {"version"}},
};

// controller-runtime's for a reconcile; a build takes minutes.
const Buckets reconcile_buckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3,  0.35,
                                0.4,   0.45, 0.5,   0.6,  0.7, 0.8,  0.9, 1,    1.25, 1.5,
                                1.75,  2,    2.5,   3,    3.5, 4,    4.5, 5,    6,    7,
                                8,     9,    10,    15,   20,  25,   30,  40,   50,   60};
const Buckets build_buckets{0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600};

struct Family {
    const Description* description = nullptr;
    std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                 prometheus::Family<prometheus::Histogram>*>
        series;
    std::map<std::string, std::set<std::string, std::less<>>> seen; // values by label
};

} // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    Sync<std::map<Metric, Family>> all;

    Labels labels(Family& family, Values values) const;
    template <typename T>
    prometheus::Family<T>& of(Family& family) const {
        return *std::get<prometheus::Family<T>*>(family.series);
    }
    prometheus::Counter& counter(Metric metric, Values values);
    prometheus::Gauge& gauge(Metric metric, Values values);
    prometheus::Histogram& histogram(Metric metric, Values values);
    void declare(const Description& description);
};

void Metrics::Families::declare(const Description& description) {
    Family family{.description = &description, .series = {}, .seen = {}};
    const auto build = [&](auto builder) -> auto& {
        return builder.Name(description.name)
            .Help(description.help)
            .Labels(description.fixed)
            .Register(registry);
    };
    switch (description.type) {
    case Type::Counter:
        family.series = &build(prometheus::BuildCounter());
        break;
    case Type::Gauge:
        family.series = &build(prometheus::BuildGauge());
        break;
    case Type::Histogram:
        family.series = &build(prometheus::BuildHistogram());
        break;
    }
    all.lock()->emplace(description.metric, std::move(family));
}

Labels Metrics::Families::labels(Family& family, Values values) const {
    Labels out;
    auto value = values.begin();
    for (const char* label : family.description->labels) {
        std::string_view given = value == values.end() ? std::string_view() : *value++;
        auto& seen = family.seen[label];
        if (!seen.contains(given) && seen.size() >= label_values_max) {
            given = other;
        }
        seen.emplace(given);
        out.emplace(label, given);
    }
    return out;
}

prometheus::Counter& Metrics::Families::counter(Metric metric, Values values) {
    auto held = all.lock();
    Family& family = held->at(metric);
    return of<prometheus::Counter>(family).Add(labels(family, values));
}

prometheus::Gauge& Metrics::Families::gauge(Metric metric, Values values) {
    auto held = all.lock();
    Family& family = held->at(metric);
    return of<prometheus::Gauge>(family).Add(labels(family, values));
}

prometheus::Histogram& Metrics::Families::histogram(Metric metric, Values values) {
    auto held = all.lock();
    Family& family = held->at(metric);
    return of<prometheus::Histogram>(family).Add(
        labels(family, values), metric == Metric::BuildSeconds ? build_buckets : reconcile_buckets);
}

Metrics::Metrics() : families_(std::make_unique<Families>()) {
    for (const Description& description : descriptions) {
        families_->declare(description);
        if (description.labels.empty()) {
            show(description.metric, {});
        }
    }
    show_known_values();
}

void Metrics::show_known_values() {
    for (const char* result : {"success", "requeue", "requeue_after", "error"}) {
        show(Metric::Reconciles, {result});
    }
    show(Metric::ApiRequests, {"200", "GET"});
    for (const std::string& effect : experiment::effect_names) {
        show(Metric::Effects, {effect});
    }
    for (int number = 0; number <= static_cast<int>(experiment::Phase::Cancelled); ++number) {
        const auto phase = to_string(static_cast<experiment::Phase>(number));
        show(Metric::PhaseChanges, {phase});
        show(Metric::Experiments, {phase});
    }
    for (int number = 0; number <= static_cast<int>(run::FailureClass::Cancelled); ++number) {
        const auto word = to_string(static_cast<run::FailureClass>(number));
        show(Metric::Attempts, {word.empty() ? no_failure : word});
    }
    for (const auto kind :
         {experiment::ActivityKind::ResolveSource, experiment::ActivityKind::BuildImage,
          experiment::ActivityKind::CheckImports}) {
        show(Metric::BuildSeconds, {to_string(kind)});
    }
    for (const char* resource : {"experiments", "jobs", "pods"}) {
        show(Metric::Skipped, {resource});
    }
    for (const char* clock : {"machine", "database"}) {
        show(Metric::ClockJumps, {clock});
    }
    set(Metric::LedgerBehind, 0);
    set(Metric::BuildInfo, 1, {PEDIGREE_VERSION});
}

Metrics::~Metrics() = default;

void Metrics::add(Metric counter, Values labels, double amount) {
    families_->counter(counter, labels).Increment(amount);
}

void Metrics::set(Metric gauge, double value, Values labels) {
    families_->gauge(gauge, labels).Set(value);
}

void Metrics::observe(Metric histogram, double seconds, Values labels) {
    families_->histogram(histogram, labels).Observe(seconds);
}

void Metrics::raise_to(Metric counter, double total, Values labels) {
    prometheus::Counter& series = families_->counter(counter, labels);
    if (const double step = total - series.Value(); step > 0) {
        series.Increment(step);
    }
}

void Metrics::show(Metric metric, Values labels) {
    const Description& description = *families_->all.lock()->at(metric).description;
    switch (description.type) {
    case Type::Counter:
        families_->counter(metric, labels);
        return;
    case Type::Gauge:
        families_->gauge(metric, labels);
        return;
    case Type::Histogram:
        families_->histogram(metric, labels);
        return;
    }
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

} // namespace pedigree::control
