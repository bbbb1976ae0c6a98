#pragma once
// Metrics: what /metrics tells of this process, in Prometheus' text form 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Names that mean what
// controller-runtime and client-go mean by them are theirs, so that known dashboards and alerts
// work; the others begin with pedigree_. docs/operate/metrics.md explains each, and a test holds
// the page and a scrape side by side.
//
//     metrics.add(Metric::Effects, {"job.create"});
//     metrics.set(Metric::WorkqueueDepth, 3);
//     metrics.observe(Metric::ReconcileSeconds, 0.02);
//
// The labels' values are given in the order in which metrics.cpp lists the labels. A family never
// has more than its bound of them: what is beyond counts as "other", so that nothing from outside
// can grow it. Any thread may call anything. Nothing here fails.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::control {

enum class Metric {
    WorkqueueDepth,   // gauge
    WorkqueueAdds,    // counter
    WorkqueueRetries, // counter
    Reconciles,       // counter {result}
    ReconcileSeconds, // histogram
    ApiRequests,      // counter {code, method}
    Leader,           // gauge
    Effects,          // counter {effect}
    PhaseChanges,     // counter {phase}
    Experiments,      // gauge {phase}
    Attempts,         // counter {class}
    BuildSeconds,     // histogram {stage}
    OutboxLagSeconds, // gauge
    Delayed,          // gauge: keys of the work queue that wait for their time
    Skipped,          // counter {resource}: objects too large to be cached
    LedgerBehind,     // gauge: entries that are known outside of the database and not in it
    ClockJumps,       // counter {clock}: a clock moved by itself
    BuildInfo,        // gauge {version}
};

// The class of an attempt that did not fail; an empty label would be none.
inline constexpr std::string_view no_failure = "none";

class Metrics {
  public:
    using Values = std::initializer_list<std::string_view>;

    Metrics();
    ~Metrics();

    void add(Metric counter, Values labels = {}, double amount = 1);
    void set(Metric gauge, double value, Values labels = {});
    void observe(Metric histogram, double seconds, Values labels = {});
    // Brings a counter to a total that somebody else keeps; never back.
    void raise_to(Metric counter, double total, Values labels = {});
    // Shows a series before anything happened to it, so that a rate over it has a beginning.
    void show(Metric metric, Values labels);

    std::string text() const;

  private:
    void show_known_values();

    struct Families;
    const std::unique_ptr<Families> families_;
};

} // namespace pedigree::control
