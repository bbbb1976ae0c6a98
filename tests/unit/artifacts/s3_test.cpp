#include "artifacts/s3.h"

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "artifacts/transfer.h"
#include "base/sync.h"
#include "net/url.h"
#include "tests/fakes/scratch.h"

namespace pedigree::artifacts {
namespace {

// Stands for the store: answers in order, one at a time, and keeps what it was asked.
struct ScriptedHttp : net::Http {
    Sync<int> turn; // files go up beside each other
    std::deque<net::Response> answers;
    std::vector<net::Request> asked;
    std::vector<std::string> bodies;

    using Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        const auto held = turn.lock();
        asked.push_back(request);
        std::string body = request.body;
        if (request.body_source) {
            std::string buffer(1000, '\0');
            while (const auto count = *request.body_source(buffer)) {
                body += buffer.substr(0, count);
            }
        }
        bodies.push_back(body);
        net::Response answer = answers.front();
        answers.pop_front();
        if (request.sink && answer.ok()) {
            TRY(request.sink(answer.body));
            answer.body.clear();
        }
        return answer;
    }
};

S3Options options() {
    S3Options out;
    out.endpoint = "http://store:9000/";
    out.credentials = {"key", Secret("secret"), Secret()};
    out.retry.backoff.first = std::chrono::milliseconds(1);
    return out;
}

TEST(S3, addresses_by_path_and_encodes_the_key) {
    ScriptedHttp http;
    http.answers.push_back({200, {}, "bytes"});
    S3Client store(http, options());
    const auto bytes = store.get({"b", "epoch=3-step+1:2/a b.ckpt"}, 100);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes, "bytes");
    EXPECT_EQ(http.asked.at(0).url, "http://store:9000/b/epoch%3D3-step%2B1%3A2/a%20b.ckpt");
    EXPECT_TRUE(http.asked.at(0).headers.contains("Authorization"));
}

TEST(S3, a_download_is_hashed_and_begins_again_after_a_failure) {
    const Scratch scratch;
    ScriptedHttp http;
    http.answers.push_back({503, {}, ""});
    http.answers.push_back({200, {}, "data"});
    S3Client store(http, options());
    const auto fetched = store.get_file({"b", "k"}, scratch.path() / "file");
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->digest, sha256("data"));
    EXPECT_EQ(scratch.read("file"), "data");
}

TEST(S3, a_range_is_asked_for_and_ends_with_the_object) {
    ScriptedHttp http;
    http.answers.push_back({206, {}, "cd"});
    http.answers.push_back({416, {}, "<Error><Code>InvalidRange</Code></Error>"});
    http.answers.push_back({200, {}, "abcd"});
    S3Client store(http, options());
    EXPECT_EQ(store.get_range({"b", "k"}, 2, 4).value(), "cd");
    EXPECT_EQ(http.asked.at(0).headers.value_or("Range", ""), "bytes=2-5");
    EXPECT_EQ(store.get_range({"b", "k"}, 4, 4).value(), "");
    EXPECT_EQ(store.get_range({"b", "k"}, 0, 4).value(), "abcd"); // all of it is a part, too
    EXPECT_EQ(store.get_range({"b", "k"}, 0, 0).value(), "");     // no question is asked
    EXPECT_EQ(http.asked.size(), 3u);
}

TEST(S3, a_store_that_knows_no_ranges_is_not_taken_at_its_word) {
    ScriptedHttp http;
    http.answers.push_back({200, {}, "abcd"});
    S3Client store(http, options());
    const auto part = store.get_range({"b", "k"}, 2, 4);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().code, ErrorCode::Unavailable);
    EXPECT_NE(part.error().message.find("s3://b/k"), std::string::npos);
}

TEST(S3, pieces_are_handed_on_and_begin_again_only_before_the_first) {
    ScriptedHttp http;
    http.answers.push_back({503, {}, ""});
    http.answers.push_back({200, {}, "data"});
    S3Client store(http, options());
    std::string taken;
    const auto fetched = store.get_pieces({"b", "k"}, [&](std::string_view piece) {
        taken += piece;
        return Status();
    });
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->digest, sha256("data"));
    EXPECT_EQ(fetched->bytes, 4);
    EXPECT_EQ(taken, "data");

    http.answers.push_back({200, {}, "half"});
    http.answers.push_back({200, {}, "whole"});
    const auto cut = store.get_pieces({"b", "k"}, [&](std::string_view) -> Status {
        return failure(ErrorCode::Unavailable, "the client has gone");
    });
    ASSERT_FALSE(cut);
    EXPECT_EQ(http.asked.size(), 3u);
}

