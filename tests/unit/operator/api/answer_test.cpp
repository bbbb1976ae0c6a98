#include "operator/api/answer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::control {
namespace {

// Seen: `get --raw .../trials/GUESS` showed "[redacted]" for a Secret's value of any namespace.
TEST(Answer, WhatAClientSentIsNotComparedWithSecrets) {
    redact_in_logs(Secret("guessed-value"));
    for (const std::string guess : {"guessed-value", "guessed-other"}) {
        recorder::FakeExchange exchange("GET", "/trials/" + guess);
        send_error(exchange, Error(ErrorCode::NotFound, "there is no trial " + guess));
        const auto answer = parse_json(exchange.answer.body);
        ASSERT_TRUE(answer);
        EXPECT_EQ(string_or(*answer, "message"), "there is no trial " + guess);
    }
}

} // namespace
} // namespace pedigree::control
