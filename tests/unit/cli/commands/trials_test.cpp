#include <gmock/gmock.h>

#include "cli/trials/choice.h"
#include "cli/trials/table.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string path = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/trials/mnist-4";

Json item(std::int64_t number, const char* state, const Json& value, const Json& parameters) {
    return {{"trial", number},
            {"state", state},
            {"parameters", parameters},
            {"value", value},
            {"attempts", 1},
            {"startedAt", "2026-01-31T11:00:00Z"},
            {"endedAt", Json()},
            {"why", {{"proposedBy", "Sobol"}}}};
}

// Four trials: one without momentum, one that failed, one that still runs.
Json document() {
    Json completed =
        item(1, "Completed", 0.91, {{"lr", 0.01}, {"optimizer", "adam"}, {"epochs", 4}});
    completed["endedAt"] = "2026-01-31T11:05:00Z";
    Json best = item(2, "Stopped", 0.94,
                     {{"lr", 0.002}, {"optimizer", "sgd"}, {"momentum", 0.5}, {"epochs", 4}});
    best["endedAt"] = "2026-01-31T11:02:00Z";
    best["stopReason"] = "Median";
    best["runIds"] = {"r7"};
    Json failed = item(3, "Failed", Json(),
                       {{"lr", 0.1}, {"optimizer", "sgd"}, {"momentum", 0.9}, {"epochs", 4}});
    failed["failure"] = {
        {"class", "OutOfMemory"}, {"reason", "OOMKilled"}, {"message", "of, 64 Mi"}};
    const Json running =
        item(4, "Running", Json(), {{"lr", 0.03}, {"optimizer", "adam"}, {"epochs", 4}});
    return {{"kind", "TrialList"},
            {"experiment", "mnist-4"},
            {"objective", {{"metric", "val_accuracy"}, {"goal", "Maximize"}}},
            {"best", 2},
            {"maxTrials", 50},
            {"items", {completed, best, failed, running}}};
}

struct Asked {
    ExitCode code = ExitCode::Failed;
    std::string out, err, error;
};

Asked trials(std::vector<std::string> words, const Json& answer = document()) {
    FakeCluster fake;
    fake.texts[path] = answer.dump();
    words.insert(words.begin(), {"trials", "exp/mnist-4"});
    const auto code = fake.run(words);
    return {code.value_or(ExitCode::Failed), fake.out.str(), fake.err.str(),
            code ? "" : code.error().message};
}

std::vector<std::int64_t> numbers(const TrialChoice& choice) {
    const TrialList list = trial_list_from(document());
    const auto places = chosen_trials(list, choice, *parse_instant("2026-01-31T12:00:00Z"));
    EXPECT_TRUE(places) << places.error().message;
    std::vector<std::int64_t> found;
    for (const std::size_t place : places.value_or(std::vector<std::size_t>{})) {
        found.push_back(list.trials[place].number);
    }
    return found;
}

std::vector<std::int64_t> filtered(const std::string& text) {
    return numbers({.filters = {parse_filter(text).value()}});
}

TEST(Trials, ShowsWhatVariesAndMarksTheBest) {
    const Asked asked = trials({});
    EXPECT_EQ(
        asked.out,
        "TRIAL   STATE       VALUE   lr      momentum   optimizer   DURATION   ATTEMPTS   NOTE\n"
        "1       Completed   0.91    0.01               adam        5m         1          \n"
        "2       Stopped     0.94    0.002   0.5        sgd         2m         1          "
        "best, stopped by Median\n"
        "3       Failed              0.1     0.9        sgd                    1          "
        "OutOfMemory: OOMKilled\n"
        "4       Running             0.03               adam        60m        1          \n");
    EXPECT_EQ(asked.err, "best: trial 2, val_accuracy 0.94; 4 of 50 trials: 1 Completed, "
                         "1 Stopped, 1 Failed, 1 Running\n");
}

TEST(Trials, ShowsEveryParameterWhenAskedOrWhenThereIsOneTrial) {
    EXPECT_THAT(trials({"--all-parameters"}).out, HasSubstr("VALUE   epochs   lr"));
    Json one = document();
    one["items"] = {one["items"][0]};
    one["objective"] = Json();
    one["best"] = Json();
    one["maxTrials"] = 1;
    const Asked asked = trials({}, one);
    EXPECT_THAT(asked.out, HasSubstr("VALUE   epochs   lr"));
    EXPECT_EQ(asked.err, "1 of 1 trial: 1 Completed\n");
}

TEST(Trials, WideSaysWhyAndWhere) {
    const std::string out = trials({"-o", "wide"}).out;
    EXPECT_THAT(out, HasSubstr("PROPOSED BY   RUNS   POD"));
    EXPECT_THAT(out, HasSubstr("OutOfMemory: OOMKilled: of, 64 Mi"));
    EXPECT_THAT(out, HasSubstr("r7"));
}

