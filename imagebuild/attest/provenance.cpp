#include "imagebuild/attest/provenance.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* statement_v1 = "https://in-toto.io/Statement/v1";
constexpr const char* git_prefix = "git+";
constexpr const char* wheel_prefix = "pkg:pypi/";

Json sha256_of(const Digest& digest) {
    return {{"sha256", digest.hex()}};
}

std::string repository_of(const spec::ImageReference& image) {
    return image.host + "/" + image.repository;
}

// The repository with its commit and tree; without a URL that may be shown, the digests alone.
Json source_descriptor(const CodeSource& source) {
    Json descriptor{{"digest", {{"gitCommit", source.commit}, {"gitTree", source.tree}}}};
    if (const std::string url = public_url(source.url); !url.empty()) {
        descriptor["uri"] = git_prefix + url;
    }
    return descriptor;
}

Json submodule_descriptor(const CodeSubmodule& submodule) {
    Json descriptor{{"name", submodule.path}, {"digest", {{"gitCommit", submodule.commit}}}};
    if (const std::string url = public_url(submodule.url); !url.empty()) {
        descriptor["uri"] = git_prefix + url;
    }
    return descriptor;
}

Json lock_descriptor(const UsedLock& lock) {
    return {{"name", lock.file}, {"digest", sha256_of(lock.digest)}};
}

Json external_parameters(const ImageFacts& facts) {
    Json parameters{
        {"base", {{"uri", repository_of(facts.base)}, {"digest", sha256_of(facts.base.digest)}}},
        {"source", source_descriptor(facts.source)},
        {"subdirectory", facts.source.subdirectory}};
    if (facts.lock) {
        parameters["lock"] = lock_descriptor(*facts.lock);
    }
    if (!facts.source.submodules.empty()) {
        parameters["submodules"] = "Pinned";
    }
    if (facts.layer_form != spec::LayerForm::Gzip) { // without it a statement is as it always was
        parameters["layers"] = to_string(facts.layer_form);
    }
    return parameters;
}

Json resolved_dependencies(const ImageFacts& facts) {
    const std::string base = repository_of(facts.base);
    Json dependencies = Json::array({source_descriptor(facts.source),
                                     {{"uri", image_purl(base, facts.base_manifest)},
                                      {"digest", sha256_of(facts.base_manifest)}}});
    if (facts.base.digest != facts.base_manifest) { // the index that led to it
        dependencies.push_back({{"uri", image_purl(base, facts.base.digest)},
                                {"digest", sha256_of(facts.base.digest)}});
    }
    for (const CodeSubmodule& submodule : facts.source.submodules) {
        dependencies.push_back(submodule_descriptor(submodule));
    }
    if (facts.lock) {
        dependencies.push_back(lock_descriptor(*facts.lock));
    }
    for (const UsedWheel& wheel : facts.wheels) {
        dependencies.push_back({{"name", wheel.file_name},
                                {"uri", wheel_purl(wheel)},
                                {"digest", sha256_of(wheel.digest)}});
    }
    return dependencies;
}

tl::unexpected<Error> refuse_provenance(std::string_view what) {
    return failure(ErrorCode::InvalidInput, "ProvenanceRefused",
                   fmt::format("the provenance {}", what));
}

Result<Digest> digest_of(const Json& descriptor) {
    return Digest::parse_hex(string_or(at_path(descriptor, {"digest"}), "sha256"));
}

std::string url_of(const Json& descriptor) {
    const std::string uri = string_or(descriptor, "uri");
    return uri.starts_with(git_prefix) ? uri.substr(std::string_view(git_prefix).size()) : "";
}

Result<CodeSource> read_source(const Json& parameters) {
    const Json& descriptor = at_path(parameters, {"source"});
    const Json& digests = at_path(descriptor, {"digest"});
    CodeSource source;
    source.commit = string_or(digests, "gitCommit");
    source.tree = string_or(digests, "gitTree");
    source.subdirectory = string_or(parameters, "subdirectory", ".");
    source.url = url_of(descriptor);
    if (source.commit.empty() || source.tree.empty()) {
        return refuse_provenance("names no commit and tree");
    }
    return source;
}

} // namespace

std::string provenance_text(const ImageFacts& facts) {
    return canonical_json(
        {{"_type", statement_v1},
         {"subject", Json::array({{{"name", facts.name}, {"digest", sha256_of(facts.image)}}})},
         {"predicateType", predicate_type},
         {"predicate",
          {{"buildDefinition",
            {{"buildType", build_type},
             {"externalParameters", external_parameters(facts)},
             {"internalParameters", {{"layerFormat", layer_format_version}}},
             {"resolvedDependencies", resolved_dependencies(facts)}}},
           {"runDetails",
            {{"builder",
              {{"id", builder_id}, {"version", {{"pedigree", facts.builder_version}}}}}}}}}});
}

Result<ProvenanceClaim> parse_provenance(std::string_view text) {
    TRY(const Json statement, parse_json(text));
    const Json& definition = at_path(statement, {"predicate", "buildDefinition"});
    if (string_or(statement, "_type") != statement_v1 ||
        string_or(statement, "predicateType") != predicate_type ||
        string_or(definition, "buildType") != build_type) {
        return refuse_provenance(
            fmt::format("is no in-toto statement of the build type {}", build_type));
    }
    const Json& subjects = at_path(statement, {"subject"});
    const Json& parameters = at_path(definition, {"externalParameters"});
    const Json subject = subjects.is_array() && subjects.size() == 1 ? subjects[0] : Json();
    const auto image = digest_of(subject);
    const auto base_digest = digest_of(at_path(parameters, {"base"}));
    if (!image || !base_digest) {
        return refuse_provenance("names no image and base by sha256");
    }
    ProvenanceClaim claim;
    claim.name = string_or(subject, "name");
    claim.image = *image;
    TRY(claim.base,
        spec::parse_image_reference(fmt::format(
            "{}@{}", string_or(at_path(parameters, {"base"}), "uri"), base_digest->text())));
    TRY(claim.source, read_source(parameters));
    const auto form = from_word<spec::LayerForm>(string_or(parameters, "layers", "Gzip"));
    if (!form) {
        return refuse_provenance("asks for layers of an unknown form");
    }
    claim.layer_form = *form;
    if (const Json& lock = at_path(parameters, {"lock"}); lock.is_object()) {
        TRY(const Digest digest, digest_of(lock));
        claim.lock = UsedLock{string_or(lock, "name"), digest};
    }
    for (const Json& dependency : at_path(definition, {"resolvedDependencies"})) {
        if (string_or(dependency, "uri").starts_with(wheel_prefix)) {
            TRY(const Digest digest, digest_of(dependency));
            claim.wheels.push_back(digest);
        }
        const std::string commit = string_or(at_path(dependency, {"digest"}), "gitCommit");
        if (const std::string path = string_or(dependency, "name");
            !commit.empty() && !path.empty()) {
            claim.source.submodules.push_back({path, url_of(dependency), commit});
        }
    }
    const Json& builder = at_path(statement, {"predicate", "runDetails", "builder"});
    claim.builder = string_or(builder, "id");
    claim.builder_version = string_or(at_path(builder, {"version"}), "pedigree");
    return claim;
}

} // namespace pedigree::imagebuild
