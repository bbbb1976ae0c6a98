// Layers with a table of contents: what those rely on who read them. containerd's own library does
// so in tests/integration.
#include "imagebuild/layer/stargz.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "imagebuild/archive/gunzip.h"
#include "imagebuild/layer/layer_writer.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

std::string unpacked(std::string_view packed) {
    std::string out;
    Gunzip gunzip(1 << 24);
    EXPECT_TRUE(gunzip.feed(packed, [&](std::string_view piece) -> Status {
        out += piece;
        return {};
    }));
    return out;
}

class Stargz : public testing::Test {
  protected:
    void write(LayerForm form) {
        const auto zip = ZipArchive::open(write_zip(
            folder_.path(), "x.whl",
            {{{"big.txt", big_}, {"raw", "stored", 0100644, true}, {"zero", ""}}, "", "", ""}));
        auto writer = LayerWriter::create(folder_.path() / "layer", form);
        ASSERT_TRUE(writer && zip);
        ASSERT_TRUE(writer->directory("a"));
        ASSERT_TRUE(writer->file("a/own", 0755, "#!/bin/sh\n"));
        ASSERT_TRUE(writer->symlink("a/to", "own"));
        for (const auto& [name, bytes] : members_) {
            ASSERT_TRUE(writer->member("b/" + name, 0644, *zip, *zip->find(name), sha256(bytes)));
        }
        const auto finished = writer->finish();
        ASSERT_TRUE(finished);
        layer_ = *finished;
        blob_ = *read_file(folder_.path() / "layer");
    }

    Scratch folder_;
    const std::string big_ = std::string(3'000'000, 'b') + "end";
    const std::map<std::string, std::string> members_{
        {"big.txt", big_}, {"raw", "stored"}, {"zero", ""}};
    LayerDescriptor layer_;
    std::string blob_;
};

TEST_F(Stargz, TheFooterLeadsToTheTableAndTheTableToEveryFile) {
    write(LayerForm::Estargz);
    const std::string footer = blob_.substr(blob_.size() - 51);
    ASSERT_EQ(footer.substr(32, 6), "STARGZ");
    const std::size_t at = std::stoull(footer.substr(16, 16), nullptr, 16);
    EXPECT_EQ(footer, stargz_footer(at));
    const std::string last = unpacked(std::string_view(blob_).substr(at));
    EXPECT_EQ(last.substr(0, 18), std::string(stargz_table_path) + '\0');
    const std::string text = last.substr(tar_block_bytes, last.rfind('}') + 1 - tar_block_bytes);
    EXPECT_EQ(sha256(text), layer_.toc_digest);

    std::map<std::string, std::string> files = {
        {stargz_landmark_path, std::string(stargz_landmark)}, {"a/own", "#!/bin/sh\n"}};
    for (const auto& [name, bytes] : members_) {
        files["b/" + name] = bytes;
    }
    int found = 0;
    const Json table = *parse_json(text);
    for (const Json& row : table["entries"]) {
        EXPECT_EQ(row.contains("chunkDigest"), integer_or(row, "offset") > 0) << row;
        EXPECT_EQ(row["mode"] == 0755, row["name"] == "a/" || row["name"] == "a/own") << row;
        if (row["type"] == "reg") {
            const std::string& bytes = files.at(row["name"].get<std::string>());
            const auto offset = static_cast<std::size_t>(integer_or(row, "offset"));
            EXPECT_EQ(bytes.empty(), offset == 0);
            EXPECT_EQ(static_cast<std::size_t>(integer_or(row, "size")), bytes.size());
            if (offset > 0) {
                EXPECT_EQ(unpacked(std::string_view(blob_).substr(offset)).substr(0, bytes.size()),
                          bytes);
                EXPECT_EQ(row["chunkDigest"], sha256(bytes).text());
            }
            ++found;
        }
    }
    EXPECT_EQ(found, 5);
}

TEST_F(Stargz, TheTarIsTheOtherFormsWithTwoMoreFiles) {
    write(LayerForm::Gzip);
    EXPECT_FALSE(layer_.toc_digest);
    std::string plain = unpacked(blob_);
    plain.resize(plain.size() - 2 * tar_block_bytes);
    write(LayerForm::Estargz);
    const std::string with_table = unpacked(blob_);
    EXPECT_EQ(with_table.substr(2 * tar_block_bytes, plain.size()), plain);
    EXPECT_EQ(layer_.diff_id, sha256(with_table));
    EXPECT_EQ(layer_.digest, sha256(blob_));
}

} // namespace
} // namespace pedigree::imagebuild
