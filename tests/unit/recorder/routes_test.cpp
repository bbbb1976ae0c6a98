#include "recorder/routes.h"

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
                                         {"Append", Route::Append},
                                         {"CreateModel", Route::CreateModel},
                                         {"ChangeModel", Route::ChangeModel},
                                         {"Upload", Route::Upload},
                                         {"UploadInParts", Route::UploadInParts}};

TEST(Routes, are_what_the_table_of_cases_says) {
    std::ifstream file(PEDIGREE_CASES_DIR "/recorder/routes.txt");
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
        match_route("POST", "/api/2.0/mlflow/registered-models/create").reason.find("registry"),
        std::string::npos);
}

} // namespace
} // namespace pedigree::recorder
