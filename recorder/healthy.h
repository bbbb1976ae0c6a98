#pragma once
// The exec probe: the recorder listens on 127.0.0.1, where a kubelet's own probes cannot reach it.

#include <cstdint>

#include "base/result.h"

namespace pedigree::recorder {

// Unavailable: nobody accepts connections there.
Status healthy(std::uint16_t port);

} // namespace pedigree::recorder
