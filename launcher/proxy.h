#pragma once
// A base image may send HTTP through a proxy. On 127.0.0.1 listens the pod's own recorder, which no
// proxy can reach: these variables keep it out, beside whatever the image excepts already. Only
// here the image's own environment is known; the pod's spec would replace it.

#include "launcher/user.h"

namespace pedigree::launcher {

// NO_PROXY and no_proxy as they have to be; empty: there is no proxy, or it is kept out already.
// Programs read either name, and where both are set, one of them alone (Python the lower-case one),
// so both say the same unless they differ from the start. Pure.
Environment loopback_exceptions(const Environment& environment);

} // namespace pedigree::launcher
