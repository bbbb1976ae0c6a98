#include <gtest/gtest.h>

#include "trackers/clearml/limits.h"
#include "trackers/clearml/multipart.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr const char* content_type = "multipart/form-data; boundary=5a02";

std::string part(const std::string& name, const std::string& bytes) {
    return "--5a02\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"x\"\r\n" +
           "Content-Type: application/octet-stream\r\n\r\n" + bytes + "\r\n";
}

// Fed in pieces of this size; "!" and the message of what went wrong.
std::vector<std::string> parts_of(const std::string& body, std::size_t piece, bool& whole) {
    std::vector<std::string> out;
    auto multipart = *Multipart::of(content_type);
    const PartSink sink{.begin =
                            [&](const std::string& name) {
                                out.push_back(name + "=");
                                return Status();
                            },
                        .data =
                            [&](std::string_view bytes) {
                                out.back() += bytes;
                                return Status();
                            },
                        .end =
                            [&] {
                                out.back() += ";";
                                return Status();
                            }};
    for (std::size_t at = 0; at < body.size(); at += piece) {
        if (const Status fed = multipart.feed(std::string_view(body).substr(at, piece), sink);
            !fed) {
            out.push_back("!" + fed.error().message);
            break;
        }
    }
    whole = multipart.is_whole();
    return out;
}

TEST(ClearmlMultipart, PartsComeOutWholeHoweverTheBodyIsCut) {
    const std::string odd = "a\r\n--5a0\r\n\r\n--5a0x\r\n-";
    const std::string body =
        part("/p/ü \"q%22.bin", odd) + part("second", "") + "--5a02--\r\nafter";
    for (std::size_t piece = 1; piece < 60; ++piece) {
        bool whole = false;
        EXPECT_EQ(parts_of(body, piece, whole),
                  (std::vector<std::string>{"/p/ü =" + odd + ";", "second=;"}))
            << piece;
        EXPECT_TRUE(whole);
    }
}

TEST(ClearmlMultipart, ANameIsUnquotedAsTheSdkQuotesIt) {
    bool whole = false;
    EXPECT_EQ(parts_of(part("a %22b%22.bin", "x") + "--5a02--", 1000, whole),
              (std::vector<std::string>{"a \"b\".bin=x;"}));
}

TEST(ClearmlMultipart, WhatIsCutOffIsNotWhole) {
    const std::string body = part("a", "bytes") + "--5a02--";
    for (const std::size_t bytes :
         {body.size() - 1, body.size() - 8, body.size() / 2, std::size_t{3}}) {
        bool whole = true;
        parts_of(body.substr(0, bytes), 7, whole);
        EXPECT_FALSE(whole) << bytes;
    }
}

TEST(ClearmlMultipart, WhatIsNoneIsOneClearError) {
    for (const std::string& bad :
         {std::string(""), std::string("application/json"), std::string("multipart/form-data"),
          std::string("multipart/form-data; boundary="),
          "multipart/form-data; boundary=" + std::string(71, 'x'),
          std::string("multipart/mixed; boundary=x")}) {
        EXPECT_EQ(Multipart::of(bad).error().code, ErrorCode::InvalidInput) << bad;
    }
    EXPECT_TRUE(Multipart::of("Multipart/Form-Data; charset=x; Boundary=\"a b\""));
    bool whole = true;
    EXPECT_EQ(parts_of("--5a02 x\r\n", 100, whole),
              (std::vector<std::string>{"!pedigree: a delimiter of an upload is damaged"}));
    EXPECT_EQ(
        parts_of("--5a02\r\n" + std::string(clearml_part_head_bytes_max + 1, 'h'), 1000, whole),
        (std::vector<std::string>{"!pedigree: the head of a part of an upload is too long"}));
    EXPECT_EQ(parts_of(std::string(100'000, 'x'), 1000, whole), std::vector<std::string>{});
    EXPECT_FALSE(whole);
    EXPECT_EQ(parts_of("--5a02\r\n\r\nno head\r\n--5a02--", 5, whole),
              (std::vector<std::string>{"=no head;"}));
}

} // namespace
} // namespace pedigree::trackers::clearml
