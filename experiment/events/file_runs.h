#pragma once
// What runs that no server knows, since the recorder read or served them in the pod, are called in
// the record: by their place in the account and the pod (records/run_key.h), the same wherever a
// run is named. Pure.

#include <map>
#include <string>
#include <utility>

#include "records/event.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {

using RunNodes = std::map<std::pair<std::string, std::string>, records::NodeRef>; // by tracker, id

RunNodes runs_in_files(const records::pod::Bundle& bundle, const std::string& pod_uid);

} // namespace pedigree::experiment
