#include "artifacts/s3_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::artifacts {
namespace {

using testing::ElementsAre;

std::string list_of(const std::string& inside) {
    return "<?xml version=\"1.0\"?><ListBucketResult "
           "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
           inside + "</ListBucketResult>";
}

std::string object(const std::string& key) {
    return "<Contents><Key>" + key +
           "</Key><ETag>&quot;1&quot;</ETag><Size>7</Size><Owner><ID>o</ID></Owner></Contents>";
}

std::vector<std::string> keys_of(const std::string& document) {
    const auto page = list_page_from(document);
    EXPECT_TRUE(page) << page.error().message;
    std::vector<std::string> keys;
    for (const ObjectSize& entry : page ? page->objects : std::vector<ObjectSize>()) {
        keys.push_back(entry.key);
    }
    return keys;
}

TEST(S3Xml, KeysAreDecodedAsTheStoreEncodedThem) {
    const std::string inside = object("a+b") + object("a%2Bb") + object("100%25") +
                               object("%C3%BC/%E6%A8%A1") + object("&lt;x&gt;%26");
    EXPECT_THAT(keys_of(list_of(inside + "<EncodingType>url</EncodingType>")),
                ElementsAre("a b", "a+b", "100%", "ü/模", "<x>&"));
    // A store that does not encode means what it says.
    EXPECT_THAT(keys_of(list_of(object("a+b") + object("100%25") + object("a b&amp;c"))),
                ElementsAre("a+b", "100%25", "a b&c"));
}

TEST(S3Xml, APageSaysHowToGoOn) {
    const auto cut = list_page_from(list_of("<IsTruncated>true</IsTruncated>"
                                            "<NextContinuationToken>t+/=</NextContinuationToken>"
                                            "<EncodingType>url</EncodingType>"));
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->continuation, "t+/="); // a token is never encoded
    const auto last = list_page_from(list_of("<IsTruncated>false</IsTruncated>"));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->continuation, "");
}

TEST(S3Xml, WhatIsNoListIsNotAnEmptyOne) {
    for (const std::string& document :
         {std::string("<html>proxy</html>"), std::string(""),
          list_of("<IsTruncated>true</IsTruncated>"),
          list_of("<Contents><Size>1</Size></Contents>"),
          list_of("<Contents><Key>k</Key></Contents>"),
          list_of("<Contents><Key>k</Key><Size>-1</Size></Contents>"),
          list_of("<Contents><Key>k</Key><Size>1e3</Size></Contents>"),
          list_of(object("%zz") + "<EncodingType>url</EncodingType>")}) {
        const auto page = list_page_from(document);
        EXPECT_FALSE(page) << document;
    }
}

TEST(S3Xml, ErrorsAndUploads) {
    EXPECT_EQ(error_code_in("<Error><Code>NoSuchKey</Code><Key>a</Key></Error>"), "NoSuchKey");
    EXPECT_EQ(error_code_in("<a><Code>Elsewhere</Code></a>"), "");
    EXPECT_EQ(error_code_in("not even XML"), "");
    EXPECT_EQ(error_code_in("<Error><Code>" + std::string(64, 'x') + "</Code></Error>").size(),
              64u);
    EXPECT_EQ(error_code_in("<Error><Code>" + std::string(65, 'x') + "</Code></Error>"), "");
    EXPECT_EQ(error_code_in("<Error><Code>the password is x</Code></Error>"), "");
    EXPECT_EQ(*upload_id_from("<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId>"
                              "</InitiateMultipartUploadResult>"),
              "u&1");
    EXPECT_FALSE(upload_id_from("<InitiateMultipartUploadResult/>"));
}

} // namespace
} // namespace pedigree::artifacts
