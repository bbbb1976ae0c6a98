#pragma once
// KnownSearches: what looks at searches that go on have worked out, kept from look to look. All of
// it follows from the rows, so it may be dropped at any time; a search that has ended is. Any
// thread; one search at a time belongs to the thread that looks at it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/sync.h"
#include "experiment/search/replay.h"

namespace pedigree::control {

struct KnownSearch {
    std::shared_ptr<experiment::Replay> replay = std::make_shared<experiment::Replay>();
    std::string earlier_searches; // whose `earlier` this is, as the Experiment's row says
    std::vector<search::EarlierStudy> earlier;
};

class KnownSearches {
  public:
    // Made if there is none; it stays until forget().
    KnownSearch& of(const std::string& experiment_uid) {
        return (*searches_.lock())[experiment_uid];
    }
    void forget(const std::string& experiment_uid) { searches_.lock()->erase(experiment_uid); }

  private:
    Sync<std::map<std::string, KnownSearch>> searches_; // by the Experiment's uid
};

} // namespace pedigree::control
