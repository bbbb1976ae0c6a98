#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "imagebuild/build.h"
#include "imagebuild/code/commit_code.h"
#include "imagebuild/lock/lock.h"
#include "imagebuild/registry/docker_config.h"
#include "net/http_client.h"
#include "worker/derived_wheels.h"
#include "worker/git_source.h"
#include "worker/work.h"

namespace pedigree::worker {
namespace {

using records::work::BuildImageInput;
using records::work::BuildImageOutcome;

std::optional<imagebuild::RegistryCredential>
credential_of(const std::optional<records::work::BasicCredential>& basic) {
    if (!basic) {
        return std::nullopt;
    }
    return imagebuild::RegistryCredential{basic->username, basic->password};
}

imagebuild::RepositoryAddress address_of(const spec::ImageReference& image,
                                         const BuildImageInput& input) {
    const bool plain = std::find(input.plain_http_hosts.begin(), input.plain_http_hosts.end(),
                                 image.host) != input.plain_http_hosts.end();
    return {image.host, image.repository, plain};
}

// A base is read with the Experiment's own credential or anonymously, never with ours for pushing.
Result<imagebuild::RegistryClient> base_client(const spec::ImageReference& image,
                                               const BuildImageInput& input, net::Http& http) {
    std::optional<imagebuild::RegistryCredential> credential;
    if (input.pull_config) {
        TRY(credential, imagebuild::docker_config_credential(input.pull_config->reveal(),
                                                             image.host, image.repository));
    }
    return imagebuild::RegistryClient(http, address_of(image, input), std::move(credential),
                                      imagebuild::Access::Pull, {});
}

std::map<std::string, imagebuild::LayerDescriptor>
known_layers(const std::map<std::string, records::work::KnownLayer>& layers) {
    std::map<std::string, imagebuild::LayerDescriptor> known;
    for (const auto& [key, layer] : layers) {
        const auto digest = Digest::parse(layer.digest);
        const auto diff_id = Digest::parse(layer.diff_id);
        const auto toc_digest = Digest::parse(layer.toc_digest);
        if (digest && diff_id && (toc_digest || layer.toc_digest.empty())) {
            known[key] = {*digest, *diff_id, static_cast<std::uint64_t>(layer.bytes),
                          toc_digest ? std::optional(*toc_digest) : std::nullopt};
        }
    }
    return known;
}

// What has to be built before there is an image.
BuildImageOutcome missing_wheels(const imagebuild::BuildResult& result) {
    BuildImageOutcome outcome;
    outcome.unbuilt = result.unbuilt;
    outcome.base_digest = result.base.text();
    outcome.base_inventory = result.inventory;
    return outcome;
}

BuildImageOutcome outcome_of(const imagebuild::BuildResult& result, const BuildImageInput& input) {
    BuildImageOutcome outcome;
    outcome.image =
        fmt::format("{}/{}@{}", input.push.host, input.push.repository, result.image.text());
    outcome.image_digest = result.image.text();
    outcome.config_digest = result.config.text();
    outcome.base_digest = result.base.text();
    outcome.base_index_digest = result.base_index_digest;
    for (const imagebuild::UsedWheel& wheel : result.wheels) {
        outcome.wheels.push_back({wheel.name, wheel.version, wheel.file_name, wheel.digest.text(),
                                  wheel.built_from ? wheel.built_from->text() : ""});
    }
    for (const auto& [key, layer] : result.layers) {
        outcome.layers[key] = {layer.digest.text(), layer.diff_id.text(),
                               static_cast<std::int64_t>(layer.bytes),
                               layer.toc_digest ? layer.toc_digest->text() : ""};
    }
    outcome.base_inventory = result.inventory;
    outcome.lock_digest = result.lock ? result.lock->text() : "";
    outcome.wheel_plan = result.wheel_plan;
    if (result.attestations) {
        outcome.sbom = result.attestations->sbom.text();
        outcome.provenance = result.attestations->provenance.text();
    }
    outcome.already_there = result.already_there;
    outcome.uploaded_bytes = static_cast<std::int64_t>(result.uploaded_bytes);
    outcome.warnings = result.warnings;
    return outcome;
}

// Part of the cache: what an index served is for those who are given that index, and a wheel that
// was built for a namespace for that one alone. Whose it is, is in the name.
std::filesystem::path cache_of(const WorkPlace& place, std::string_view whose) {
    constexpr std::size_t name_digits = 16;
    return place.cache / sha256(whose).hex().substr(0, name_digits);
}

// An image that is used as it is: that it exists, and for this machine, is all that is asked.
Result<BuildImageOutcome> check_image(const spec::ImageReference& image,
                                      const BuildImageInput& input,
                                      imagebuild::RegistryClient& registry) {
    TRY(const auto inventory,
        imagebuild::read_base(registry, image.digest, imagebuild::BaseDepth::Documents, {}));
    BuildImageOutcome outcome;
    outcome.image = image.pull_text();
    outcome.image_digest = image.digest.text();
    TRY(const Digest config, imagebuild::config_digest(inventory.manifest));
    outcome.config_digest = config.text();
    outcome.base_digest = sha256(inventory.manifest).text();
    outcome.base_index_digest = inventory.index_digest;
    outcome.base_inventory = input.base_inventory.value_or("");
    outcome.already_there = true;
    return outcome;
}

} // namespace

Result<BuildImageOutcome> build_image(const BuildImageInput& input, const WorkPlace& place) {
    // A layer is sent to one registry while it comes from another: two calls at a time.
    net::PooledHttp http({.ca_pem = input.ca_pem, .egress = place.egress.function()});
    const bool prebuilt = !input.prebuilt.empty();
    TRY(const spec::ImageReference base,
        spec::parse_image_reference(prebuilt ? input.prebuilt : input.base));
    TRY(imagebuild::RegistryClient from, base_client(base, input, http));
    if (prebuilt && input.as_is) {
        return check_image(base, input, from);
    }
    imagebuild::RegistryClient target(
        http, {input.push.host, input.push.repository, input.push.plain_http},
        credential_of(input.push.credential), imagebuild::Access::PullPush, {});

    place.progress({"Source", "Fetching commit " + input.git.commit, 0, 0});
    TRY(const source::Snapshot snapshot, open_source(input.git, place));
    if (!input.tree.empty() && snapshot.tree() != input.tree) {
        return failure(ErrorCode::Conflict, "SourceChanged",
                       fmt::format("commit {} has the tree {}, not {}", input.git.commit,
                                   snapshot.tree(), input.tree));
    }
    imagebuild::BuildRequest request;
    request.base = base;
    request.source = imagebuild::code_source(snapshot, input.git.url, input.git.subdirectory);
    std::vector<std::string> warnings;
    TRY(request.code, imagebuild::commit_code(snapshot, warnings));
    if (!prebuilt && !input.lock_file.empty()) {
        TRY(std::string bytes, snapshot.read(input.lock_file, imagebuild::lock_bytes_max));
        request.lock = imagebuild::LockText{input.lock_file, std::move(bytes)};
    }
    request.index_url = input.index_url;
    request.known_layers = known_layers(input.known_layers);
    request.known_inventory = input.base_inventory.value_or("");
    request.known_wheels = input.wheel_plan;
    const auto form = from_word<spec::LayerForm>(input.layer_form);
    if (!form) {
        return failure(ErrorCode::InvalidInput, "layers of an unknown form: " + input.layer_form);
    }
    request.layer_form = *form;
    request.program = input.program;
    request.look_for_program = input.look_for_program;
    const auto progress = [&](std::string stage, std::string message, std::uint64_t done,
                              std::uint64_t total) {
        place.progress({std::move(stage), std::move(message), static_cast<std::int64_t>(done),
                        static_cast<std::int64_t>(total)});
    };
    const auto own_cache = cache_of(place, input.push.host + "/" + input.push.repository);
    TRY(const DerivedWheels derived, DerivedWheels::from(input, own_cache));
    request.derived_wheels = derived.known();
    const auto bring = [&](const imagebuild::DerivedWheel& wheel) {
        return imagebuild::cached_wheel(target, wheel, own_cache);
    };
    const std::filesystem::path wheels = cache_of(place, input.index_url);
    const imagebuild::BuildPlaces places{http,     from, place.scratch, wheels,
                                         progress, {},   bring,         &target};
    TRY(imagebuild::BuildResult result, imagebuild::build_image(request, places, target));
    if (!result.unbuilt.empty()) {
        return missing_wheels(result);
    }
    TRY(auto kept, derived.keep(result.wheels, target));
    result.warnings.insert(result.warnings.begin(), warnings.begin(), warnings.end());
    BuildImageOutcome outcome = outcome_of(result, input);
    outcome.derived_wheels = std::move(kept);
    return outcome;
}

} // namespace pedigree::worker
