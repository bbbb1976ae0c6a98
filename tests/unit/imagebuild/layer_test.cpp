// Layers as other tools read them: GNU tar and gzip are the oracles.
#include "imagebuild/layer/layer_writer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/file.h"
#include "base/process.h"
#include "imagebuild/archive/gunzip.h"
#include "imagebuild/archive/tar_reader.h"
#include "imagebuild/layer/run_deflate.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

std::string run(std::vector<std::string> argv) {
    ProcessRequest request;
    request.argv = std::move(argv);
    request.environment = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}, {"PATH", "/usr/bin:/bin"}};
    const auto result = run_process(request);
    EXPECT_TRUE(result && result->succeeded()) << (result ? result->error_output : "not run");
    return result ? result->output : "";
}

std::string inflated(std::string_view packed, std::size_t bytes) {
    z_stream stream{};
    ::inflateInit2(&stream, -MAX_WBITS);
    std::string out(bytes + 1, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(stream.avail_in, 0);
    out.resize(stream.total_out);
    ::inflateEnd(&stream);
    return out;
}

TEST(RunDeflate, IsReadByZlib) {
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 200'000; ++i) {
        noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    }
    std::vector<std::string> texts{"",
                                   "a",
                                   "aaa",
                                   "aaaa",
                                   std::string(258, 'x'),
                                   std::string(259, 'x'),
                                   std::string(261, '\xff'),
                                   std::string(1'000'000, '\0'),
                                   noise,
                                   noise + std::string(999, 'z')};
    for (std::size_t length = 1; length < 600; ++length) {
        texts.push_back("b" + std::string(length, 'r') + "e");
    }
    for (const std::string& text : texts) {
        EXPECT_EQ(inflated(run_deflate(text), text.size()), text) << text.size();
    }
    EXPECT_LT(run_deflate(std::string(1'000'000, '\0')).size(), 8000);
    EXPECT_LT(run_deflate(noise).size(), noise.size() + 100);
}

class LayerTest : public testing::Test {
  protected:
    std::filesystem::path file() const { return folder_.path() / "layer.tar.gz"; }
    Scratch folder_;
};

TEST_F(LayerTest, IsReadByGnuTar) {
    const std::string long_path = "opt/" + std::string(90, 'd') + "/" + std::string(180, 'f');
    auto writer = LayerWriter::create(file());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->directory("opt/a"));
    ASSERT_TRUE(writer->file("opt/a/run", 0755, "#!/bin/sh\n"));
    ASSERT_TRUE(writer->symlink("opt/a/to", "../b"));
    ASSERT_TRUE(writer->file(long_path, 0644, std::string(1000, 'x')));
    ASSERT_TRUE(writer->file("opt/模型", 0644, ""));
    const auto layer = writer->finish();
    ASSERT_TRUE(layer);
    EXPECT_EQ(layer->digest, *digest_file(file()));
    EXPECT_EQ(layer->bytes, std::filesystem::file_size(file()));
    EXPECT_EQ(run({"/usr/bin/tar", "--full-time", "--numeric-owner", "-tvzf", file().string()}),
              "drwxr-xr-x 0/0               0 1970-01-01 00:00:00 opt/a/\n"
              "-rwxr-xr-x 0/0              10 1970-01-01 00:00:00 opt/a/run\n"
              "lrwxrwxrwx 0/0               0 1970-01-01 00:00:00 opt/a/to -> ../b\n"
              "-rw-r--r-- 0/0            1000 1970-01-01 00:00:00 " +
                  long_path + "\n-rw-r--r-- 0/0               0 1970-01-01 00:00:00 opt/模型\n");
    EXPECT_EQ(sha256(run({"/usr/bin/gzip", "-dc", file().string()})), layer->diff_id);
}

// The contract: these inputs give this image layer, on every machine and in every build.
TEST_F(LayerTest, TheSameInputsGiveTheGoldenDigest) {
    auto writer = LayerWriter::create(file());
    ASSERT_TRUE(writer->directory("opt/pedigree/code"));
    ASSERT_TRUE(writer->file("opt/pedigree/code/train.py", 0644, "print('hello')\n"));
    const auto layer = writer->finish();
    EXPECT_EQ(layer->diff_id.hex(),
              "668e5fea9177d63e8fd93d2a8f021127c1cee6e9b86e48570fed3a91cd0b00ec");
    EXPECT_EQ(layer->digest.hex(),
              "2a6445d2dfb5ce887039d22bd951c102096d0f32d3a71bea1652ed3c8fe1b852");
}

TEST_F(LayerTest, PassesMembersThroughAndProvesThem) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        text += std::to_string(i * 7) + " ";
    }
    const auto zip = ZipArchive::open(write_zip(
        folder_.path(), "x.whl",
        {{{"big.txt", text}, {"raw", "stored", 0100644, true}, {"zero", ""}}, "", "", ""}));
    ASSERT_TRUE(zip);
    auto writer = LayerWriter::create(file());
    for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
             {"big.txt", text}, {"raw", "stored"}, {"zero", ""}}) {
        ASSERT_TRUE(writer->member("d/" + name, 0644, *zip, *zip->find(name), sha256(bytes)));
    }
    const auto layer = writer->finish();
    ASSERT_TRUE(layer);
    EXPECT_LT(layer->bytes, text.size() / 2); // it stayed packed
    EXPECT_EQ(sha256(run({"/usr/bin/gzip", "-dc", file().string()})), layer->diff_id);
    EXPECT_EQ(run({"/usr/bin/tar", "-xzOf", file().string(), "d/big.txt"}), text);
    EXPECT_EQ(run({"/usr/bin/tar", "-xzOf", file().string(), "d/raw"}), "stored");

    const auto forged = writer->member("d/x", 0644, *zip, *zip->find("raw"), sha256("other"));
    ASSERT_FALSE(forged);
    EXPECT_EQ(forged.error().reason, "WheelRefused");
}

