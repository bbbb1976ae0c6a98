// Registries that lie, ask for what is not theirs, or lead elsewhere. Each is answered with one
// sentence, and the credential stays where it belongs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/documents.h"
#include "imagebuild/inventory/base_image.h"
#include "imagebuild/inventory/inventory_scan.h"
#include "imagebuild/registry/referrers.h"
#include "tests/unit/imagebuild/fake_registry.h"

namespace pedigree::imagebuild {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string host = "https://registry.example.com";
const std::string repository = host + "/v2/team/tf/";
constexpr const char* index_type = "application/vnd.oci.image.index.v1+json";
constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* layer_type = "application/vnd.oci.image.layer.v1.tar";

class HostileRegistry : public testing::Test {
  protected:
    RegistryClient client(bool with_credential = true) {
        std::optional<RegistryCredential> credential;
        if (with_credential) {
            credential = RegistryCredential{"reader", Secret("the-password")};
        }
        return {http_, {"registry.example.com", "team/tf", false}, credential, Access::Pull, {}};
    }
    // Serves the document under its digest.
    Digest serve(const std::string& kind, const std::string& bytes, const std::string& type = "") {
        const Digest digest = sha256(bytes);
        http_.answer("GET " + repository + kind + "/" + digest.text(),
                     {200, {{"Content-Type", type}}, bytes});
        return digest;
    }
    Json layer(const std::string& bytes, const std::string& type = layer_type) {
        return {
            {"mediaType", type}, {"digest", serve("blobs", bytes).text()}, {"size", bytes.size()}};
    }
    Digest serve_manifest(const Json& layers, const Json& changes = Json::object()) {
        const std::string config = R"({"architecture":"amd64","os":"linux"})";
        Json manifest{{"schemaVersion", 2},
                      {"mediaType", manifest_type},
                      {"config", {{"digest", serve("blobs", config).text()}}},
                      {"layers", layers}};
        manifest.update(changes);
        return serve("manifests", manifest.dump(), manifest_type);
    }
    // Why the base is not read.
    std::string refusal(const Digest& digest) {
        RegistryClient registry = client();
        const auto base = read_base(registry, digest, BaseDepth::Layers, [](auto, auto) {});
        return base ? "read" : base.error().message;
    }
    void challenge(const std::string& field) {
        http_.answer("GET " + manifest_url(), {401, {{"WWW-Authenticate", field}}, ""});
    }
    static std::string manifest_url() { return repository + "manifests/" + sha256("m").text(); }
    Result<Manifest> ask(bool with_credential = true) {
        return client(with_credential).manifest(sha256("m"));
    }
    FakeRegistry http_;
};

// Documents

TEST_F(HostileRegistry, ManifestsAreBoundedAndVerified) {
    EXPECT_EQ(refusal(serve_manifest(Json::array())), "read");
    EXPECT_THAT(refusal(serve("manifests", std::string(10'000'000, ' '))),
                HasSubstr("is larger than 4 MiB"));
    http_.answer("GET " + manifest_url(), {200, {}, "another"});
    EXPECT_THAT(refusal(sha256("m")), HasSubstr("answered with another manifest"));
    EXPECT_THAT(refusal(serve("manifests", std::string(100'000, '['))), HasSubstr("nested deeper"));
    EXPECT_THAT(refusal(serve("manifests", "[]")), HasSubstr("names a configuration"));
    EXPECT_THAT(refusal(serve("manifests", R"({"schemaVersion":1,"config":7})")),
                HasSubstr("names a configuration"));
}

TEST_F(HostileRegistry, TypesMayNotLie) {
    const Json manifest{{"schemaVersion", 2}, {"mediaType", manifest_type}};
    EXPECT_THAT(refusal(serve("manifests", manifest.dump(), index_type)),
                HasSubstr("E2106 the registry calls a document application/vnd.oci.image.index"));
    EXPECT_THAT(refusal(serve_manifest(Json::array(), {{"manifests", Json::array()}})),
                HasSubstr("an index as well"));
    EXPECT_THAT(
        refusal(serve_manifest(Json::array({layer("no gzip", std::string(layer_type) + "+gzip")}))),
        HasSubstr("no sound gzip stream"));
    EXPECT_THAT(refusal(serve_manifest(Json::array({layer("\x1f\x8b" + std::string(600, 'x'))}))),
                HasSubstr("broken header"));
    EXPECT_THAT(
        refusal(serve_manifest(Json::array({layer("x", std::string(layer_type) + "+zstd")}))),
        HasSubstr("no sound zstd stream"));
}

TEST_F(HostileRegistry, AnIndexLeadsNoFurtherThanItsManifests) {
    const auto index_of = [&](const Digest& child) {
        const Json index{{"schemaVersion", 2},
                         {"manifests",
                          {{{"digest", child.text()},
                            {"platform", {{"os", "linux"}, {"architecture", "amd64"}}}}}}};
        return serve("manifests", index.dump(), index_type);
    };
    const Digest inner = index_of(serve_manifest(Json::array()));
    EXPECT_EQ(refusal(inner), "read");
    EXPECT_THAT(refusal(index_of(inner)), HasSubstr("E2107"));
    const std::size_t asked = http_.asked.size();
    Digest deep = inner;
    for (int i = 0; i < 20; ++i) {
        deep = index_of(deep);
    }
    EXPECT_THAT(refusal(deep), HasSubstr("E2107"));
    EXPECT_EQ(http_.asked.size(), asked + 2);
}

TEST_F(HostileRegistry, LayersAreFewWithDigestsAndSizes) {
    const Json one = layer(std::string(1024, '\0'));
    EXPECT_EQ(refusal(serve_manifest(Json::array({one}))), "read");
    Json many = Json::array();
    for (int i = 0; i < 10'000; ++i) {
        many.push_back(one);
    }
    EXPECT_THAT(refusal(serve_manifest(many)), HasSubstr("has 10000 layers"));
    for (const Json& wrong :
         {Json("text"), Json{{"digest", "md5:0"}, {"size", 1}}, Json{{"digest", one["digest"]}},
          Json{{"digest", one["digest"]}, {"size", -1}}, Json{{"digest", 7}, {"size", "1"}}}) {
        EXPECT_THAT(refusal(serve_manifest(Json::array({wrong}))),
                    HasSubstr("without a sha256 digest or a size"))
            << wrong;
    }
}

TEST_F(HostileRegistry, BlobsAreAsLongAsTheirDescriptorSays) {
    for (const int difference : {-1, 1}) {
        Json wrong = layer(std::string(2048, '\0'));
        wrong["size"] = 2048 + difference;
        EXPECT_THAT(refusal(serve_manifest(Json::array({wrong}))), HasSubstr("E2104"));
    }
    Json forged = layer(std::string(512, '\0'));
    http_.answers.clear();
    http_.answer("GET " + repository + "blobs/" + forged["digest"].get<std::string>(),
                 {200, {}, std::string(512, '\0').replace(0, 1, "x")});
    const auto sink = [](std::string_view) { return Status(); };
    const auto digest = *Digest::parse(forged["digest"].get<std::string>());
    EXPECT_THAT(client().blob(digest, 512, sink).error().message, HasSubstr("sent other bytes"));
    EXPECT_THAT(client().small_blob(digest, 100).error().message, HasSubstr("larger than 100"));
    std::size_t taken = 0; // what is too much, reaches nobody
    EXPECT_FALSE(client().blob(digest, 100, [&](std::string_view piece) -> Status {
        taken += piece.size();
        return {};
    }));
    EXPECT_EQ(taken, 0);
}

TEST_F(HostileRegistry, ConfigurationsOfOtherShapesAreRefused) {
    const Digest digest = serve_manifest(Json::array());
    const auto manifest = client().manifest(digest);
    ASSERT_TRUE(manifest);
    for (const char* config :
         {"[]", "7", R"({"rootfs":"x"})", R"({"config":"x","rootfs":{"diff_ids":[]}})",
          R"({"config":{"Labels":["x"]},"rootfs":{"diff_ids":[]}})", "{"}) {
        EXPECT_FALSE(compose_image(*manifest, config, {}, {{"a", "b"}})) << config;
    }
    EXPECT_TRUE(compose_image(*manifest, R"({"config":null,"rootfs":{"diff_ids":[]},"history":7})",
                              {}, {{"a", "b"}}));
    InventoryScan scan;
    for (const char* config : {R"({"config":{"Env":"PATH=/x"}})", R"({"config":{"Env":[7,{}]}})",
                               R"({"config":7})", R"({"architecture":[]})"}) {
        EXPECT_TRUE(scan.finish(*parse_json(config))) << config;
    }
}

// Logins

TEST_F(HostileRegistry, AForeignRealmGetsNoCredential) {
    for (const char* realm :
         {"https://evil.example.net/token", "https://registry.example.com.evil.net/token",
          "https://169.254.169.254/latest/meta-data", "https://127.0.0.1/token",
          "https://[::1]/token", "https://com/token", "http://registry.example.com/token",
          "https://user:x@registry.example.com/token", "https://registry.example.com/token?a=b",
          "file:///etc/passwd", "", "//x", "\\\\x"}) {
        http_.answers.clear();
        http_.asked.clear();
        challenge(std::string("Bearer realm=\"") + realm + "\",service=\"s\"");
        const auto refused = ask();
        ASSERT_FALSE(refused) << realm;
        EXPECT_EQ(refused.error().reason, "RealmRefused") << realm;
        EXPECT_THAT(refused.error().message, HasSubstr("E2101")) << realm;
        EXPECT_THAT(http_.calls(), ElementsAre("GET " + manifest_url())) << realm;
        EXPECT_THAT(http_.authorized(), IsEmpty()) << realm;
    }
    http_.answers.clear();
    challenge("Bearer realm=\"https://" + std::string(20'000, 'a') + "\"");
    EXPECT_EQ(ask().error().reason, "RealmRefused");
}

TEST_F(HostileRegistry, TheRealmOfItsDomainGetsIt) {
    for (const char* realm :
         {"https://registry.example.com/token", "https://auth.example.com/token",
          "https://example.com:8443/jwt/auth"}) {
        http_.answers.clear();
        http_.asked.clear();
        challenge(std::string("Bearer realm=\"") + realm + "\"");
        const std::string token_url = std::string(realm) + "?scope=repository%3Ateam%2Ftf%3Apull";
        http_.answer("GET " + token_url,
                     {200, {}, R"({"token":"t","expires_in":9223372036854775807})"});
        http_.answer("GET " + manifest_url(), {200, {}, "m"});
        EXPECT_FALSE(ask()); // "m" is no JSON
        EXPECT_THAT(http_.authorized(), ElementsAre(token_url, manifest_url())) << realm;
    }
}

TEST_F(HostileRegistry, AnonymousReadersMayAskAnyRealm) {
    challenge("Bearer realm=\"https://auth.example.net/token\"");
    EXPECT_FALSE(ask(false));
    EXPECT_THAT(http_.calls(),
                Contains("GET https://auth.example.net/token?scope=repository%3Ateam%2Ftf%3Apull"));
    EXPECT_THAT(http_.authorized(), IsEmpty());
}

TEST_F(HostileRegistry, TokensThatAreNoneEndTheCall) {
    const std::string token_url = host + "/token?scope=repository%3Ateam%2Ftf%3Apull";
    challenge("Bearer realm=\"" + host + "/token\"");
    for (const net::Response& answer :
         {net::Response{200, {}, "{}"}, net::Response{200, {}, "no json"},
          net::Response{200, {}, R"({"token":["x"]})"},
          net::Response{200, {}, std::string(1 << 20, ' ') + R"({"token":"t"})"},
          net::Response{307, {{"Location", "http://169.254.169.254/"}}, ""},
          net::Response{401, {}, ""}}) {
        http_.answers["GET " + token_url] = {answer};
        http_.asked.clear();
        ASSERT_FALSE(ask());
        EXPECT_EQ(http_.asked.size(), 2)
            << answer.body.substr(0, 20); // not asked again, nor led on
    }
    // A registry that never has enough is asked twice.
    http_.answers["GET " + token_url] = {{200, {}, R"({"token":"t"})"}};
    http_.asked.clear();
    EXPECT_EQ(ask().error().reason, "AuthenticationFailed");
    EXPECT_EQ(http_.asked.size(), 3);
}

// Two calls are refused at once: the second finds what the first has learned.
TEST_F(HostileRegistry, ALoginIsRefusedOnlyIfItWasTried) {
    RegistryAuthority authority(http_, host, RegistryCredential{"reader", Secret("the-password")});
    const net::Response refused{401, {{"WWW-Authenticate", "Basic realm=x"}}, ""};
    EXPECT_TRUE(authority.learn(refused, "scope", std::nullopt, {}));
    EXPECT_TRUE(authority.learn(refused, "scope", std::nullopt, {}));
    EXPECT_FALSE(authority.learn(refused, "scope", authority.authorization("scope"), {}));
}

// Places

TEST_F(HostileRegistry, ListsOfReferrersEndAndStayHere) {
    const std::string first = repository + "referrers/" + sha256("m").text();
    std::string many = R"({"manifests":[)";
    for (int i = 0; i < 1500; ++i) {
        many += R"({"size":1,"digest":")" + sha256(std::to_string(i)).text() + "\"},";
    }
    many.back() = ']';
    http_.answer("GET " + first, {200, {{"Link", "<?next>; rel=\"next\""}}, many + "}"});
    http_.answer("GET " + first + "?next", {200, {{"Link", "<?next>; rel=\"next\""}}, "{}"});
    RegistryClient registry = client();
    const auto listed = list_referrers(registry, sha256("m"));
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->size(), referrers_max);
    EXPECT_EQ(http_.asked.size(), 16);

    http_.answers["GET " + first] = {
        {200, {{"Link", "<https://evil.example.net/x>; rel=\"next\""}}, "{}"}};
    http_.asked.clear();
    EXPECT_THAT(list_referrers(registry, sha256("m")).error().message, HasSubstr("another host"));
    EXPECT_THAT(http_.calls(), ElementsAre("GET " + first));
}

TEST_F(HostileRegistry, RedirectsTakeNoCredentialAlong) {
    const Digest digest = sha256("blob");
    const std::string url = repository + "blobs/" + digest.text();
    http_.answer("GET " + url, {401, {{"WWW-Authenticate", "Basic realm=x"}}, ""});
    http_.answer("GET " + url, {307, {{"Location", "https://store.example.net/b"}}, ""});
    http_.answer("GET https://store.example.net/b", {200, {}, "blob"});
    RegistryClient registry = client();
    EXPECT_EQ(*registry.small_blob(digest, 100), "blob");
    EXPECT_THAT(http_.authorized(), ElementsAre(url));

    http_.answers["GET " + url] = {{307, {{"Location", "http://169.254.169.254/latest"}}, ""}};
    http_.asked.clear();
    EXPECT_THAT(registry.small_blob(digest, 100).error().message,
                HasSubstr("from https to http, which is not followed"));
    EXPECT_THAT(http_.calls(), ElementsAre("GET " + url));
    http_.answers["GET " + url] = {{302, {{"Location", url}}, ""}};
    EXPECT_THAT(registry.small_blob(digest, 100).error().message, HasSubstr("redirects"));
}

TEST_F(HostileRegistry, UploadsStayOnTheRegistry) {
    RegistryClient registry = client();
    for (const char* location :
         {"https://evil.example.net/upload", "http://registry.example.com/v2/up",
          "//169.254.169.254/x", "https://registry.example.com:444/x", "javascript:x"}) {
        http_.answers.clear();
        http_.asked.clear();
        http_.answer("POST " + repository + "blobs/uploads/", {202, {{"Location", location}}, ""});
        EXPECT_FALSE(registry.push_blob(sha256("x"), "x")) << location;
        EXPECT_EQ(http_.asked.size(), 1) << location;
    }
    http_.answers.clear();
    http_.answer("POST " + repository + "blobs/uploads/", {202, {}, ""});
    EXPECT_FALSE(registry.push_blob(sha256("x"), "x"));
    // What an upload's address carries is kept.
    http_.answers["POST " + repository + "blobs/uploads/"] = {
        {202, {{"Location", "/v2/up?_state=s"}}, ""}};
    const std::string put = "PUT " + host + "/v2/up?_state=s&digest=sha256%3A" + sha256("x").hex();
    http_.answer(put, {201, {}, ""});
    EXPECT_TRUE(registry.push_blob(sha256("x"), "x"));
    // 202 to the last request stored nothing.
    http_.answers[put] = {{202, {}, ""}};
    EXPECT_FALSE(registry.push_blob(sha256("x"), "x"));
}

TEST_F(HostileRegistry, AnImageStoredUnderAnotherDigestIsNoSuccess) {
    const Manifest manifest{"{}", manifest_type, sha256("{}")};
    http_.answer("PUT " + repository + "manifests/t",
                 {201, {{"Docker-Content-Digest", sha256("other").text()}}, ""});
    EXPECT_THAT(client().push_manifest("t", manifest).error().message,
                HasSubstr("stored the image under"));
}

} // namespace
} // namespace pedigree::imagebuild
