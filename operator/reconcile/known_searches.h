#pragma once
// KnownSearches: what looks at searches that go on have worked out, kept from look to look. All of
// it follows from the rows, so it may be dropped at any time; a search that has ended is. A look
// takes what is known out and puts it back, so that nothing is shared: any thread may call.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "experiment/search/engine.h"

namespace pedigree::control {

struct KnownSearch {
    experiment::Engine engine;
    std::string earlier_searches; // whose `earlier` this is, as the Experiment's row says
    std::vector<search::EarlierStudy> earlier;
};

class KnownSearches {
  public:
    // An empty one, if nothing is known.
    KnownSearch take(const std::string& experiment_uid) {
        auto node = searches_.lock()->extract(experiment_uid);
        return node ? std::move(node.mapped()) : KnownSearch{};
    }
    void put(const std::string& experiment_uid, KnownSearch known) {
        searches_.lock()->insert_or_assign(experiment_uid, std::move(known));
    }
    void forget(const std::string& experiment_uid) { searches_.lock()->erase(experiment_uid); }

  private:
    Sync<std::map<std::string, KnownSearch>> searches_; // by the Experiment's uid
};

} // namespace pedigree::control
