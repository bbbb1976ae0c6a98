#include "records/work/source_fields.h"

namespace pedigree::records::work {

template <typename Visit, Is<Registry> Self>
void describe(Visit& visit, Self& registry) {
    visit("host", registry.host);
    visit("repository", registry.repository);
    visit("credential", registry.credential);
    visit("plainHttp", registry.plain_http);
}

template <typename Visit, Is<KnownLayer> Self>
void describe(Visit& visit, Self& layer) {
    visit("digest", layer.digest);
    visit("diffId", layer.diff_id);
    visit("bytes", layer.bytes);
    visit("tocDigest", layer.toc_digest);
}

template <typename Visit, Is<DerivedWheel> Self>
void describe(Visit& visit, Self& wheel) {
    visit("fileName", wheel.file_name);
    visit("digest", wheel.digest);
    visit("bytes", wheel.bytes);
    visit("content", wheel.content);
    visit("imageUnread", wheel.image_unread);
}

template <typename Visit, Is<BuildImageInput> Self>
void describe(Visit& visit, Self& input) {
    visit("git", input.git);
    visit("tree", input.tree);
    visit("lockFile", input.lock_file);
    visit("base", input.base);
    visit("pullConfig", input.pull_config);
    visit("plainHttpHosts", input.plain_http_hosts);
    visit("prebuilt", input.prebuilt);
    visit("asIs", input.as_is);
    visit("push", input.push);
    visit("indexUrl", input.index_url);
    visit("caPem", input.ca_pem);
    visit("knownLayers", input.known_layers);
    visit("baseInventory", input.base_inventory);
    visit("wheelPlan", input.wheel_plan);
    visit("derivedWheels", input.derived_wheels);
    visit("layerForm", input.layer_form);
    visit("program", input.program);
    visit("lookForProgram", input.look_for_program);
}

template <typename Visit, Is<BuiltWheel> Self>
void describe(Visit& visit, Self& wheel) {
    visit("name", wheel.name);
    visit("version", wheel.version);
    visit("fileName", wheel.file_name);
    visit("digest", wheel.digest);
    visit("builtFrom", wheel.built_from);
}

template <typename Visit, Is<SourceDistribution> Self>
void describe(Visit& visit, Self& source) {
    visit("name", source.name);
    visit("version", source.version);
    visit("fileName", source.file_name);
    visit("digest", source.digest);
    visit("url", source.url);
}

template <typename Visit, Is<BuildImageOutcome> Self>
void describe(Visit& visit, Self& outcome) {
    visit("unbuilt", outcome.unbuilt);
    visit("derivedWheels", outcome.derived_wheels);
    visit("image", outcome.image);
    visit("imageDigest", outcome.image_digest);
    visit("configDigest", outcome.config_digest);
    visit("baseDigest", outcome.base_digest);
    visit("baseIndexDigest", outcome.base_index_digest);
    visit("wheels", outcome.wheels);
    visit("layers", outcome.layers);
    visit("baseInventory", outcome.base_inventory);
    visit("lockDigest", outcome.lock_digest);
    visit("wheelPlan", outcome.wheel_plan);
    visit("sbom", outcome.sbom);
    visit("provenance", outcome.provenance);
    visit("alreadyThere", outcome.already_there);
    visit("uploadedBytes", outcome.uploaded_bytes);
    visit("warnings", outcome.warnings);
}

Json to_json(const BuildImageInput& input) {
    return encoded(input);
}
Json to_json(const BuildImageOutcome& outcome) {
    return encoded(outcome);
}
Result<BuildImageInput> build_image_input_from(const Json& document) {
    return decoded<BuildImageInput>(document);
}
Result<BuildImageOutcome> build_image_outcome_from(const Json& document) {
    return decoded<BuildImageOutcome>(document);
}

} // namespace pedigree::records::work
