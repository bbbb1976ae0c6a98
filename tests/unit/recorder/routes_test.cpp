#include "recorder/routes.h"
#include "tests/checkout/checkout.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace pedigree::recorder {
namespace {

const std::map<std::string, Route> words{{"Refused", Route::Refused},
                                         {"Read", Route::Read},
                                         {"CreateRun", Route::CreateRun},
                                         {"CreateExperiment", Route::CreateExperiment},
                                         {"TagExperiment", Route::TagExperiment},
                                         {"Register", Route::Register},
                                         {"Append", Route::Append},
                                         {"CreateModel", Route::CreateModel},
                                         {"ChangeModel", Route::ChangeModel},
                                         {"Upload", Route::Upload},
                                         {"UploadInParts", Route::UploadInParts}};

TEST(Routes, are_what_the_table_of_cases_says) {
    std::ifstream file(case_path("recorder/routes.txt"));
    int cases = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string method, path, word, subject;
        if (line.starts_with("#") || !(fields >> method >> path >> word)) {
            continue;
        }
        fields >> subject;
        std::replace(subject.begin(), subject.end(), '|', ' ');
        const Match match = match_route(method, path);
        EXPECT_EQ(match.route, words.at(word)) << line;
        if (word != "Refused") {
            EXPECT_EQ(match.subject, subject) << line;
        } else {
            EXPECT_FALSE(match.reason.empty()) << line;
        }
        ++cases;
    }
    EXPECT_GT(cases, 50);
}

TEST(Routes, a_refusal_says_why) {
    EXPECT_NE(match_route("POST", "/api/2.0/mlflow/experiments/delete").reason.find("deleting"),
              std::string::npos);
    EXPECT_NE(
        match_route("DELETE", "/api/2.0/mlflow/model-versions/delete").reason.find("deleting"),
        std::string::npos);
    EXPECT_NE(
        match_route("POST", "/api/2.0/mlflow/registered-models/alias").reason.find("registry"),
        std::string::npos);
}

TEST(Routes, what_is_sent_on_is_made_anew_from_what_was_matched) {
    const auto target = [](const char* method, const char* path) {
        return target_of(match_route(method, path));
    };
    EXPECT_EQ(target("POST", "/ajax-api/2.0/mlflow/runs/set-tag"), "/api/2.0/mlflow/runs/set-tag");
    EXPECT_EQ(target("PATCH", "/api/2.0/mlflow/logged-models/m-1/tags"),
              "/api/2.0/mlflow/logged-models/m-1/tags");
    EXPECT_EQ(target("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/%61%3Fb+%C3%BC"),
              "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/a%3Fb%2B%C3%BC");
    EXPECT_EQ(target("POST", "/api/2.0/mlflow-artifacts/mpu/create/1/r/artifacts/a=b"),
              "/api/2.0/mlflow-artifacts/mpu/create/1/r/artifacts/a%3Db");
}

} // namespace
} // namespace pedigree::recorder
