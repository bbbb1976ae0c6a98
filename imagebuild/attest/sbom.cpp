#include "imagebuild/attest/sbom.h"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "base/json.h"

namespace pedigree::imagebuild {
namespace {

// Names inside the document.
constexpr const char* image_ref = "image";
constexpr const char* base_ref = "base";
constexpr const char* code_ref = "code";

std::string wheel_ref(const UsedWheel& wheel) {
    return "wheel:" + wheel.digest.hex();
}

Json hashes(const Digest& digest) {
    return Json::array({{{"alg", "SHA-256"}, {"content", digest.hex()}}});
}

Json property(std::string_view name, const std::string& value) {
    return {{"name", fmt::format("pedigree:{}", name)}, {"value", value}};
}

void add_licenses(Json& component, const Licenses& licenses) {
    Json list = Json::array();
    if (!licenses.expression.empty()) {
        list.push_back({{"expression", licenses.expression}});
    }
    for (const std::string& name : licenses.names) {
        list.push_back({{"license", {{"name", name}}}});
    }
    if (!list.empty()) {
        component["licenses"] = std::move(list);
    }
}

Json distribution_component(const InstalledDistribution& one) {
    Json component{{"type", "library"},
                   {"name", one.name},
                   {"version", one.version},
                   {"purl", distribution_purl(one)},
                   {"properties", Json::array({property("site", one.site)})}};
    add_licenses(component, one.licenses);
    return component;
}

Json base_component(const ImageFacts& facts) {
    const std::string name = facts.base.host + "/" + facts.base.repository;
    // A list of a bill has each component once, whatever a site holds twice.
    std::map<std::string, Json> distributions;
    for (const InstalledDistribution& one : facts.base_distributions) {
        Json component = distribution_component(one);
        distributions.emplace(canonical_json(component), std::move(component));
    }
    Json inside = Json::array();
    for (auto& [text, component] : distributions) {
        inside.push_back(std::move(component));
    }
    Json component{{"type", "container"},
                   {"bom-ref", base_ref},
                   {"name", name},
                   {"version", facts.base_manifest.text()},
                   {"purl", image_purl(name, facts.base_manifest)},
                   {"hashes", hashes(facts.base_manifest)}};
    if (!inside.empty()) {
        component["components"] = std::move(inside);
    }
    return component;
}

Json wheel_component(const UsedWheel& wheel) {
    Json component{{"type", "library"},         {"bom-ref", wheel_ref(wheel)},
                   {"name", wheel.name},        {"version", wheel.version},
                   {"purl", wheel_purl(wheel)}, {"hashes", hashes(wheel.digest)}};
    add_licenses(component, wheel.licenses);
    return component;
}

Json code_component(const ImageFacts& facts) {
    const CodeSource& source = facts.source;
    Json component{{"type", "application"},
                   {"bom-ref", code_ref},
                   {"name", "code"},
                   {"version", source.commit},
                   {"properties", Json::array({property("subdirectory", source.subdirectory),
                                               property("tree", source.tree)})}};
    if (const std::string url = public_url(source.url); !url.empty()) {
        component["externalReferences"] = Json::array({{{"type", "vcs"}, {"url", url}}});
    }
    return component;
}

Json image_component(const ImageFacts& facts) {
    Json component{{"type", "container"},
                   {"bom-ref", image_ref},
                   {"name", facts.name},
                   {"version", facts.image.text()},
                   {"purl", image_purl(facts.name, facts.image)},
                   {"hashes", hashes(facts.image)}};
    if (facts.lock) {
        component["properties"] = Json::array({property("lock", facts.lock->digest.text())});
    }
    return component;
}

} // namespace

std::string sbom_text(const ImageFacts& facts) {
    Json components = Json::array({base_component(facts)});
    Json parts = Json::array({base_ref});
    Json overlay = Json::array();
    for (const UsedWheel& wheel : facts.wheels) {
        components.push_back(wheel_component(wheel));
        parts.push_back(wheel_ref(wheel));
        overlay.push_back(wheel_ref(wheel));
    }
    components.push_back(code_component(facts));
    parts.push_back(code_ref);
    overlay.push_back(code_ref);
    const Json tool{
        {"type", "application"}, {"name", "pedigree"}, {"version", facts.builder_version}};
    Json bill{
        {"bomFormat", "CycloneDX"},
        {"specVersion", "1.5"},
        {"version", 1},
        {"metadata",
         {{"component", image_component(facts)}, {"tools", {{"components", Json::array({tool})}}}}},
        {"components", std::move(components)},
        {"dependencies", Json::array({{{"ref", image_ref}, {"dependsOn", std::move(parts)}}})},
        {"compositions",
         Json::array({{{"aggregate", "complete"}, {"assemblies", std::move(overlay)}},
                      {{"aggregate", "incomplete"}, {"assemblies", Json::array({base_ref})}}})}};
    bill["serialNumber"] = "urn:uuid:" + uuid_from(canonical_json(bill));
    return canonical_json(bill);
}

} // namespace pedigree::imagebuild
