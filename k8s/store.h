#pragma once
// Store: the last known state of one resource type, fed by a Reflector and read by everybody.
// Values are shared and immutable, readers never copy or block for long. Indexes by controller uid
// and by chosen labels are kept under the same lock. Changes are returned to the feeder, which
// tells the handlers; an object that vanished and came back with another uid is a delete and an
// add.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "k8s/object.h"

namespace pedigree::k8s {

struct Change {
    enum class Type { Added, Updated, Deleted };
    Type type = Type::Added;
    Object object; // Deleted: the last known state
    Object before; // Updated only
    // Deleted: seen to be missing in a new list, so `object` may be older than its true last state.
    bool final_state_unknown = false;
};

class Store {
  public:
    // Labels by whose values objects can be found.
    explicit Store(std::vector<std::string> indexed_labels = {});

    Object get(const ObjectKey& key) const; // nullptr: not there
    std::vector<Object> all() const;
    std::vector<Object> in_namespace(std::string_view name) const;
    std::vector<Object> controlled_by(const std::string& uid) const;
    std::vector<Object> with_label(const std::string& label, const std::string& value) const;
    std::size_t size() const;

    // The newest resource version seen, by event or bookmark; empty before the first sync.
    std::string resource_version() const;
    bool has_synced() const;
    // Whether what was written at this version is visible here: read-your-writes after a create or
    // patch. False as well when versions cannot be compared.
    bool has_seen(std::string_view resource_version) const;

    // For the feeder. An unchanged resource version changes nothing.
    std::vector<Change> put(Object object);
    std::vector<Change> remove(Object last_state);
    std::vector<Change> replace_all(std::vector<Object> objects, std::string resource_version);
    void set_resource_version(std::string resource_version);

  private:
    struct Content {
        std::map<ObjectKey, Object> objects;
        std::map<std::string, std::set<ObjectKey>> by_controller;
        std::map<std::pair<std::string, std::string>, std::set<ObjectKey>> by_label;
        std::string resource_version;
        bool synced = false;
    };
    void index(Content& content, const ObjectKey& key, const Json& object) const;
    void unindex(Content& content, const ObjectKey& key, const Json& object) const;
    std::vector<Change> put_locked(Content& content, Object object) const;
    static void advance(Content& content, const std::string& resource_version);
    static std::vector<Object> collect(const Content& content, const std::set<ObjectKey>& keys);

    const std::vector<std::string> indexed_labels_;
    mutable Sync<Content> content_;
};

} // namespace pedigree::k8s
