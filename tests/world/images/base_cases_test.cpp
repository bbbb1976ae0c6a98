// Bases as they are in the world (README.md here, B and L): each is read as the kernel and
// its own Python would see it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/registry/docker_config.h"
#include "tests/world/images/images.h"

namespace pedigree::imagebuild {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string site = "usr/local/lib/python3.11/site-packages";
constexpr const char* metadata = "Metadata-Version: 2.1\nName: case-based\nVersion: 1.0\n";

struct PlainImages : Images {
    PlainImages() { add({.name = "case_plain", .files = {{"case_plain.py", "VALUE = 1\n"}}}); }
};

FileList without(FileList files, const std::string& path) {
    std::erase_if(files, [&](const BaseFile& one) { return one.path == path; });
    return files;
}

// B1: uv and conda leave their caches' files under a second name.
TEST(BaseCases, B1AHardLinkIsTheFileItNames) {
    const std::string info = site + "/case_based-1.0.dist-info/METADATA";
    const std::string cached = "root/.cache/uv/archive-v0/k3/case_based-1.0.dist-info/METADATA";
    const std::vector<std::pair<const char*, std::vector<FileList>>> installed{
        {"a file", {slim({file(info, metadata)})}},
        {"a link to a file that nobody looks for",
         {slim(), {file(cached, metadata), hard_link(info, cached)}}},
        {"a link to a layer below", {slim({file(cached, metadata)}), {hard_link(info, cached)}}},
        {"a link whose other name is gone",
         {slim({file(cached, metadata), hard_link(info, cached)}), {file("root/.cache/.wh.uv")}}},
    };
    for (const auto& [what, layers] : installed) {
        Images images;
        images.add(
            {.name = "case_based", .version = "2.0", .files = {{"case_based.py", "V = 2\n"}}});
        const Outcome outcome = images.assemble(images.base(layers));
        EXPECT_EQ(outcome.reason, "LockConflict") << what;
        EXPECT_THAT(outcome.refusal, HasSubstr("the base has case-based 1.0")) << what;
    }
}

TEST(BaseCases, B1AHardLinkedLibcAndPythonAreKnown) {
    const BaseFile libc = slim()[1];
    PlainImages images;
    const Outcome linked_libc = images.assemble(images.base(
        without(slim({file("a/libc", libc.text), hard_link(libc.path, "a/libc")}), "")));
    EXPECT_EQ(linked_libc.refusal, "");
    EXPECT_EQ(linked_libc.inventory.python.glibc_minor, 36);

    const Outcome linked_python = images.assemble(
        images.base(slim({hard_link("usr/local/bin/python3", "usr/local/bin/python3.11"),
                          hard_link("usr/local/bin/python", "usr/local/bin/python3.11")})));
    EXPECT_EQ(linked_python.refusal, "");
    EXPECT_EQ(linked_python.inventory.python.version(), "3.11.2");
    EXPECT_EQ(linked_python.inventory.scheme.site, site);
}

// B2: docker.io is a name and no server.
TEST(BaseCases, B2DockerHubIsAskedWhereItAnswers) {
    for (const char* host : {"docker.io", "index.docker.io", "registry-1.docker.io"}) {
        for (const auto& [repository, full] :
             {std::pair("python", "library/python"), {"team/python", "team/python"}}) {
            MemoryRegistry http;
            RegistryClient client(http, {host, repository, false}, std::nullopt, Access::Pull, {});
            EXPECT_FALSE(client.manifest(sha256("absent")));
            ASSERT_FALSE(http.calls.empty());
            EXPECT_THAT(http.calls.front(),
                        testing::StartsWith(
                            fmt::format("GET https://registry-1.docker.io/v2/{}/manifests/", full)))
                << host;
        }
    }
}

TEST(BaseCases, B2TheSecretsKeysForDockerHubFit) {
    for (const char* key : {"https://index.docker.io/v1/", "index.docker.io", "docker.io",
                            "registry-1.docker.io", "docker.io/library/python"}) {
        const std::string document =
            Json{{"auths", {{key, {{"username", "x"}, {"password", "y"}}}}}}.dump();
        for (const char* host : {"docker.io", "index.docker.io"}) {
            const auto found = docker_config_credential(document, host, "python");
            ASSERT_TRUE(found && *found) << key;
            EXPECT_EQ((*found)->username, "x");
        }
        EXPECT_FALSE(*docker_config_credential(document, "registry.example.com", "python"));
    }
}

// B3: what BuildKit calls zstd in a Docker manifest has no meaning in an OCI one.
TEST(BaseCases, B3ZstdLayersAreReadAndKeepAMeaning) {
    for (const char* type : {"application/vnd.oci.image.layer.v1.tar+zstd",
                             "application/vnd.docker.image.rootfs.diff.tar.zstd"}) {
        for (const bool locked : {true, false}) {
            PlainImages images;
            images.lock = locked ? images.lock : std::nullopt;
            const Outcome outcome =
                images.assemble(images.base({slim()}, {.type = type, .zstd = true}));
            EXPECT_EQ(outcome.refusal, "") << type;
            const auto manifest = parse_json(outcome.manifest);
            ASSERT_TRUE(manifest);
            EXPECT_EQ((*manifest)["layers"][0]["mediaType"],
                      "application/vnd.oci.image.layer.v1.tar+zstd");
        }
    }
}

TEST(BaseCases, B3ALayerOfAnUnknownTypeIsRefusedAlikeWithAndWithoutALock) {
    for (const bool locked : {true, false}) {
        PlainImages images;
        images.lock = locked ? images.lock : std::nullopt;
        const Outcome outcome = images.assemble(images.base(
            {slim()}, {.type = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"}));
        EXPECT_EQ(outcome.reason, "ImageRefused");
        EXPECT_THAT(outcome.refusal, HasSubstr("tar+gzip+encrypted"));
    }
}

// B4: an index with amd64 several times.
TEST(BaseCases, B4TheVariantThatEveryMachineRuns) {
    PlainImages images;
    std::map<std::string, Digest> by_variant;
    for (const char* variant : {"", "v1", "v2", "v3"}) {
        by_variant[variant] = images.base({slim({file("V", variant)})});
    }
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"v3", "v2", ""}, ""}, {{"", "v3"}, ""},     {{"v3", "v1"}, "v1"},
        {{"v3", "v2"}, "v2"},   {{"v2", "v3"}, "v2"}, {{"v3"}, "v3"}};
    for (const auto& [order, wanted] : cases) {
        std::vector<std::pair<std::string, Digest>> entries;
        for (const std::string& variant : order) {
            entries.emplace_back(variant, by_variant.at(variant));
        }
        const Outcome outcome = images.assemble(images.index_of(entries));
        EXPECT_EQ(outcome.refusal, "");
        EXPECT_EQ(sha256(outcome.inventory.manifest), by_variant.at(wanted)) << wanted;
    }
}

// B7: Python below /root, which only root may enter.
TEST(BaseCases, B7APythonThatNoPodMayStartIsRefusedByItsFolder) {
    const FileList conda{folder("root", 0700), file("root/conda/bin/python3.11"),
                         symlink("root/conda/bin/python3", "python3.11"),
                         symlink("root/conda/bin/python", "python3.11")};
    const std::string path = fmt::format("/{}/conda/bin:/usr/local/bin", conda.front().path);
    PlainImages images;
    const Outcome refused = images.assemble(images.base({conda}, {.search_path = path}));
    EXPECT_EQ(refused.reason, "BaseRefused");
    EXPECT_THAT(refused.refusal, AllOf(HasSubstr("below /root"), HasSubstr("another user")));

    // execvp(3) goes on to the next folder of PATH.
    const Outcome next = images.assemble(images.base({slim(conda)}, {.search_path = path}));
    EXPECT_EQ(next.refusal, "");
    EXPECT_EQ(next.inventory.scheme.interpreter, "/usr/local/bin/python3");

    FileList open = conda;
    open.front().mode = 0755;
    EXPECT_EQ(images.assemble(images.base({open}, {.search_path = path})).refusal, "");
}

// B7 without a lock, where somebody would wait for a GPU: the base is looked into.
TEST(BaseCases, B7AProgramThatIsNotOnPathIsRefusedWithoutALock) {
    const FileList conda{folder("root", 0700),
                         file("root/conda/bin/python3.11"),
                         symlink("root/conda/bin/python3", "python3.11"),
                         symlink("root/conda/bin/python", "python3.11"),
                         file("usr/bin/bash"),
                         symlink("bin", "usr/bin"),
                         {"usr/bin/notes", BaseFile::Kind::File, "", 0644},
                         hard_link("usr/bin/git", "usr/lib/git-core/git")};
    const std::string path = fmt::format("/{}/conda/bin:/usr/local/bin:/bin", conda.front().path);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"python", "below /root"},
        {"torchrun", "torchrun, which is no program"},
        {"notes", "notes, which is no program"},
        {"bash", ""},
        {"git", ""},
        {"/usr/share/anything", ""},
        {"./run.sh", ""},
        {"", ""}};
    for (const auto& [program, words] : cases) {
        PlainImages images;
        images.lock.reset();
        images.program = program;
        const Digest base = images.base({conda}, {.search_path = path});
        EXPECT_EQ(images.assemble(base).reason, "") << program; // it is not looked into
        images.look_for_program = true;
        const Outcome outcome = images.assemble(base);
        EXPECT_EQ(outcome.reason, words.empty() ? "" : "BaseRefused") << program;
        EXPECT_THAT(outcome.refusal, HasSubstr(words)) << program;
    }
    PlainImages images; // a folder of which nobody knows what in it is a program
    images.lock.reset();
    images.program = "torchrun";
    images.look_for_program = true;
    EXPECT_EQ(images.assemble(images.base({conda}, {.search_path = "/opt/tools:/bin"})).refusal,
              "");
}

