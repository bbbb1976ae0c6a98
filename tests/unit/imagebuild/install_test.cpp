#include "imagebuild/wheel/install.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/layers.h"
#include "imagebuild/wheel/wheel_tables.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const InstallScheme scheme{"usr/local/lib/python3.11/dist-packages", "usr/local/bin",
                           "usr/local/include/python3.11", "usr/local", "/usr/bin/python3"};

class InstallTest : public testing::Test {
  protected:
    Result<Wheel> wheel(const std::string& name, std::vector<MadeMember> members,
                        const std::string& entry_points = "") {
        const std::string file = name + "-1.0-py3-none-any.whl";
        return open_wheel(write_zip(folder_.path(), file,
                                    wheel_zip(name, "1.0", std::move(members), entry_points)),
                          Digest{});
    }
    Scratch folder_;
};

std::vector<std::string> paths_of(const InstalledFiles& files) {
    std::vector<std::string> paths;
    for (const auto& [path, file] : files) {
        paths.push_back(path);
    }
    return paths;
}

TEST_F(InstallTest, SpreadsAWheelAsInstallersDo) {
    const auto opened = wheel("demo",
                              {{"demo/__init__.py", "x = 1\n"},
                               {"demo/tool", "binary", 0100755},
                               {"demo/__pycache__/a.cpython-311.pyc", "code"},
                               {"demo-1.0.data/scripts/old", "#!python -E\nprint(1)\n"},
                               {"demo-1.0.data/scripts/native", "\x7f"
                                                                "ELF"},
                               {"demo-1.0.data/headers/demo.h", "int x;"},
                               {"demo-1.0.data/data/share/demo.txt", "t"},
                               {"demo-1.0.data/purelib/pure.py", "p"}},
                              "[console_scripts]\ndemo = demo.cli:main\n"
                              "other=demo:Group.run [extra]\n[demo.plugins]\nx = y\n");
    ASSERT_TRUE(opened) << opened.error().message;
    const auto planned = plan_install(*opened, scheme);
    ASSERT_TRUE(planned) << planned.error().message;
    const std::string site = "usr/local/lib/python3.11/dist-packages/";
    EXPECT_THAT(
        paths_of(planned->files),
        ElementsAre("usr/local/bin/native", "usr/local/bin/old",
                    "usr/local/include/python3.11/demo/demo.h",
                    site + "demo-1.0.dist-info/INSTALLER", site + "demo-1.0.dist-info/METADATA",
                    site + "demo-1.0.dist-info/RECORD", site + "demo-1.0.dist-info/REQUESTED",
                    site + "demo-1.0.dist-info/WHEEL", site + "demo-1.0.dist-info/entry_points.txt",
                    site + "demo/__init__.py", site + "demo/tool", site + "pure.py",
                    "usr/local/share/demo.txt"));
    EXPECT_EQ(planned->files.at("usr/local/bin/old").bytes, "#!/usr/bin/python3\nprint(1)\n");
    EXPECT_EQ(planned->files.at("usr/local/bin/native").mode, 0755);
    EXPECT_EQ(planned->files.at(site + "demo/tool").mode, 0755);
    EXPECT_EQ(planned->files.at(site + "demo/__init__.py").mode, 0644);
    EXPECT_EQ(planned->scripts.at("usr/local/bin/demo").bytes,
              "#!/usr/bin/python3\nimport sys\n\nfrom demo.cli import main\n\n"
              "if __name__ == \"__main__\":\n    sys.exit(main())\n");
    EXPECT_THAT(planned->scripts.at("usr/local/bin/other").bytes,
                HasSubstr("from demo import Group\n"));

    const auto rows = parse_record(planned->files.at(site + "demo-1.0.dist-info/RECORD").bytes);
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(), planned->files.size() + planned->scripts.size());
    EXPECT_EQ(rows->front().path, "../../../bin/demo");
    for (const RecordRow& row : *rows) {
        EXPECT_EQ(row.hash.empty(), row.path == "demo-1.0.dist-info/RECORD") << row.path;
    }
}

TEST_F(InstallTest, RefusesWheelsThatContradictThemselves) {
    const auto reason = [&](auto change) {
        MadeZip zip = wheel_zip("demo", "1.0", {{"demo.py", "x"}});
        change(zip);
        const auto opened =
            open_wheel(write_zip(folder_.path(), "demo-1.0-py3-none-any.whl", zip), Digest{});
        return opened ? std::string("opened") : opened.error().message;
    };
    EXPECT_EQ(reason([](MadeZip&) {}), "opened");
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members.push_back({"extra.py", "y"}); }),
                HasSubstr("extra.py stands in no RECORD"));
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members.erase(zip.members.begin()); }),
                HasSubstr("RECORD names demo.py, which is missing"));
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members[0].bytes = "longer"; }),
                HasSubstr("another size"));
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members[2].bytes = "Wheel-Version: 2.0\n"; }),
                HasSubstr("Wheel-Version"));
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members[1].bytes = "Name: other\nVersion: 1.0\n"; }),
                HasSubstr("another package or version"));
    EXPECT_THAT(reason([](MadeZip& zip) { zip.members.push_back({"evil-1.0.dist-info/x", ""}); }),
                HasSubstr("two .dist-info folders"));
}