TEST_F(LayerTest, RefusesPathsThatAreNone) {
    auto writer = LayerWriter::create(file());
    for (const char* path : {"/a", "../a", "a/../b", ".wh.a", ""}) {
        EXPECT_FALSE(writer->file(path, 0644, "")) << path;
    }
}

// Collects what a tar holds.
struct Collected : TarVisitor {
    std::vector<std::string> lines;
    std::size_t content_bytes_wanted(const TarItem&) override { return 5; }
    Status take(const TarItem& item, std::string_view content) override {
        lines.push_back(item.path + "|" + item.target + "|" + std::string(content));
        return {};
    }
};

TEST_F(LayerTest, TheReaderReadsGnuTarsFormats) {
    const std::filesystem::path tree = folder_.path() / "tree";
    const std::string deep = std::string(80, 'a') + "/" + std::string(120, 'b');
    std::filesystem::create_directories(tree / std::string(80, 'a'));
    ASSERT_TRUE(write_file(tree / deep, "long one"));
    ASSERT_TRUE(write_file(tree / "short", "abcdefgh"));
    std::filesystem::create_symlink(std::string(150, 't'), tree / "to");
    for (const char* format : {"gnu", "pax", "posix"}) {
        const std::string archive = folder_.path() / "x.tar";
        run({"/usr/bin/tar", std::string("--format=") + format, "--sort=name", "-C", tree.string(),
             "-cf", archive, "."});
        const std::string bytes = *read_file(archive);
        for (const std::size_t piece : {1u, 511u, 100'000u}) {
            Collected found;
            TarReader reader(found);
            for (std::size_t at = 0; at < bytes.size(); at += piece) {
                ASSERT_TRUE(reader.feed(std::string_view(bytes).substr(at, piece)));
            }
            ASSERT_TRUE(reader.finish());
            EXPECT_THAT(found.lines,
                        testing::ElementsAre(std::string(80, 'a') + "||", deep + "||long ",
                                             "short||abcde", "to|" + std::string(150, 't') + "|"))
                << format;
        }
    }
}

TEST(TarReader, RefusesBrokenHeaders) {
    Collected found;
    TarReader reader(found);
    EXPECT_FALSE(reader.feed(std::string(512, 'x')));
    TarReader cut(found);
    ASSERT_TRUE(cut.feed(tar_header({"a", TarType::File, 0644, 1000, ""})));
    EXPECT_FALSE(cut.finish());
}

TEST(TarReader, BoundsWhatAHostileLayerMaySay) {
    Collected found;
    const auto extended = [](const std::string& key, std::size_t bytes) {
        const std::string record = fmt::format("{} {}={}\n", bytes, key, std::string(bytes, 'x'));
        const std::size_t length = record.size();
        std::string fixed = fmt::format("{} {}={}\n", length, key, std::string(bytes, 'x'));
        std::string header = tar_header({"p", TarType::File, 0644, fixed.size(), ""});
        header[156] = 'x';
        // The checksum again, with its own field as blanks.
        header.replace(148, 8, 8, ' ');
        unsigned sum = 0;
        for (const char c : header) {
            sum += static_cast<unsigned char>(c);
        }
        header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
        return header + fixed + std::string(tar_padding_bytes(fixed.size()), '\0') +
               tar_header({"short", TarType::Symlink, 0777, 0, "t"});
    };
    EXPECT_TRUE(TarReader(found).feed(extended("path", 1000)));
    EXPECT_EQ(found.lines.size(), 1);
    for (const char* key : {"path", "linkpath"}) {
        const Status refused = TarReader(found).feed(extended(key, 5000));
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message, testing::HasSubstr("a path longer than 4096 bytes"));
        EXPECT_FALSE(TarReader(found).feed(extended(key, 2 << 20)));
    }
    EXPECT_FALSE(TarReader(found).feed(extended("size", 30))); // "xxx..." is no size
}

TEST(Gunzip, ReadsMembersOneAfterAnotherInAnyPieces) {
    const auto member = [](const std::string& text) {
        std::string out(text.size() + 100, '\0');
        z_stream stream{};
        ::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream.avail_in = static_cast<uInt>(text.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        ::deflate(&stream, Z_FINISH);
        out.resize(stream.total_out);
        ::deflateEnd(&stream);
        return out;
    };
    const std::string packed = member("first ") + member("") + member(std::string(700'000, 'x'));
    for (const std::size_t piece : {1u, 7u, 1'000'000u}) {
        Gunzip gunzip(1'000'000);
        std::string out;
        for (std::size_t at = 0; at < packed.size(); at += piece) {
            ASSERT_TRUE(gunzip.feed(std::string_view(packed).substr(at, piece),
                                    [&](std::string_view bytes) -> Status {
                                        out += bytes;
                                        return {};
                                    }));
        }
        EXPECT_TRUE(gunzip.finish());
        EXPECT_EQ(out, "first " + std::string(700'000, 'x')) << piece;
    }
    Gunzip bounded(100);
    const auto nothing = [](std::string_view) { return Status(); };
    EXPECT_EQ(bounded.feed(packed, nothing).error().code, ErrorCode::TooLarge);
    Gunzip cut(1'000'000);
    EXPECT_TRUE(cut.feed(packed.substr(0, packed.size() - 3), nothing));
    EXPECT_FALSE(cut.finish());
    EXPECT_FALSE(Gunzip(100).feed("no gzip at all", nothing));
}

} // namespace
} // namespace pedigree::imagebuild
