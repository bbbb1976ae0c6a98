#pragma once
// Brings one input of the spec to its folder and checks its digest: s3://bucket/key (a file, laid
// under its own name), s3://bucket/prefix/ (a folder), https://host/file, volume://claim/path (the
// volume is mounted at the input's folder already and is only checked). A wrong digest is an error
// of reason DigestMismatch; the bytes are removed then. Other reasons: InputNotFound,
// InputForbidden, InputUnreachable, SecretKeyMissing, InputInvalid. Blocks.

#include <stop_token>

#include "net/http.h"
#include "recorder/settings.h"
#include "records/pod/bundle.h"

namespace pedigree::recorder {

Result<records::pod::ObservedInput> fetch_input(net::Http& http, const Settings& settings,
                                                const records::pod::PodInput& input,
                                                std::stop_token stop);

} // namespace pedigree::recorder