// B8: a file deleted in the repository lived on in images made from the last one.
TEST(BaseCases, B8TheWorkspaceIsTheCommitsTreeAndNothingElse) {
    const std::string whiteout = "opt/pedigree/code/.wh..wh..opq";
    const FileList ours{folder("opt/pedigree"), folder("opt/pedigree/code"),
                        file("opt/pedigree/code/old.py", "1\n")};
    PlainImages images;
    EXPECT_FALSE(images.assemble(images.base({slim()})).has(whiteout)); // nothing to hide
    EXPECT_TRUE(images.assemble(images.base({slim(), ours})).has(whiteout));
    EXPECT_TRUE(
        images.assemble(images.base({slim({file("opt/pedigree/code/a/b/c")})})).has(whiteout));
    images.lock.reset(); // its layers are not read, as of a prebuilt image
    const Outcome unread = images.assemble(images.base({slim(), ours}));
    EXPECT_TRUE(unread.has(whiteout));
    EXPECT_TRUE(unread.has("opt/pedigree/code/train.py"));
}

// L7: a folder where the base has a link to one.
TEST(BaseCases, L7FilesLieBehindTheBasesLinks) {
    const std::string manual = "case_man-1.0.data/data/";
    struct Case {
        const char* name;
        FileList base;
        std::string data, lies_at, must_not_be;
    };
    const std::vector<Case> cases{
        {"man", slim(), "man/man1/case.1", "usr/local/share/man/man1/case.1", "usr/local/man"},
        {"absolute", slim({symlink("usr/local/man", "/usr/local/share/man")}), "man/man1/case.1",
         "usr/local/share/man/man1/case.1", "usr/local/man"},
        {"through two",
         slim({symlink("usr/local/man", "doc"), symlink("usr/local/doc", "share/man")}),
         "man/man1/case.1", "usr/local/share/man/man1/case.1", "usr/local/man"},
        {"outside", slim({folder("mnt/big"), symlink("usr/local/share/x", "/mnt/big")}),
         "share/x/a/b.bin", "mnt/big/a/b.bin", "mnt"},
        {"a dot-dot behind a link",
         slim({folder("srv/deep/real"), folder("srv/deep/beside"),
               symlink("usr/local/in", "/srv/deep/real"), symlink("usr/local/l", "in/../beside")}),
         "l/y.txt", "srv/deep/beside/y.txt", "usr/local/l"}};
    for (const Case& one : cases) {
        Images images;
        images.add({.name = "case_man",
                    .files = {{"case_man.py", "V = 1\n"}, {manual + one.data, ".TH case 1\n"}}});
        const Outcome outcome = images.assemble(images.base({one.base}));
        EXPECT_EQ(outcome.refusal, "") << one.name;
        EXPECT_TRUE(outcome.has(one.lies_at)) << one.name;
        EXPECT_FALSE(outcome.has(one.must_not_be)) << one.name;
    }
}

