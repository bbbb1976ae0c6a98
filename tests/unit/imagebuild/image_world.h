#pragma once
// All that a small build needs, in memory: a registry with a base image, a package index with two
// wheels, their lock, and code. The wheels are packed by our own encoder, so that no version of
// zlib changes a digest.

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "imagebuild/build.h"
#include "imagebuild/layer/run_deflate.h"
#include "tests/fakes/memory_registry.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {

class ImageWorld {
  public:
    explicit ImageWorld(ReferrersApi api = ReferrersApi::Absent) : http(api) {
        wheel("small",
              {{"small/__init__.py", "print('small')\n"},
               {"small/tool.sh", "#!/bin/sh\n", 0100755},
               {"small/" + std::string(120, 'n') + ".txt", "long name"},
               {"small-1.0.data/scripts/old", "#!python\nprint(1)\n"},
               {"small-1.0.data/data/share/small.txt", "data"}},
              "[console_scripts]\nsmall = small:main\n");
        wheel("large",
              {{"large/weights.bin", std::string(own_layer_bytes_min, 'w'), 0100644, true}}, "");
        make_base();
    }

    BuildRequest request() const {
        BuildRequest request;
        request.base = {"registry.example.com", "base/tf", "", base};
        request.lock = LockText{"requirements.lock", lock};
        request.source = {"https://git.example.com/team/code.git", std::string(40, 'c'), ".",
                          "4b825dc642cb6eb9a060e54bf8d69288fbee4904"};
        for (const auto& [path, kind, text] : code) {
            request.code.push_back({path, kind, [text] { return Result<std::string>(text); }});
        }
        request.index_url = "https://index.example.com/simple";
        return request;
    }

    Result<BuildResult> build() { return build(request()); }
    Result<BuildResult> build(const BuildRequest& request) {
        RegistryClient from(http, {"registry.example.com", "base/tf", false}, std::nullopt,
                            Access::Pull, {});
        RegistryClient to = target();
        const BuildPlaces places{
            http, from, scratch.path(), cache.path(), [](const auto&...) {}, {}, derived, &to};
        return build_image(request, places, to);
    }
    RegistryClient target() {
        return {
            http, {"registry.example.com", repository, false}, std::nullopt, Access::PullPush, {}};
    }

    static constexpr const char* repository = "built/team";
    MemoryRegistry http;
    Scratch scratch, cache;
    std::string lock;
    Digest base;
    std::function<Result<std::filesystem::path>(const DerivedWheel&)> derived;
    struct File {
        std::string path;
        CodeFile::Kind kind;
        std::string text;
    };
    std::vector<File> code{{"train.py", CodeFile::Kind::Regular, "print('hello')\n"},
                           {"bin/run", CodeFile::Kind::Executable, "#!/bin/sh\n"},
                           {"latest", CodeFile::Kind::Symlink, "train.py"}};
    std::map<std::string, std::string> wheels; // by file name

  private:
    void wheel(const std::string& name, std::vector<MadeMember> members,
               const std::string& points) {
        MadeZip zip = wheel_zip(name, "1.0", std::move(members), points);
        for (MadeMember& member : zip.members) {
            member.raw = member.stored ? "" : run_deflate(member.bytes);
        }
        const std::string bytes = zip_bytes(zip);
        const std::string file = name + "-1.0-py3-none-any.whl";
        http.files["https://index.example.com/simple/" + name + "/"] = {
            "text/html", "<a href=\"/f/" + file + "\">x</a>"};
        http.files["https://index.example.com/f/" + file] = {"application/zip", bytes};
        lock += fmt::format("{}==1.0 --hash=sha256:{}\n", name, sha256(bytes).hex());
        wheels[file] = bytes;
    }

    void make_base() {
        const std::string tar =
            tar_header({"usr/bin/python3.11", TarType::File, 0755, 0, ""}) +
            tar_header({"usr/bin/python3", TarType::Symlink, 0777, 0, "python3.11"}) +
            std::string(1024, '\0');
        const Json config{{"architecture", "amd64"},
                          {"os", "linux"},
                          {"config", {{"Env", {"PATH=/usr/bin"}}}},
                          {"rootfs", {{"type", "layers"}, {"diff_ids", {sha256(tar).text()}}}}};
        const Json layer{{"mediaType", "application/vnd.oci.image.layer.v1.tar"},
                         {"digest", http.add_blob("base/tf", tar)},
                         {"size", tar.size()}};
        base = http.add_manifest(
            "base/tf", Json{{"schemaVersion", 2},
                            {"config", {{"digest", http.add_blob("base/tf", config.dump())}}},
                            {"layers", Json::array({layer})}}
                           .dump());
    }
};

} // namespace pedigree::imagebuild
