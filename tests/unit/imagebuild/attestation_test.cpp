// What stands beside an image: its SBOM and its provenance, byte for byte, and how they come to
// registries with and without the Referrers API.
#include <gmock/gmock.h>

#include "base/file.h"
#include "imagebuild/attest/provenance.h"
#include "imagebuild/attest/sbom.h"
#include "imagebuild/registry/referrers.h"
#include "imagebuild/wheel/wheel_tables.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

ImageFacts facts() {
    const spec::ImageReference base{"registry.example.com:5000", "base/tensorflow", "",
                                    sha256("index")};
    return {.name = "registry.example.com/built/team",
            .image = sha256("image"),
            .base = base,
            .base_manifest = sha256("platform"),
            .base_distributions = {{"TensorFlow_CPU", "2.13.0", "usr/lib/python3", {"numpy"}, {}},
                                   {"numpy", "1.24.3+b1", "usr/lib/python3", {}, {"", {"BSD"}}},
                                   {"numpy", "1.24.3+b1", "usr/lib/python3", {}, {"", {"BSD"}}}},
            .lock = UsedLock{"requirements.lock", sha256("lock")},
            .wheels = {{"PyYAML",
                        "6.0.1",
                        "PyYAML-6.0.1-cp311-cp311-manylinux_2_17_x86_64.whl",
                        sha256("yaml"),
                        {"", {"MIT", "MIT License"}}},
                       {"attrs",
                        "23.1.0",
                        "attrs-23.1.0-py3-none-any.whl",
                        sha256("attrs"),
                        {"MIT OR Apache-2.0", {}}}},
            .source = {"https://git.example.com/team/code.git", std::string(40, 'c'), "train",
                       std::string(40, 'e')},
            .builder_version = "1.2.3"};
}

// The file is laid out for people; the documents are its canonical form.
std::string golden(const std::string& name) {
    const auto text = read_file(case_path("imagebuild/" + name));
    return text ? canonical_json(Json::parse(*text)) : text.error().message;
}

TEST(Sbom, IsTheGoldenDocument) {
    EXPECT_EQ(sbom_text(facts()), golden("sbom.cdx.json"));
}

TEST(Provenance, IsTheGoldenStatement) {
    EXPECT_EQ(provenance_text(facts()), golden("provenance.json"));
}

TEST(Provenance, IsReadBack) {
    const auto claim = parse_provenance(provenance_text(facts()));
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->image, sha256("image"));
    EXPECT_EQ(claim->base.pull_text(), facts().base.pull_text());
    EXPECT_EQ(claim->lock->file, "requirements.lock");
    EXPECT_EQ(claim->lock->digest, sha256("lock"));
    EXPECT_EQ(claim->source.url, "https://git.example.com/team/code.git");
    EXPECT_EQ(claim->source.commit, std::string(40, 'c'));
    EXPECT_EQ(claim->source.subdirectory, "train");
    EXPECT_THAT(claim->wheels, ElementsAre(sha256("yaml"), sha256("attrs")));
    EXPECT_EQ(claim->builder, "https://pedigree.dev/builder/image");
    EXPECT_EQ(claim->builder_version, "1.2.3");
    EXPECT_TRUE(claim->source.submodules.empty());
}

TEST(Provenance, NamesSubmodulesWithoutWhatTheirUrlsHide) {
    ImageFacts with = facts();
    with.source.submodules = {
        {"libs/one", "https://git.example.com/team/one.git", std::string(40, '1')},
        {"libs/two", "ssh://git@git.example.com:22/team/two.git", std::string(40, '2')}};
    const std::string text = provenance_text(with);
    EXPECT_THAT(text, HasSubstr("\"submodules\":\"Pinned\""));
    const auto claim = parse_provenance(text);
    ASSERT_TRUE(claim) << claim.error().message;
    const auto& read = claim->source.submodules;
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].path, "libs/one");
    EXPECT_EQ(read[0].url, "https://git.example.com/team/one.git");
    EXPECT_EQ(read[0].commit, std::string(40, '1'));
    EXPECT_EQ(read[1].url, "") << "as the source's own, if it is read over ssh";
    EXPECT_EQ(read[1].commit, std::string(40, '2'));
    EXPECT_EQ(claim->wheels.size(), 2u);
}