TEST(Trials, NumbersAreRoundedForPeopleAndWholeForPrograms) {
    Json list = document();
    list["items"][0]["value"] = 0.91234567891;
    list["items"][0]["parameters"]["lr"] = 0.0031622776601683794;
    EXPECT_THAT(trials({}, list).out, HasSubstr("0.912346   0.00316228 "));
    for (const char* format : {"wide", "csv", "json"}) {
        const std::string whole = trials({"-o", format}, list).out;
        EXPECT_THAT(whole, HasSubstr("0.91234567891")) << format;
        EXPECT_THAT(whole, HasSubstr("0.0031622776601683794")) << format;
    }
}

TEST(Trials, TwoValuesThatDifferAreNotShownAlike) {
    Json list = document();
    list["items"][0]["value"] = 0.91234567891;
    list["items"][1]["value"] = 0.91234567892;
    EXPECT_THAT(trials({}, list).out, HasSubstr("0.91234567891"));
    EXPECT_THAT(trials({}, list).out, HasSubstr("0.91234567892"));
}

TEST(Trials, CsvHoldsEveryParameterAndQuotes) {
    Json answer = document();
    answer["items"][0]["parameters"]["optimizer"] = "a \"big\", one";
    EXPECT_THAT(
        trials({"--limit", "1", "-o", "csv"}, answer).out,
        testing::StrEq("trial,state,value,epochs,lr,momentum,optimizer,seconds,attempts,"
                       "failureClass,stopReason,repeats,derivedFrom,reusedFrom,proposedBy,"
                       "podUid\r\n1,Completed,0.91,4,0.01,,\"a \"\"big\"\", one\",300,1,,,,,,"
                       "Sobol,\r\n"));
}

TEST(Trials, JsonIsTheAnswerWithTheTrialsAskedFor) {
    const Asked asked =
        trials({"--filter", "state!=Running", "--sort", "value", "--limit", "2", "-o", "json"});
    const Json printed = Json::parse(asked.out);
    EXPECT_EQ(printed["best"], 2);
    ASSERT_EQ(printed["items"].size(), 2U);
    EXPECT_EQ(printed["items"][0], document()["items"][1]);
    EXPECT_EQ(printed["items"][1]["trial"], 1);
}

TEST(Trials, SaysThatSomeAreLeftOut) {
    EXPECT_THAT(trials({"--limit", "3"}).err, HasSubstr("3 of 4 trials are shown\n"));
    const Asked none = trials({"--filter", "lr>7"});
    EXPECT_EQ(none.out, "");
    EXPECT_THAT(none.err, HasSubstr("0 of 4 trials are shown\n"));
    EXPECT_EQ(none.code, ExitCode::Ok);
}

TEST(Trials, WordsOfOursMayBeInAnyCase) {
    EXPECT_THAT(filtered("state=failed"), ElementsAre(3));
    EXPECT_THAT(filtered("state!=COMPLETED"), ElementsAre(2, 3, 4));
    EXPECT_THAT(filtered("failure=outofmemory"), ElementsAre(3));
    EXPECT_THAT(filtered("optimizer=ADAM"), IsEmpty()); // a word of the user's
}

TEST(Trials, AStateThatThereIsNotIsRefused) {
    FakeCluster fake;
    EXPECT_EQ(*fake.run({"trials", "mnist-4", "--filter", "state=faild"}), ExitCode::Usage);
    EXPECT_THAT(fake.err.str(), HasSubstr("did you mean \"Failed\"?"));
}

TEST(Trials, WhatReplacesAFailedOneCountsBeside) {
    Json answer = document();
    answer["maxTrials"] = 3;
    EXPECT_THAT(trials({}, answer).err, HasSubstr("3 of 3 trials and 1 more for failed ones: "));
}

TEST(Trials, SaysWhatToDoAboutAWrongNameOrField) {
    FakeCluster fake;
    fake.texts["/apis/lineage.pedigree.dev/v1alpha1"] = "{}";
    const auto missing = fake.run({"trials", "mnist-4"});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("pedigree get lists Experiments"));
    EXPECT_THAT(trials({"--sort", "speed"}).error,
                HasSubstr("the trials of mnist-4 have no \"speed\"; they have trial, state, value, "
                          "duration, attempts, failure, epochs, lr, momentum, optimizer"));
    EXPECT_THAT(trials({"--filter", "speed>1"}).error, HasSubstr("have no \"speed\""));
}

