#include "tests/cases/spec/read_cases.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/yaml.h"
#include "tests/checkout/checkout.h"

namespace pedigree::cases {
namespace {

Refusal refusal_from(const Json& entry) {
    Refusal refusal;
    refusal.path = entry.at("path");
    refusal.server_path = entry.value("server_path", refusal.path);
    refusal.code = entry.at("code");
    refusal.message = entry.at("message");
    refusal.server_message = entry.value("server_message", refusal.message);
    return refusal;
}

SpecCase case_from(const std::string& file, const Json& entry) {
    Json document = minimal_experiment();
    if (entry.contains("metadata")) {
        document["metadata"].merge_patch(entry["metadata"]);
    }
    if (entry.contains("spec")) {
        document["spec"].merge_patch(entry["spec"]);
    }
    if (entry.contains("spec_with_nulls")) {
        document["spec"].update(entry["spec_with_nulls"]);
    }
    SpecCase out{file, entry.at("name"), document.dump(), "", {}, true, true};
    if (entry.contains("update")) {
        document["spec"].merge_patch(entry["update"]);
        out.updated = document.dump();
    }
    for (const Json& refusal : entry.value("refuse", Json::array())) {
        out.refusals.push_back(refusal_from(refusal));
    }
    const std::string seen_by = entry.value("seen_by", "both");
    out.seen_by_parser = seen_by != "server";
    out.seen_by_server = seen_by != "parser";
    return out;
}

} // namespace

Json minimal_experiment() {
    return {{"apiVersion", "pedigree.dev/v1alpha1"},
            {"kind", "Experiment"},
            {"metadata", {{"name", "minimal-1"}}},
            {"spec",
             {{"project", "minimal"},
              {"source",
               {{"git", {{"url", "https://git.example.com/vision/mnist.git"}, {"ref", "main"}}}}},
              {"image",
               {{"base", "registry.example.com/tensorflow:2.13.0@sha256:" + std::string(64, '0')}}},
              {"command", {"python", "minimal.py"}}}}};
}

std::vector<SpecCase> read_spec_cases() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(case_path("spec"))) {
        if (entry.path().extension() == ".yaml") {
            paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<SpecCase> cases;
    for (const auto& path : paths) {
        const auto text = read_file(path);
        auto document = spec::parse_yaml(text.value());
        if (!document) {
            throw std::runtime_error(path.string() + ": " + document.error().message);
        }
        for (const Json& entry : document->at("cases")) {
            cases.push_back(case_from(path.filename(), entry));
        }
    }
    return cases;
}

} // namespace pedigree::cases
