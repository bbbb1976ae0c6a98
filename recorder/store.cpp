#include "recorder/store.h"

#include "artifacts/credentials.h"

namespace pedigree::recorder {

Result<artifacts::S3Options> store_options(const records::pod::ObjectStore& store,
                                           const Places& places) {
    TRY(const auto secret, artifacts::read_store_secret(places.at(store.credentials_directory)));
    artifacts::S3Options options;
    options.endpoint = secret.endpoint.empty() ? store.endpoint : secret.endpoint;
    options.region = secret.region.empty() ? store.region : secret.region;
    options.credentials = secret.credentials;
    return options;
}

} // namespace pedigree::recorder
