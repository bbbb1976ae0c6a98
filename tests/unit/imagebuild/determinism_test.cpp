// The contract of imagebuild: these inputs give this image, in every build of pedigree, on every
// machine, whatever its locale, time zone, umask, and however many threads are at it. A digest here
// changes with layer_format_version and never otherwise.
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/json.h"
#include "imagebuild/build.h"
#include "imagebuild/run_deflate.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/fake_registry.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

// The image; then of each layer the beginning of its key, the digest of its blob and of its tar.
constexpr const char* golden =
    "sha256:bf4d3574697bba367eff2b4f153b906b33fb2308f5c6ad0d0905ee78d29b71c5\n"
    "code f53fe09016cf34b6a1873e14636a46e65e0c3b1ac5ceade00ca473587941cb7d "
    "8db44f0048acefa12c403a696d10f0bdc296e0d4d067a3bfeb2535c0e88014d9\n"
    "scripts 7bef005dcba855f21921e68add621cccf4c99f6b0d90c63bddc0575d973b529f "
    "892a777ae61393ed91cb8612ae8637236f595f67a13ffa67c890f384233e27aa\n"
    "wheel 8e1658fc00d9e9b7acdcb0c639d94dba0d5a6353c6c4a8bd3c969fc0b7167f7f "
    "d610127e563456688cee48db49425876909d8a156653ba03d036a20b5d588884\n"
    "wheels dfe525af35a34c454c4acbc145b7e3cb353584058bcf8010e28c8d895b3b9a4e "
    "f89899c03595f933c7ed1f293488b4267acf3aaf9e1388c02976026ee228732d\n";

// Packed by our own encoder: a wheel that no version of zlib changes.
std::string pinned_bytes(MadeZip zip) {
    for (MadeMember& member : zip.members) {
        member.raw = member.stored ? "" : run_deflate(member.bytes);
    }
    return zip_bytes(zip);
}

// A target that has every image already.
struct FullRegistry final : net::Http {
    FakeRegistry others;
    Result<net::Response> send(const net::Request& request, std::stop_token stop) override {
        return request.method == "HEAD" ? net::Response{200, {}, ""} : others.send(request, stop);
    }
};

// Answers for the base image, the package index and the target.
class World {
  public:
    World() {
        wheel("small",
              {{"small/__init__.py", "print('small')\n"},
               {"small/tool.sh", "#!/bin/sh\n", 0100755},
               {"small/" + std::string(120, 'n') + ".txt", "long name"},
               {"small-1.0.data/scripts/old", "#!python\nprint(1)\n"},
               {"small-1.0.data/data/share/small.txt", "data"}},
              "[console_scripts]\nsmall = small:main\n");
        wheel("large",
              {{"large/weights.bin", std::string(own_layer_bytes_min, 'w'), 0100644, true}}, "");
        base();
    }

    Result<BuildResult> build() {
        RegistryClient registry(http_, {"registry.example.com", "base/tf", false}, std::nullopt,
                                Access::Pull, {});
        RegistryClient target(http_, {"registry.example.com", "built/team", false}, std::nullopt,
                              Access::PullPush, {});
        const auto code = [](const char* path, CodeFile::Kind kind, const char* text) {
            return CodeFile{path, kind, [text] { return Result<std::string>(text); }};
        };
        BuildRequest request;
        request.base = {"registry.example.com", "base/tf", "", base_};
        request.lock = LockText{"requirements.lock", lock_};
        request.tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        request.code = {code("train.py", CodeFile::Kind::Regular, "print('hello')\n"),
                        code("bin/run", CodeFile::Kind::Executable, "#!/bin/sh\n"),
                        code("latest", CodeFile::Kind::Symlink, "train.py")};
        request.index_url = "https://index.example.com/simple";
        const BuildPlaces places{
            http_, registry, target, scratch_.path(), cache_.path(), [](auto, auto, auto, auto) {},
            {}};
        return build_image(request, places);
    }

