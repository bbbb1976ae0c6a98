#include "net/http.h"

#include <thread>

#include <gtest/gtest.h>

#include "net/http_date.h"
#include "net/redirect.h"
#include "net/retry.h"

namespace pedigree::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Answers from a list and remembers what it was asked.
struct ScriptedHttp final : Http {
    using Http::send;
    Result<Response> send(const Request& request, std::stop_token) override {
        asked.push_back(request);
        auto next = std::move(answers.front());
        answers.erase(answers.begin());
        return next;
    }
    std::vector<Result<Response>> answers;
    std::vector<Request> asked;
};

Response answer(int status, Headers headers = {}) {
    return {status, std::move(headers), ""};
}

TEST(Headers, CompareNamesWithoutCase) {
    Headers headers{{"Content-Type", "a"}, {"X-Two", "1"}, {"x-two", "2"}};
    EXPECT_EQ(headers.value_or("content-TYPE", ""), "a");
    EXPECT_EQ(headers.value_or("X-TWO", ""), "1");
    headers.set("x-Two", "3");
    EXPECT_EQ(headers.size(), 2u);
    EXPECT_FALSE(headers.contains("X-Three"));
}

TEST(HttpDate, ReadsAndWritesTheFixedForm) {
    const std::string text = "Sun, 06 Nov 1994 08:49:37 GMT";
    ASSERT_TRUE(parse_http_date(text));
    EXPECT_EQ(http_date(*parse_http_date(text)), text);
    EXPECT_FALSE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"));
    EXPECT_FALSE(parse_http_date("Sun, 31 Feb 1994 08:49:37 GMT"));
}

TEST(RetryAfter, ReadsSecondsAndDatesAndCapsThem) {
    EXPECT_EQ(retry_after({{"Retry-After", "3"}}), milliseconds(3000));
    EXPECT_EQ(retry_after({{"Retry-After", "99999999999999"}}), seconds(3600));
    EXPECT_EQ(retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"},
                           {"date", "Sun, 06 Nov 1994 08:49:37 GMT"}}),
              seconds(3));
    EXPECT_FALSE(retry_after({{"Retry-After", "soon"}}));
    EXPECT_FALSE(retry_after({}));
}

TEST(StatusError, KeepsTheServersBodyOut) {
    Response response = answer(429, {{"Retry-After", "2"}});
    response.body = "token=canary";
    const Error error = status_error(response, "listing buckets");
    EXPECT_EQ(error.code, ErrorCode::TooMany);
    EXPECT_EQ(error.retry_after, seconds(2));
    EXPECT_EQ(error.message, "listing buckets: the server answered 429");
}

TEST(Retry, RepeatsWhatIsTransientAndNoMore) {
    const RetryOptions quick{{milliseconds(1), milliseconds(2), 2.0, 0.0}, 5, seconds(5)};
    ScriptedHttp http;
    http.answers = {answer(503), failure(ErrorCode::Timeout, "slow"), answer(200)};
    EXPECT_EQ(send_with_retry(http, {}, quick, {})->status, 200);
    EXPECT_EQ(http.asked.size(), 3u);

    http = {};
    http.answers = {answer(404), answer(200)};
    EXPECT_EQ(send_with_retry(http, {}, quick, {})->status, 404);

    http = {};
    http.answers = {answer(500), answer(500), answer(200)};
    EXPECT_EQ(send_with_retry(http, {}, {quick.backoff, 2, seconds(5)}, {})->status, 500);
}

TEST(Retry, DoesNotWaitBeyondItsTime) {
    ScriptedHttp http;
    http.answers = {answer(429, {{"Retry-After", "3600"}}), answer(200)};
    EXPECT_EQ(send_with_retry(http, {}, {{}, 5, seconds(10)}, {})->status, 429);
}

TEST(Retry, ABodyThatCannotBeginAgainIsSentOnce) {
    ScriptedHttp http;
    http.answers = {answer(503), answer(200)};
    Request request;
    request.body_source = [](std::span<char>) -> Result<std::size_t> { return 0; };
    EXPECT_EQ(send_with_retry(http, request, {{milliseconds(1)}, 5, seconds(5)}, {})->status, 503);
}

TEST(Redirect, DropsCredentialsAtTheFirstHop) {
    ScriptedHttp http;
    http.answers = {answer(307, {{"Location", "https://store.example.com/blob?sig=1"}}),
                    answer(200)};
    Request request;
    request.url = "https://registry.example.com/v2/x/blobs/sha256:1";
    request.headers = {{"authorization", "Bearer t"}, {"X-Amz-Date", "d"}, {"Range", "bytes=5-"}};
    ASSERT_EQ(send_following_redirects(http, request, {})->status, 200);
    EXPECT_EQ(http.asked[1].url, "https://store.example.com/blob?sig=1");
    EXPECT_FALSE(http.asked[1].headers.contains("Authorization"));
    EXPECT_FALSE(http.asked[1].headers.contains("X-Amz-Date"));
    EXPECT_TRUE(http.asked[1].headers.contains("Range"));
}

TEST(Redirect, RefusesDowngradeLoopsAndOtherMethods) {
    Request request;
    request.url = "https://a.example.com/";
    ScriptedHttp http;
    http.answers = {answer(302, {{"Location", "http://a.example.com/"}})};
    EXPECT_EQ(send_following_redirects(http, request, {}).error().code, ErrorCode::InvalidInput);

    http = {};
    http.answers.assign(10, answer(302, {{"Location", "/again"}}));
    EXPECT_EQ(send_following_redirects(http, request, {}).error().code, ErrorCode::InvalidInput);

    http = {};
    http.answers = {answer(307, {{"Location", "/elsewhere"}})};
    request.method = "POST";
    EXPECT_EQ(send_following_redirects(http, request, {})->status, 307);
}

} // namespace
} // namespace pedigree::net
