#pragma once
// The artifact store as the pod's configuration names it, with the credentials of its mounted
// Secret.

#include "artifacts/s3.h"
#include "recorder/settings.h"
#include "records/pod/config.h"

namespace pedigree::recorder {

Result<artifacts::S3Options> store_options(const records::pod::ObjectStore& store,
                                           const Places& places);

} // namespace pedigree::recorder
