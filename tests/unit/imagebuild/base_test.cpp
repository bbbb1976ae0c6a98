// What is read out of a base's layers, and what is decided with it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "imagebuild/documents.h"
#include "imagebuild/inventory/inventory_scan.h"
#include "imagebuild/selection.h"

namespace pedigree::imagebuild {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Layers {
  public:
    Layers& layer() {
        scan_.begin_layer();
        return *this;
    }
    Layers& file(const std::string& path, std::string_view content = "") {
        return item({path, TarItemType::File, content.size(), ""}, content);
    }
    Layers& link(const std::string& path, const std::string& target) {
        return item({path, TarItemType::Symlink, 0, target}, "");
    }
    Layers& folder(const std::string& path) {
        return item({path, TarItemType::Directory, 0, ""}, "");
    }
    BaseInventory finish(const Json& config = Json::object()) { return *scan_.finish(config); }

  private:
    Layers& item(const TarItem& item, std::string_view content) {
        EXPECT_TRUE(scan_.take(item, content.substr(0, scan_.content_bytes_wanted(item))));
        return *this;
    }
    InventoryScan scan_;
};

Layers debian() {
    Layers layers;
    layers.layer()
        .link("bin", "usr/bin")
        .link("lib", "usr/lib")
        .file("usr/lib/os-release", "ID=debian\n")
        .link("etc/os-release", "../usr/lib/os-release")
        .file("usr/lib/x86_64-linux-gnu/libc.so.6",
              "..GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\n..")
        .file("usr/bin/python3.11")
        .link("usr/bin/python3", "python3.11");
    return layers;
}

constexpr const char* numpy_metadata =
    "Metadata-Version: 2.1\nName: numpy\nVersion: 1.24.3\n\nRequires-Dist: not-a-field\n";
constexpr const char* tensorflow_metadata =
    "Name: tensorflow_cpu\nVersion: 2.13.0\nRequires-Dist: numpy<=1.24.3,>=1.22\n";
const std::string site = "usr/local/lib/python3.11/dist-packages";

TEST(Inventory, FindsDebiansPython) {
    Layers layers = debian();
    layers.layer()
        .folder(site + "/numpy")
        .file(site + "/numpy-1.24.3.dist-info/METADATA", numpy_metadata)
        .file(site + "/setuptools/_vendor/zipp-3.23.0.dist-info/METADATA",
              "Name: zipp\nVersion: 3.23.0\n")
        .file("usr/lib/python3/dist-packages/six-1.16.0.egg-info", "Name: six\nVersion: 1.16.0\n");
    const BaseInventory base = layers.finish();
    EXPECT_TRUE(base.has_python);
    EXPECT_EQ(base.python.minor, 11);
    EXPECT_EQ(base.python.glibc_minor, 36);
    EXPECT_EQ(base.scheme.site, site);
    EXPECT_EQ(base.scheme.scripts, "usr/local/bin");
    EXPECT_EQ(base.scheme.interpreter, "/usr/bin/python3");
    ASSERT_EQ(base.distributions.size(), 2);
    EXPECT_EQ(base.distributions[0].site, "usr/lib/python3/dist-packages");
    EXPECT_EQ(base.distributions[1].version, "1.24.3");
    EXPECT_TRUE(base.directories.contains(site + "/numpy"));

    const auto back = parse_inventory(inventory_text(base));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(inventory_text(*back), inventory_text(base));
}

TEST(Inventory, FindsAnOwnPrefixAndAVirtualEnvironment) {
    Layers own;
    own.layer().file("opt/conda/bin/python3.10").link("opt/conda/bin/python3", "python3.10");
    const Json path{{"config", {{"Env", {"PATH=/opt/conda/bin:/usr/bin"}}}}};
    EXPECT_EQ(own.finish(path).scheme.site, "opt/conda/lib/python3.10/site-packages");
    EXPECT_FALSE(own.finish().has_python);

    Layers venv = debian();
    venv.layer().file("venv/pyvenv.cfg", "").link("venv/bin/python3", "/usr/bin/python3.11");
    const Json venv_path{{"config", {{"Env", {"PATH=/venv/bin:/usr/bin"}}}}};
    EXPECT_EQ(venv.finish(venv_path).scheme.site, "venv/lib/python3.11/site-packages");
    EXPECT_EQ(venv.finish(venv_path).scheme.interpreter, "/venv/bin/python3");
}

TEST(Inventory, WhiteoutsRemoveWhatLiesBelow) {
    Layers layers = debian();
    layers.layer()
        .file(site + "/numpy-1.24.3.dist-info/METADATA", numpy_metadata)
        .file(site + "/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n");
    layers.layer()
        .file(site + "/.wh.numpy-1.24.3.dist-info")
        .file(site + "/numpy-1.25.0.dist-info/METADATA", "Name: numpy\nVersion: 1.25.0\n");
    const BaseInventory base = layers.finish();
    ASSERT_EQ(base.distributions.size(), 2);
    EXPECT_EQ(base.distributions[0].version, "1.25.0");

    layers.layer().file(site + "/.wh..wh..opq").folder(site + "/new");
    EXPECT_TRUE(layers.finish().distributions.empty());
    EXPECT_TRUE(layers.finish().directories.contains(site + "/new"));
}

TEST(Inventory, IsBoundedWhateverTheLayersHold) {
    InventoryScan scan;
    scan.begin_layer();
    const std::string metadata(256 * 1024, 'x');
    Status status;
    int taken = 0;
    for (; status && taken < 2000; ++taken) {
        status = scan.take({fmt::format("{}/p{}.dist-info/METADATA", site, taken),
                            TarItemType::File, metadata.size(), ""},
                           metadata);
    }
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().reason, "BaseRefused");
    EXPECT_LT(taken, 600);
}

