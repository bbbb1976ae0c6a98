#include "net/url.h"

#include <gtest/gtest.h>

namespace pedigree::net {
namespace {

TEST(Url, ParsesAndPrintsWhatItWasGiven) {
    const auto url = parse_url("HTTPS://Git.Example.com:8443/a%20b/c?x=1&y=#fragment");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "git.example.com");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->path, "/a%20b/c");
    EXPECT_EQ(url->query, "x=1&y=");
    EXPECT_EQ(url->text(), "https://git.example.com:8443/a%20b/c?x=1&y=");
}

TEST(Url, LeavesTheDefaultPortOut) {
    EXPECT_EQ(parse_url("http://host:80")->text(), "http://host/");
    EXPECT_EQ(parse_url("https://[2001:DB8::1]:443/x")->authority(), "[2001:db8::1]");
    EXPECT_EQ(parse_url("https://[::1]:6443/x")->origin(), "https://[::1]:6443");
}

TEST(Url, RefusesWithoutRepeatingThePassword) {
    const auto url = parse_url("https://alice:hunter2@example.com/");
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
}

TEST(Url, RefusesWhatIsNoHttpUrl) {
    for (const char* text :
         {"", "example.com", "file:///etc/passwd", "http://", "http://:80/", "http://a:0/",
          "http://a:65536/", "http://a:8x/", "http://a b/", "http://a/\n", "http://[::1/",
          "http://[::1]x/", "https://evil.example\\@good.example/", "http://a%00b/"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
    EXPECT_EQ(parse_url("http://a/" + std::string(url_bytes_max, 'x')).error().code,
              ErrorCode::TooLarge);
}

// RFC 3986 section 5.4, the examples that stay within http.
TEST(Url, JoinsAsTheRfcSays) {
    const Url base = *parse_url("http://a/b/c/d;p?q");
    const std::pair<const char*, const char*> cases[] = {
        {"g", "http://a/b/c/g"},        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},      {"/g", "http://a/g"},
        {"//g", "http://g/"},           {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},    {"#s", "http://a/b/c/d;p?q"},
        {";x", "http://a/b/c/;x"},      {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},         {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},       {"../..", "http://a/"},
        {"../../../g", "http://a/g"},   {"g;x=1/../y", "http://a/b/c/y"},
        {"https://h/x", "https://h/x"}, {"g?y/./x", "http://a/b/c/g?y/./x"},
    };
    for (const auto& [reference, expected] : cases) {
        const auto joined = join(base, reference);
        ASSERT_TRUE(joined) << reference << ": " << joined.error().message;
        EXPECT_EQ(joined->text(), expected) << reference;
    }
    EXPECT_FALSE(join(base, "javascript:alert(1)"));
}

TEST(Url, EncodesAndDecodesEveryByte) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
    }
    EXPECT_EQ(*percent_decode(percent_encode(bytes)), bytes);
    EXPECT_EQ(percent_encode("epoch=3-step=10.ckpt/x", "/"), "epoch%3D3-step%3D10.ckpt/x");
    EXPECT_FALSE(percent_decode("%4"));
    EXPECT_FALSE(percent_decode("%zz"));
}

TEST(Url, ReadsAndWritesQueries) {
    const QueryParameters parameters{{"a", "x y"}, {"b", "ü&="}, {"c", ""}};
    EXPECT_EQ(query_text(parameters), "a=x%20y&b=%C3%BC%26%3D&c=");
    EXPECT_EQ(*parse_query(query_text(parameters)), parameters);
    EXPECT_EQ(parse_query("uploads&&x=1")->size(), 2u);
}

} // namespace
} // namespace pedigree::net