TEST(S3, errors_name_the_object_and_the_stores_own_word) {
    const Scratch scratch;
    ScriptedHttp http;
    http.answers.push_back({404, {}, "<Error><Code>NoSuchKey</Code></Error>"});
    S3Client store(http, options());
    const auto fetched = store.get_file({"b", "k"}, scratch.path() / "file");
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::NotFound);
    EXPECT_NE(fetched.error().message.find("s3://b/k"), std::string::npos);
    EXPECT_NE(fetched.error().message.find("NoSuchKey"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "file"));
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "file.part"));
}

TEST(S3, lists_all_pages) {
    ScriptedHttp http;
    http.answers.push_back({200,
                            {},
                            "<ListBucketResult><IsTruncated>true</IsTruncated>"
                            "<NextContinuationToken>t/1</NextContinuationToken>"
                            "<EncodingType>url</EncodingType>"
                            "<Contents><Key>p/a+b%2B</Key><Size>3</Size></Contents>"
                            "</ListBucketResult>"});
    http.answers.push_back(
        {200,
         {},
         "<ListBucketResult><IsTruncated>false</IsTruncated>"
         "<Contents><Key>p/c</Key><Size>4</Size></Contents></ListBucketResult>"});
    S3Client store(http, options());
    const auto found = store.list({"b", "p/"}, 10);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 2u);
    EXPECT_EQ(found->at(0).key, "p/a b+");
    EXPECT_EQ(found->at(1).bytes, 4);
    EXPECT_NE(http.asked.at(1).url.find("continuation-token=t%2F1"), std::string::npos);
}

TEST(S3, a_listing_that_never_ends_is_ended) {
    ScriptedHttp http;
    http.answers.assign(1'100, {200,
                                {},
                                "<ListBucketResult><IsTruncated>true</IsTruncated>"
                                "<NextContinuationToken>t</NextContinuationToken>"
                                "</ListBucketResult>"});
    S3Client store(http, options());
    EXPECT_EQ(store.list({"b", "p/"}, 10).error().code, ErrorCode::Corrupt);
    EXPECT_LT(http.asked.size(), 1'100u);
}

TEST(S3, a_listing_of_something_else_is_refused) {
    ScriptedHttp http;
    http.answers.push_back({200,
                            {},
                            "<ListBucketResult><Contents><Key>o</Key><Size>1</Size></Contents>"
                            "</ListBucketResult>"});
    S3Client store(http, options());
    EXPECT_EQ(store.list({"b", "prefix/"}, 10).error().code, ErrorCode::Corrupt);
}

TEST(S3, objects_that_cannot_lie_beside_each_other_are_the_users_to_mend) {
    for (const std::string& second : {std::string("p/a/b"), "p/" + std::string(300, 'x')}) {
        const Scratch scratch;
        ScriptedHttp http;
        http.answers.push_back({200,
                                {},
                                "<ListBucketResult><Contents><Key>p/a</Key><Size>1</Size>"
                                "</Contents><Contents><Key>" +
                                    second +
                                    "</Key><Size>1</Size></Contents>"
                                    "</ListBucketResult>"});
        http.answers.push_back({200, {}, "1"});
        S3Client store(http, options());
        const auto fetched = download_prefix(store, {"b", "p/"}, scratch.path() / "folder", {});
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, ErrorCode::InvalidInput) << fetched.error().message;
    }
}

