#pragma once
// /healthz (the process works), /readyz (caches synced, database reachable) and /metrics in
// Prometheus' text form, over plain HTTP inside the cluster. Counters may be bumped from any
// thread.

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "base/sync.h"
#include "net/http_server.h"

namespace pedigree::control {

// Names follow Prometheus' conventions; labels are written as they stand in the key:
// add("pedigree_effects_total{effect=\"job.create\"}").
class Metrics {
  public:
    void add(const std::string& series, double amount = 1);
    void set(const std::string& series, double value);
    std::string text() const;

  private:
    struct Series {
        double value = 0;
        bool counter = false;
    };
    mutable Sync<std::map<std::string, Series>> series_;
};

struct HealthApiParts {
    std::function<Status()> healthy;
    std::function<Status()> ready;
    std::function<void(Metrics&)> refresh; // sets gauges before they are read
    Metrics& metrics;
};

class HealthApi {
  public:
    explicit HealthApi(HealthApiParts parts) : parts_(std::move(parts)) {}
    void handle(net::Exchange& exchange) const;

  private:
    const HealthApiParts parts_;
};

} // namespace pedigree::control