TEST(Provenance, OfAnotherKindIsRefused) {
    const std::string good = provenance_text(facts());
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"Statement/v1", "Statement/v0"},
             {"provenance/v1", "provenance/v0.2"},
             {"image-build/v1", "image-build/v2"},
             {"gitCommit", "gitOther"},
             {sha256("image").hex(), "00"},
             {"\"uri\":\"registry.example.com:5000/", "\"uri\":\"no registry/"}}) {
        std::string other = good;
        ASSERT_NE(other.find(from), other.npos) << from;
        other.replace(other.find(from), from.size(), to);
        EXPECT_FALSE(parse_provenance(other)) << from;
    }
    EXPECT_FALSE(parse_provenance("{}"));
    EXPECT_FALSE(parse_provenance("[]"));
}

TEST(Attestations, HoldNoCredentialOfAUrl) {
    for (const char* url :
         {"https://user:canary@git.example.com/x.git",
          "https://git.example.com/x.git?private_token=canary",
          "https://canary@git.example.com/x.git", "canary@git.example.com:x.git"}) {
        ImageFacts leaky = facts();
        leaky.source.url = url;
        EXPECT_THAT(sbom_text(leaky), Not(HasSubstr("canary"))) << url;
        EXPECT_THAT(provenance_text(leaky), Not(HasSubstr("canary"))) << url;
        EXPECT_EQ(parse_provenance(provenance_text(leaky))->source.commit, std::string(40, 'c'));
    }
}

TEST(Licenses, AreWhatMetadataSays) {
    const auto of = [](const std::string& text) { return licenses_of(parse_header_fields(text)); };
    EXPECT_EQ(of("Name: x\nLicense-Expression: MIT OR Apache-2.0\nLicense: MIT\n").expression,
              "MIT OR Apache-2.0");
    EXPECT_THAT(of("License: BSD-3-Clause\n"
                   "Classifier: License :: OSI Approved :: BSD License\n"
                   "Classifier: License :: OSI Approved :: BSD License\n"
                   "Classifier: Programming Language :: C++\n")
                    .names,
                ElementsAre("BSD-3-Clause", "BSD License"));
    EXPECT_THAT(of("License: UNKNOWN\n").names, IsEmpty());
    EXPECT_THAT(of("License: " + std::string(101, 'x') + "\n").names, IsEmpty());
    EXPECT_THAT(of("License-Expression: MIT\n").names, IsEmpty());
}

class Attaching : public testing::TestWithParam<ReferrersApi> {
  protected:
    // The documents beside the image by their type.
    std::map<std::string, std::string> documents(const Digest& image) {
        std::map<std::string, std::string> found;
        RegistryClient registry = world_.target();
        const auto listed = list_referrers(registry, image);
        EXPECT_TRUE(listed) << listed.error().message;
        for (const Referrer& one : *listed) {
            const auto text = read_artifact(registry, image, one.digest);
            EXPECT_TRUE(text) << text.error().message;
            found[one.artifact_type + " " + one.digest.text()] = *text;
        }
        return found;
    }
    ImageWorld world_{GetParam()};
};

TEST_P(Attaching, SbomAndProvenanceAreListedOfTheImage) {
    const auto built = world_.build();
    ASSERT_TRUE(built) << built.error().message;
    ASSERT_TRUE(built->attestations);
    const auto found = documents(built->image);
    ASSERT_THAT(found, SizeIs(2));
    const std::string sbom =
        found.at(std::string(sbom_type) + " " + built->attestations->sbom.text());
    EXPECT_THAT(sbom, HasSubstr("pkg:pypi/small@1.0?file_name=small-1.0-py3-none-any.whl"));
    const auto claim = parse_provenance(
        found.at(std::string(statement_type) + " " + built->attestations->provenance.text()));
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->image, built->image);
    EXPECT_EQ(claim->base.digest, world_.base);
    EXPECT_THAT(claim->wheels, SizeIs(2));
    EXPECT_THAT(built->warnings, IsEmpty());
}

TEST_P(Attaching, TheSameBuildSendsNothingAgain) {
    const auto first = world_.build();
    ASSERT_TRUE(first) << first.error().message;
    BuildRequest again = world_.request();
    again.known_layers = first->layers;
    again.known_inventory = first->inventory;
    world_.http.calls.clear();
    const auto second = world_.build(again);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->attestations->sbom, first->attestations->sbom);
    EXPECT_EQ(second->attestations->provenance, first->attestations->provenance);
    EXPECT_EQ(second->uploaded_bytes, 0);
    for (const std::string& call : world_.http.calls) {
        EXPECT_TRUE(call.starts_with("GET ") || call.starts_with("HEAD ")) << call;
    }
}