TEST(Inventory, LinksInARingHaveAnEnd) {
    Layers layers;
    layers.layer()
        .link("a", "b")
        .link("b", "a")
        .link("usr", "usr/usr/usr")
        .link("bin/python3", "/bin/python3/python3");
    EXPECT_FALSE(layers.finish().has_python);
}

TEST(Selection, KeepsNewSkipsEqualAndRefusesOthers) {
    Layers layers = debian();
    layers.layer()
        .file(site + "/numpy-1.24.3.dist-info/METADATA", numpy_metadata)
        .file(site + "/tensorflow_cpu-2.13.0.dist-info/METADATA", tensorflow_metadata)
        .file("usr/lib/python3/dist-packages/six-1.16.0.egg-info", "Name: six\nVersion: 1.16.0\n");
    const BaseInventory base = layers.finish();
    const auto lock = [](std::vector<LockedPackage> packages) {
        return Lock{std::move(packages), {}};
    };
    const auto selected = select_packages(
        lock({{"NumPy", "1.24.3", "", {}, 1}, {"six", "1.17.0", "", {}, 3}}), base, "x.lock");
    ASSERT_TRUE(selected) << selected.error().message;
    ASSERT_EQ(selected->size(), 1); // the distribution's own six is shadowed, not replaced
    EXPECT_EQ(selected->at(0).name, "six");

    const auto refused = select_packages(lock({{"numpy", "1.26.4", "", {}, 7}}), base, "x.lock");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "LockConflict");
    EXPECT_THAT(refused.error().message,
                AllOf(HasSubstr("x.lock line 7 pins numpy==1.26.4, but the base has numpy 1.24.3 "
                                "(tensorflow_cpu 2.13.0 wants numpy<=1.24.3,>=1.22)"),
                      HasSubstr("or take a base with Python 3.11 and no packages of its own")));
}

TEST(Selection, TakesWhatTheBasesPythonNeeds) {
    const BaseInventory base = debian().finish();
    const auto select = [&](std::vector<LockedPackage> packages, std::string environment = "") {
        return select_packages({std::move(packages), {}, std::move(environment), {}}, base,
                               "x.lock");
    };
    const auto selected = select({{"colorama", "0.4.6", "sys_platform == 'win32'", {}, 3},
                                  {"six", "1.16.0", "python_version < '3.11'", {}, 4},
                                  {"six", "1.17.0", "python_version >= '3.11'", {}, 5}});
    ASSERT_TRUE(selected) << selected.error().message;
    ASSERT_EQ(selected->size(), 1);
    EXPECT_EQ(selected->at(0).version, "1.17.0");

    const std::string undecided = "python_full_version < '3.11.4'";
    EXPECT_THAT(select({{"six", "1.17.0", undecided, {}, 3}}).error().message,
                HasSubstr("E0140 x.lock line 3: six has the marker \"python_full_version"));
    EXPECT_THAT(select({{"six", "1", "", {}, 3}, {"Six", "2", "os_name == 'posix'", {}, 4}})
                    .error()
                    .message,
                HasSubstr("E0124 x.lock line 4: Six is chosen in line 3 already"));
    EXPECT_THAT(select({{"six", "1", "", {}, 3, "python_full_version >= '3.12'"}}).error().message,
                HasSubstr("E0142 x.lock line 3: six is for another Python than the base's 3.11"));
    EXPECT_THAT(select({{"six", "1", "", {}, 3}}, "(os_name == 'nt')").error().message,
                HasSubstr("E0142 x.lock line 1: the lock is for another Python"));
}