  private:
    void wheel(const std::string& name, std::vector<MadeMember> members,
               const std::string& points) {
        const std::string bytes = pinned_bytes(wheel_zip(name, "1.0", std::move(members), points));
        const std::string file = name + "-1.0-py3-none-any.whl";
        http_.others.answer(
            "GET https://index.example.com/simple/" + name + "/",
            {200, {{"Content-Type", "text/html"}}, "<a href=\"/f/" + file + "\">x</a>"});
        http_.others.answer("GET https://index.example.com/f/" + file, {200, {}, bytes});
        lock_ += fmt::format("{}==1.0 --hash=sha256:{}\n", name, sha256(bytes).hex());
    }
    std::string blob(const std::string& bytes) {
        const std::string digest = sha256(bytes).text();
        http_.others.answer("GET https://registry.example.com/v2/base/tf/blobs/" + digest,
                            {200, {}, bytes});
        return digest;
    }
    void base() {
        const std::string tar =
            tar_header({"usr/bin/python3.11", TarType::File, 0755, 0, ""}) +
            tar_header({"usr/bin/python3", TarType::Symlink, 0777, 0, "python3.11"}) +
            std::string(1024, '\0');
        const Json config{{"architecture", "amd64"},
                          {"os", "linux"},
                          {"config", {{"Env", {"PATH=/usr/bin"}}}},
                          {"rootfs", {{"type", "layers"}, {"diff_ids", {sha256(tar).text()}}}}};
        const Json layer{{"mediaType", "application/vnd.oci.image.layer.v1.tar"},
                         {"digest", blob(tar)},
                         {"size", tar.size()}};
        const std::string manifest = Json{
            {"schemaVersion", 2},
            {"config", {{"digest", blob(config.dump())}}},
            {"layers",
             Json::array({layer})}}.dump();
        base_ = sha256(manifest);
        http_.others.answer("GET https://registry.example.com/v2/base/tf/manifests/" + base_.text(),
                            {200, {}, manifest});
    }

    FullRegistry http_;
    Scratch scratch_, cache_;
    std::string lock_;
    Digest base_;
};

// What came out, in the form of the golden text.
std::string outcome() {
    const auto built = World().build();
    if (!built) {
        return built.error().message;
    }
    std::string text = built->image.text() + "\n";
    for (const auto& [key, layer] : built->layers) {
        text += fmt::format("{} {} {}\n", key.substr(0, key.find(':')), layer.digest.hex(),
                            layer.diff_id.hex());
    }
    return text;
}

TEST(Determinism, AnImageHasTheGoldenDigests) {
    EXPECT_EQ(outcome(), golden);
}

// Puts the process's own settings back.
class Settings {
  public:
    Settings() : mask_(::umask(0)), zone_(std::getenv("TZ") != nullptr ? std::getenv("TZ") : "") {}
    ~Settings() {
        ::umask(mask_);
        ::setenv("TZ", zone_.c_str(), 1);
        ::tzset();
        std::locale::global(std::locale::classic());
        std::setlocale(LC_ALL, "C");
    }

  private:
    mode_t mask_;
    std::string zone_;
};

// Numbers as no machine reads them: "1'0'0".
struct Grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\1"; }
    char do_decimal_point() const override { return ','; }
};

TEST(Determinism, NeitherLocaleNorZoneNorUmaskCount) {
    const Settings kept;
    std::locale::global(std::locale(std::locale::classic(), new Grouped));
    for (const char* locale : {"C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"}) {
        std::setlocale(LC_ALL, locale); // those that this machine has
        for (const mode_t mask : {0000, 0027, 0077}) {
            ::umask(mask);
            ::setenv("TZ", mask == 0 ? "Asia/Kathmandu" : "America/St_Johns", 1);
            ::tzset();
            EXPECT_EQ(outcome(), golden) << locale << " " << mask;
        }
    }
}

TEST(Determinism, ThreadsDoNotMeet) {
    std::vector<std::string> outcomes(4);
    {
        std::vector<std::jthread> threads;
        for (std::string& one : outcomes) {
            threads.emplace_back([&one] { one = outcome(); });
        }
    }
    for (const std::string& one : outcomes) {
        EXPECT_EQ(one, golden);
    }
}

} // namespace
} // namespace pedigree::imagebuild