TEST_P(Attaching, AnotherCommitOfTheSameTreeIsAnotherProvenanceOfTheSameImage) {
    const auto first = world_.build();
    BuildRequest other = world_.request();
    other.source.commit = std::string(40, 'd');
    const auto second = world_.build(other);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->image, first->image);
    EXPECT_NE(second->attestations->provenance, first->attestations->provenance);
    EXPECT_THAT(documents(first->image), SizeIs(4));
}

INSTANTIATE_TEST_SUITE_P(Registries, Attaching,
                         testing::Values(ReferrersApi::Absent, ReferrersApi::Present),
                         [](const auto& api) {
                             return api.param == ReferrersApi::Absent ? "ByTag" : "ByApi";
                         });

TEST(Referrers, StandUnderTheFallbackTagOfOldRegistriesOnly) {
    for (const ReferrersApi api : {ReferrersApi::Absent, ReferrersApi::Present}) {
        ImageWorld world(api);
        const auto built = world.build();
        ASSERT_TRUE(built) << built.error().message;
        EXPECT_EQ(
            world.http.manifests[ImageWorld::repository].contains("sha256-" + built->image.hex()),
            api == ReferrersApi::Absent);
    }
}

TEST(Referrers, OfOthersStayInTheIndex) {
    ImageWorld world;
    RegistryClient registry = world.target();
    const Manifest subject{"{}", "application/vnd.oci.image.manifest.v1+json", sha256("{}")};
    const std::string tag = "sha256-" + subject.digest.hex();
    const std::string theirs = Json{
        {"mediaType", "theirs"},
        {"digest", sha256("signature").text()},
        {"size", 7},
        {"annotations",
         {{"kept", "yes"}}}}.dump();
    world.http.manifests[ImageWorld::repository][tag] = {"application/vnd.oci.image.index.v1+json",
                                                         R"({"schemaVersion":2,"manifests":[)" +
                                                             theirs + "]}"};
    ASSERT_TRUE(attach(registry, subject, {{"type/a", "text", {}}}));
    EXPECT_THAT(world.http.manifests[ImageWorld::repository][tag].bytes,
                HasSubstr(canonical_json(Json::parse(theirs))));
    EXPECT_THAT(*list_referrers(registry, subject.digest), SizeIs(2));
}

// Somebody who read the list before us and writes it after us.
struct LateWriter final : net::Http {
    using net::Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token stop) override {
        auto answer = registry.send(request, stop);
        if (request.method == "PUT" && request.url.ends_with("/" + tag) && times-- > 0) {
            registry.manifests["team"][tag].bytes = R"({"schemaVersion":2,"manifests":[]})";
        }
        return answer;
    }
    MemoryRegistry registry;
    std::string tag;
    int times = 1;
};

TEST(Referrers, AreListedAgainIfSomebodyElseWroteTheList) {
    const Manifest subject{"{}", "application/vnd.oci.image.manifest.v1+json", sha256("{}")};
    LateWriter http;
    http.tag = "sha256-" + subject.digest.hex();
    RegistryClient registry(http, {"registry.example.com", "team", false}, std::nullopt,
                            Access::PullPush, {});
    ASSERT_TRUE(attach(registry, subject, {{"type/a", "text", {}}}));
    EXPECT_THAT(*list_referrers(registry, subject.digest), SizeIs(1));
    ASSERT_TRUE(attach(registry, subject, {{"type/a", "text", {}}}));
    EXPECT_THAT(*list_referrers(registry, subject.digest), SizeIs(1)); // nor twice
    http.times = 100;
    EXPECT_EQ(attach(registry, subject, {{"type/b", "text", {}}}).error().code,
              ErrorCode::Conflict);
}

TEST(Referrers, WhatIsNotAboutTheSubjectIsNotRead) {
    ImageWorld world;
    RegistryClient registry = world.target();
    const Artifact artifact{"type/a", "text", {}};
    const Manifest subject{"{}", "application/vnd.oci.image.manifest.v1+json", sha256("{}")};
    ASSERT_TRUE(attach(registry, subject, {artifact}));
    const Digest manifest = artifact_manifest(subject, artifact).digest;
    EXPECT_EQ(read_artifact(registry, subject.digest, manifest).value_or(""), "text");
    EXPECT_FALSE(read_artifact(registry, sha256("another"), manifest));
}

TEST(Referrers, ThatARegistryRefusesAreSaidToBeMissing) {
    ImageWorld world;
    world.http.refuses_artifacts = true;
    const auto built = world.build();
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_FALSE(built->attestations);
    EXPECT_THAT(built->warnings, ElementsAre(HasSubstr("no SBOM and no provenance")));
}

} // namespace
} // namespace pedigree::imagebuild