TEST_F(InstallTest, RefusesTwoMembersOfOnePlace) {
    const auto opened =
        wheel("demo", {{"demo/a.py", "x = 1\n"}, {"demo-1.0.data/purelib/demo/a.py", "x = 2\n"}});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT(plan_install(*opened, scheme).error().message,
                HasSubstr("falls on a path of another member"));
}

// Its first line is written anew, so its bytes are looked at here and not in the layer.
TEST_F(InstallTest, RefusesAScriptThatIsNotTheRecordedOne) {
    MadeZip zip = wheel_zip("demo", "1.0", {{"demo-1.0.data/scripts/run", "#!python\nprint(1)\n"}});
    zip.members[0].bytes = "#!python\nprint(2)\n";
    const auto opened =
        open_wheel(write_zip(folder_.path(), "demo-1.0-py3-none-any.whl", zip), Digest{});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT(plan_install(*opened, scheme).error().message, HasSubstr("has not the digest"));
}

TEST_F(InstallTest, RefusesScriptsThatAreNoNames) {
    for (const char* line :
         {"../x = a:b", "x/y = a:b", "x = a:b()", "x = os;evil:b", "x = a", "x=:b"}) {
        EXPECT_FALSE(
            wheel("demo", {{"demo.py", "x"}}, std::string("[console_scripts]\n") + line + "\n"))
            << line;
    }
}

TEST_F(InstallTest, UnknownDataIsRefused) {
    const auto opened = wheel("demo", {{"demo-1.0.data/elsewhere/x", "y"}});
    ASSERT_TRUE(opened);
    EXPECT_THAT(plan_install(*opened, scheme).error().message, HasSubstr("has no place"));
}

// At every size, whichever layer lies above: the file of the one that pip would install last.
TEST_F(InstallTest, OverlapsAreMergedAndNamedOnlyIfTheyDiffer) {
    for (const std::uint64_t bytes : {std::uint64_t{1}, own_layer_bytes_min}) {
        auto wheels = std::make_shared<std::vector<Wheel>>();
        wheels->push_back(*wheel("first", {{"same.py", "1"}, {"clash.py", "1"}}));
        wheels->push_back(*wheel("second", {{"same.py", "1"}, {"clash.py", "2"}}));
        wheels->front().bytes = wheels->back().bytes = bytes;
        BaseInventory base;
        base.scheme = scheme;
        std::vector<std::string> warnings;
        ASSERT_TRUE(plan_wheel_layers(wheels, base, LayerForm::Gzip, warnings));
        EXPECT_THAT(warnings, ElementsAre(HasSubstr("second and first both install")));
    }
    InstalledFiles files = plan_install(*wheel("first", {{"clash.py", "1"}}), scheme)->files;
    const auto second = wheel("second", {{"clash.py", "2"}});
    merge_files(files, plan_install(*second, scheme)->files);
    EXPECT_EQ(files.at(scheme.site + "/clash.py").owner, "second");
}

TEST_F(InstallTest, LayersNeedNoFoldersThatTheBaseHas) {
    auto wheels = std::make_shared<std::vector<Wheel>>();
    wheels->push_back(*wheel("demo", {{"space/demo/a.py", "1"}}));
    BaseInventory base;
    base.scheme = scheme;
    base.directories = {scheme.site + "/space"};
    std::vector<std::string> warnings;
    const auto layers = plan_wheel_layers(wheels, base, LayerForm::Gzip, warnings);
    ASSERT_TRUE(layers);
    ASSERT_EQ(layers->size(), 1);
    auto writer = LayerWriter::create(folder_.path() / "layer");
    ASSERT_TRUE(layers->at(0).write(*writer));
    const auto first = writer->finish();
    ASSERT_TRUE(first);

    base.directories.clear();
    const auto without = plan_wheel_layers(wheels, base, LayerForm::Gzip, warnings);
    EXPECT_NE(without->at(0).key, layers->at(0).key);
    auto other = LayerWriter::create(folder_.path() / "layer");
    ASSERT_TRUE(without->at(0).write(*other));
    EXPECT_NE(other->finish()->diff_id, first->diff_id);
}

} // namespace
} // namespace pedigree::imagebuild