Manifest docker_manifest() {
    Manifest manifest;
    manifest.bytes = Json{{"schemaVersion", 2},
                          {"config", {{"digest", sha256("c").text()}}},
                          {"layers",
                           {{{"mediaType", "application/vnd.docker.image.rootfs.diff.tar.gzip"},
                             {"digest", sha256("l").text()},
                             {"size", 7}}}}}
                         .dump();
    manifest.digest = sha256(manifest.bytes);
    return manifest;
}

TEST(Documents, KeepTheBaseAndAddOnTop) {
    const std::string config = R"({"architecture":"amd64","os":"linux","config":{"Env":["A=b"],
        "Entrypoint":["/init"],"Healthcheck":{"Test":["NONE"]},"Labels":{"theirs":"1"}},
        "rootfs":{"type":"layers","diff_ids":["sha256:x"]},"variant":"v9"})";
    const AddedLayer added{{sha256("b"), sha256("d"), 42}, "code"};
    const auto made =
        compose_image(docker_manifest(), config, {added}, {{"dev.pedigree.tree", "t"}});
    ASSERT_TRUE(made) << made.error().message;
    const auto document = *parse_json(made->config);
    EXPECT_EQ(document["variant"], "v9");
    EXPECT_EQ(document["config"]["Healthcheck"]["Test"][0], "NONE");
    EXPECT_EQ(document["config"]["Entrypoint"][0], "/init");
    EXPECT_EQ(document["config"]["Labels"]["theirs"], "1");
    EXPECT_EQ(document["config"]["Labels"]["dev.pedigree.tree"], "t");
    EXPECT_EQ(document["rootfs"]["diff_ids"], (Json{"sha256:x", sha256("d").text()}));
    EXPECT_EQ(document["history"].size(), 2); // one was missing
    const auto manifest = *parse_json(made->manifest.bytes);
    EXPECT_EQ(manifest["layers"][0]["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip");
    EXPECT_EQ(manifest["layers"][1]["size"], 42);
    EXPECT_EQ(manifest["config"]["size"], made->config.size());
    EXPECT_EQ(made->manifest.digest, sha256(made->manifest.bytes));
    EXPECT_EQ(compose_image(docker_manifest(), config, {added}, {{"dev.pedigree.tree", "t"}})
                  ->manifest.digest,
              made->manifest.digest);
}

TEST(Documents, RefuseWhatTheyCannotKeep) {
    EXPECT_FALSE(compose_image(docker_manifest(), R"({"rootfs":{"diff_ids":[]}})", {}, {}));
    Manifest old;
    old.bytes = R"({"schemaVersion":1})";
    EXPECT_EQ(compose_image(old, "{}", {}, {}).error().reason, "ImageRefused");
    const std::vector<AddedLayer> many(120);
    EXPECT_FALSE(compose_image(docker_manifest(), R"({"rootfs":{"diff_ids":["x"]}})", many, {}));
}

TEST(Documents, ChooseThePlatform) {
    Manifest index;
    index.bytes = Json{{"manifests",
                        {{{"digest", sha256("u").text()},
                          {"platform", {{"os", "unknown"}, {"architecture", "unknown"}}}},
                         {{"digest", sha256("a").text()},
                          {"platform", {{"os", "linux"}, {"architecture", "amd64"}}}}}}}
                      .dump();
    EXPECT_EQ(choose_platform(index, "amd64")->value(), sha256("a"));
    EXPECT_FALSE(choose_platform(index, "s390x"));
    EXPECT_FALSE(choose_platform(docker_manifest(), "amd64")->has_value());
}

} // namespace
} // namespace pedigree::imagebuild