// Only lr matters; units do nothing.
Json searched(std::int64_t count) {
    Json answer{{"experiment", "mnist-4"},
                {"maxTrials", count},
                {"search",
                 {{"objective", {{"metric", "accuracy"}, {"goal", "Maximize"}}},
                  {"space",
                   {{{"name", "lr"}, {"type", "Float"}, {"min", 0}, {"max", 1}},
                    {{"name", "units"}, {"type", "Int"}, {"min", 1}, {"max", 9}}}},
                  {"maxTrials", 2}}}, // raised since
                {"items", Json::array()}};
    for (std::int64_t number = 1; number <= count; ++number) {
        const double lr = static_cast<double>(number * 7 % 20) / 20;
        answer["items"].push_back(
            item(number, "Completed", lr, {{"lr", lr}, {"units", 1 + number * 5 % 9}}));
    }
    answer["items"][1]["state"] = "Failed";
    answer["items"][1]["value"] = Json();
    answer["items"].push_back(item(count + 1, "Running", Json(), {{"lr", 0.5}, {"units", 2}}));
    answer["maxTrials"] = count + 1;
    return answer;
}

TEST(TrialImportance, TheParameterThatMattersStandsFirst) {
    const Asked asked = trials({"--importance"}, searched(20));
    EXPECT_THAT(asked.out, testing::StartsWith("PARAMETER   MATTERS"));
    EXPECT_LT(asked.out.find("\nlr "), asked.out.find("\nunits "));
    const Json printed = Json::parse(trials({"--importance", "-o", "json"}, searched(20)).out);
    EXPECT_EQ(printed["items"][0]["parameter"], "lr");
    EXPECT_GT(printed["items"][0]["share"], 0.8);
    EXPECT_LT(printed["items"][1]["share"], 0.2);
}

TEST(TrialImportance, SaysWhenThereIsTooLittleToLearnFrom) {
    EXPECT_THAT(trials({"--importance"}, searched(4)).err, HasSubstr("too few trials"));
    EXPECT_THAT(trials({"--importance"}).error, HasSubstr("mnist-4 has no search"));
}

TEST(TrialChoice, FiltersByStateValueAndParameter) {
    EXPECT_THAT(filtered("state=Failed"), ElementsAre(3));
    EXPECT_THAT(filtered("state!=Failed"), ElementsAre(1, 2, 4));
    EXPECT_THAT(filtered("lr>0.01"), ElementsAre(3, 4));
    EXPECT_THAT(filtered("lr>=1e-2"), ElementsAre(1, 3, 4));
    EXPECT_THAT(filtered("lr<0.01"), ElementsAre(2));
    EXPECT_THAT(filtered("lr=1e-2"), ElementsAre(1));
    EXPECT_THAT(filtered("value<=0.91"), ElementsAre(1)); // the others have none
    EXPECT_THAT(filtered("momentum!=0.5"), ElementsAre(3));
    EXPECT_THAT(filtered("optimizer=sgd"), ElementsAre(2, 3));
    EXPECT_THAT(filtered("optimizer>1"),
                IsEmpty()); // a word is neither more nor less than a number
    EXPECT_THAT(filtered("failure=OutOfMemory"), ElementsAre(3));
    EXPECT_THAT(filtered("duration>4m"), ElementsAre(1, 4));
    EXPECT_THAT(numbers({.filters = {*parse_filter("state=Stopped"), *parse_filter("lr>1")}}),
                IsEmpty());
}

TEST(TrialChoice, SortsAndPutsLastWhatHasNone) {
    EXPECT_THAT(numbers({.sort = "trial"}), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(numbers({.sort = "value"}), ElementsAre(2, 1, 3, 4));
    EXPECT_THAT(numbers({.sort = "duration"}), ElementsAre(4, 1, 2, 3));
    EXPECT_THAT(numbers({.sort = "lr"}), ElementsAre(2, 1, 4, 3));
    EXPECT_THAT(numbers({.sort = "momentum"}), ElementsAre(2, 3, 1, 4));
}

TEST(TrialChoice, TheBestOfALossIsTheSmallest) {
    Json answer = document();
    answer["objective"]["goal"] = "Minimize";
    const TrialList list = trial_list_from(answer);
    const auto places = chosen_trials(list, {.sort = "value"}, Instant{});
    EXPECT_THAT(*places, ElementsAre(0, 1, 2, 3));
}

TEST(TrialChoice, SaysHowAFilterIsWritten) {
    for (const char* wrong : {"", "Failed", "=Failed", "!state=x"}) {
        const auto filter = parse_filter(wrong);
        ASSERT_FALSE(filter) << wrong;
        EXPECT_THAT(filter.error().message, HasSubstr("write it like state=Failed"));
    }
    EXPECT_FALSE(parse_filter("duration>soon"));
}

TEST(TrialChoice, AnEmptyListHasNoFieldsToBeWrongAbout) {
    EXPECT_TRUE(chosen_trials(TrialList{}, {.sort = "lr"}, Instant{}));
}

} // namespace
} // namespace pedigree::cli