TEST(BaseCases, L7AVirtualEnvironmentsLib64StaysALink) {
    Images images;
    images.add(
        {.name = "case_l64",
         .files = {{"case_l64.py", "V = 1\n"}, {"case_l64-1.0.data/data/lib64/x.txt", "1"}}});
    const Outcome outcome = images.assemble(images.base(
        {slim({file("opt/venv/pyvenv.cfg", "home = /usr/local/bin\n"),
               symlink("opt/venv/bin/python3", "/usr/local/bin/python3.11"),
               symlink("opt/venv/bin/python", "python3"),
               folder("opt/venv/lib/python3.11/site-packages"), symlink("opt/venv/lib64", "lib")})},
        {.search_path = "/opt/venv/bin:/usr/local/bin"}));
    EXPECT_EQ(outcome.refusal, "");
    EXPECT_TRUE(outcome.has("opt/venv/lib/x.txt"));
    EXPECT_FALSE(outcome.has("opt/venv/lib64"));
}

// L8: two Pythons; packages went to one, the command ran the other.
TEST(BaseCases, L8ACommandStartsThePythonThatHasThePackages) {
    const FileList two{slim()[0],
                       slim()[1],
                       file("usr/bin/python3.10"),
                       symlink("usr/bin/python3", "python3.10"),
                       file("usr/bin/python3.11"),
                       symlink("usr/local/bin/python", "/usr/bin/python3.11")};
    for (const auto& [program, refused] :
         std::map<std::string, bool>{{"python", true},
                                     {"python3.11", true},
                                     {"/usr/bin/python3.11", true},
                                     {"/usr/local/bin/python", true},
                                     {"python3", false},
                                     {"/usr/bin/python3.10", false},
                                     {"bash", false}}) {
        PlainImages images;
        images.program = program;
        const Outcome outcome = images.assemble(images.base({two}));
        EXPECT_EQ(outcome.reason, refused ? "BaseRefused" : "") << program << outcome.refusal;
        if (refused) {
            EXPECT_THAT(outcome.refusal,
                        AllOf(HasSubstr(program), HasSubstr("python3.11/dist-packages"),
                              HasSubstr("python3.10/dist-packages")));
        }
    }
}

} // namespace
} // namespace pedigree::imagebuild