TEST(S3, keys_keep_every_character) {
    for (const char* key : {"a b", "a+b", "100%", "a%20b", "ü/模型.bin", "q?x=1#y", "a&b"}) {
        const auto object = parse_s3_uri(std::string("s3://bucket/") + key);
        ASSERT_TRUE(object) << key;
        EXPECT_EQ(object->key, key);
        ScriptedHttp http;
        http.answers.push_back({200, {}, ""});
        S3Client store(http, options());
        ASSERT_TRUE(store.put(*object, "bytes"));
        const auto url = net::parse_url(http.asked.at(0).url);
        ASSERT_TRUE(url) << http.asked.at(0).url;
        EXPECT_EQ(*net::percent_decode(url->path), std::string("/bucket/") + key);
        EXPECT_EQ(url->query, "");
    }
}

TEST(S3, large_files_go_up_in_parts) {
    const Scratch scratch;
    scratch.write("big", std::string(25, 'x'));
    ScriptedHttp http;
    http.answers.push_back({200,
                            {},
                            "<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId>"
                            "</InitiateMultipartUploadResult>"});
    for (const char* tag : {"\"1\"", "\"2\"", "\"3\""}) {
        http.answers.push_back({200, {{"ETag", tag}}, ""});
    }
    http.answers.push_back({200, {}, "<CompleteMultipartUploadResult/>"});
    S3Options small = options();
    small.multipart_bytes_min = 20;
    small.part_bytes = 10;
    S3Client store(http, small);
    const auto file = open_file(scratch.path() / "big");
    ASSERT_TRUE(store.put_file({"b", "k"}, *file, sha256(std::string(25, 'x'))));
    EXPECT_EQ(http.bodies.at(1) + http.bodies.at(2) + http.bodies.at(3), std::string(25, 'x'));
    EXPECT_NE(http.asked.at(2).url.find("partNumber=2&uploadId=u%261"), std::string::npos);
    EXPECT_NE(http.bodies.at(4).find("<PartNumber>3</PartNumber><ETag>&quot;3&quot;</ETag>"),
              std::string::npos);
}

TEST(S3, a_large_file_that_changes_between_hash_and_upload_is_aborted) {
    const Scratch scratch;
    scratch.write("big", std::string(25, 'y'));
    ScriptedHttp http;
    http.answers.push_back({200,
                            {},
                            "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                            "</InitiateMultipartUploadResult>"});
    http.answers.resize(5, {200, {}, ""});
    S3Options small = options();
    small.multipart_bytes_min = 20;
    small.part_bytes = 10;
    S3Client store(http, small);
    const auto file = open_file(scratch.path() / "big");
    const auto put = store.put_file({"b", "k"}, *file, sha256(std::string(25, 'x')));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::Conflict);
    EXPECT_EQ(http.asked.back().method, "DELETE");
}

TEST(S3, a_folder_goes_up_file_by_file_with_its_hashes) {
    const Scratch scratch;
    scratch.write("model/saved_model.pb", "graph");
    scratch.write("model/variables/v", "weights");
    ScriptedHttp http;
    http.answers.assign(2, {200, {}, ""});
    S3Client store(http, options());
    const auto folder = UntrustedFolder::open(scratch.path() / "model");
    const auto uploaded = upload(store, {"b", "out/"}, *folder, "");
    ASSERT_TRUE(uploaded) << uploaded.error().message;
    EXPECT_EQ(uploaded->manifest.files.at(1).digest, sha256("weights"));
    std::map<std::string, std::string> hashes; // beside each other, so in any order
    for (const net::Request& request : http.asked) {
        hashes[request.url] = request.headers.value_or("x-amz-content-sha256", "");
    }
    const std::map<std::string, std::string> expected{
        {"http://store:9000/b/out/saved_model.pb", sha256("graph").hex()},
        {"http://store:9000/b/out/variables/v", sha256("weights").hex()}};
    EXPECT_EQ(hashes, expected);
}

TEST(S3, uris) {
    const auto object = parse_s3_uri("s3://datasets/a/b.npz");
    ASSERT_TRUE(object);
    EXPECT_EQ(object->bucket, "datasets");
    EXPECT_EQ(object->key, "a/b.npz");
    EXPECT_FALSE(parse_s3_uri("s3://datasets"));
    EXPECT_FALSE(parse_s3_uri("s3:///key"));
    EXPECT_FALSE(parse_s3_uri("https://datasets/key"));
}

} // namespace
} // namespace pedigree::artifacts
