#pragma once
// Informer: a Store with the thread ("watch-<plural>") that keeps it fresh. The handler runs on
// that thread and should only put keys into a WorkQueue. Start informers before taking leadership,
// and controllers after wait_until_synced.

#include <chrono>
#include <string>
#include <thread>

#include "k8s/reflector.h"

namespace pedigree::k8s {

class Informer {
  public:
    Informer(Api& api, const ResourceType& type, ReflectorOptions options, ChangeHandler handler,
             std::vector<std::string> indexed_labels = {});
    ~Informer(); // stops and joins

    void start();
    void stop();

    const Store& store() const { return store_; }
    const ReflectorCounters& counters() const { return reflector_.counters(); }
    // Timeout or Cancelled.
    Status wait_until_synced(std::chrono::milliseconds limit, std::stop_token stop) const;

  private:
    const ResourceType type_;
    Store store_;
    Reflector reflector_;
    std::jthread thread_;
};

} // namespace pedigree::k8s
