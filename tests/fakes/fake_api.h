#pragma once
// FakeApi: an API server in memory, as far as controllers can tell: uids, resource versions and
// compare-and-set by them, deletion through finalizers, the garbage collector's two ways
// (background: children go when their owner is gone; foreground: children first) and its not going
// its way (orphans lose their owner at once), status as a
// subresource. Stands for kube-apiserver with its garbage collector. Faults come from `fault`,
// asked before a request reaches the server and after it has done its work (the answer is lost).

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "k8s/api.h"
#include "tests/fakes/fake_history.h"

namespace pedigree {

class FakeApi final : public k8s::Api {
  public:
    explicit FakeApi(const Clock& clock) : clock_(clock) {}

    // Gives the error that the caller sees; ok: none. `call` is "create jobs", "get secrets" ...
    std::function<Status(FaultPoint point, const std::string& call)> fault;
    // Every change in order, as watches would tell it; `after` is null for a removal.
    std::function<void(const std::string& plural, const k8s::Object& before,
                       const k8s::Object& after)>
        changed;

    Result<Json> get(const k8s::ResourceType& type, const k8s::ObjectKey& key) override;
    Result<k8s::ObjectList> list(const k8s::ResourceType& type,
                                 const k8s::ListOptions& options) override;
    Result<Json> create(const k8s::ResourceType& type, const Json& object) override;
    Result<Json> replace(const k8s::ResourceType& type, const Json& object) override;
    Result<Json> patch(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                       k8s::PatchKind kind, const Json& body,
                       const k8s::PatchOptions& options) override;
    Status remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                  const k8s::DeleteOptions& options) override;
    Status watch(const k8s::ResourceType& type, const k8s::WatchOptions& options,
                 const k8s::ByteSink& sink, std::stop_token stop) override;

    Status pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions& options,
                   const k8s::ByteSink& sink, std::stop_token stop) override;
    std::map<k8s::ObjectKey, std::string> logs; // of pods

    // What others do (a user, the kubelet, the Job controller): never faulted, never counted.
    k8s::Object seen(const k8s::ResourceType& type, const k8s::ObjectKey& key) const;
    std::vector<k8s::Object> all(const k8s::ResourceType& type) const;
    k8s::Object put(const k8s::ResourceType& type, Json object);
    void edit(const k8s::ResourceType& type, const k8s::ObjectKey& key,
              const std::function<void(Json&)>& change);
    void erase(const k8s::ResourceType& type, const k8s::ObjectKey& key,
               const k8s::DeleteOptions& options = {});

    std::int64_t writes() const { return writes_; } // of the operator, that changed something
    std::int64_t calls() const { return calls_; }
    // Writes of the operator that changed nothing, as "patch jobs vision/x": done before, asked
    // again.
    const std::vector<std::string>& idle_writes() const { return idle_writes_; }

  private:
    using Shelf = std::map<k8s::ObjectKey, k8s::Object>;

    Status ask(FaultPoint point, const std::string& verb, const k8s::ResourceType& type);
    void count_write(bool changed_something, const std::string& verb, const k8s::ResourceType& type,
                     const k8s::ObjectKey& key);
    void store(const std::string& plural, const k8s::ObjectKey& key, Json object);
    void drop(const std::string& plural, const k8s::ObjectKey& key);
    void mark_deleted(const std::string& plural, const k8s::ObjectKey& key, bool foreground);
    std::vector<std::pair<std::string, k8s::ObjectKey>> children_of(const std::string& uid) const;
    void orphan(const k8s::ResourceType& type, const k8s::ObjectKey& key);
    void settle(); // the garbage collector, until nothing changes

    const Clock& clock_;
    std::map<std::string, Shelf> shelves_; // by plural
    std::int64_t version_ = 100;
    std::int64_t uids_ = 0;
    std::int64_t writes_ = 0;
    std::int64_t calls_ = 0;
    std::vector<std::string> idle_writes_;
};

} // namespace pedigree
