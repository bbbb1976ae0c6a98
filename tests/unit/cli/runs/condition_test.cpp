// The conditions of `pedigree runs --where`: what they mean, and what is said of those that cannot
// be read.

#include "cli/runs/condition.h"

#include <gmock/gmock.h>

namespace pedigree::cli {
namespace {

TrackerRun run_of(std::map<std::string, std::string> parameters,
                  const std::map<std::string, double>& metrics) {
    TrackerRun run{.id = "r1",
                   .name = "colt",
                   .tracker = "MLflow",
                   .status = "FINISHED",
                   .experiment = "mnist-4",
                   .trial = 3,
                   .attempt = 1,
                   .parameters = std::move(parameters)};
    for (const auto& [name, value] : metrics) {
        run.metrics[name] = MetricValue(value);
    }
    return run;
}

const TrackerRun good = run_of({{"lr", "0.010"}, {"optimizer", "adam"}, {"version", "1.10"}},
                               {{"f1", 0.93}, {"val/loss", 0.1}, {"avg model score", 7}});

bool holds_for(const TrackerRun& run, const std::string& text) {
    const auto condition = parse_condition(text);
    EXPECT_TRUE(condition) << text << ": " << condition.error().message;
    return condition && fits(run, *condition);
}

std::string refused(const std::string& text) {
    const auto condition = parse_condition(text);
    EXPECT_FALSE(condition) << text;
    return condition ? "" : condition.error().message;
}

TEST(Condition, ComparesMetricsAndFields) {
    for (const char* text :
         {"metric.f1 > 0.9", "metric.f1>0.9", "metric.f1 == 0.93", "metric.f1 = 9.3e-1",
          "metric.f1 <= 0.93", "metric.f1 >= 0.93", "metric.f1 != 1", "metric.val/loss < 0.2",
          "name = colt", "tracker = mlflow", "status = finished", "experiment = mnist-4",
          "trial = 3", "trial < 10", "attempt = 1", "id = r1", "param.optimizer = adam",
          "param.optimizer != sgd"}) {
        EXPECT_TRUE(holds_for(good, text)) << text;
    }
    for (const char* text : {"metric.f1 > 0.93", "metric.f1 < 0.93", "metric.f1 != 0.93",
                             "name = Colt", "tracker = clearml", "param.optimizer = ada"}) {
        EXPECT_FALSE(holds_for(good, text)) << text;
    }
}

// Others compare parameters as texts, where 9 is more than 10.
TEST(Condition, ParametersAreNumbersWhereBothAre) {
    const TrackerRun run = run_of({{"batch", "9"}, {"lr", "1e-3"}, {"depth", "-4"}}, {});
    EXPECT_TRUE(holds_for(run, "param.batch < 10"));
    EXPECT_TRUE(holds_for(run, "param.batch = 9.0"));
    EXPECT_TRUE(holds_for(run, "param.lr = 0.001"));
    EXPECT_TRUE(holds_for(run, "param.depth < -3"));
    EXPECT_TRUE(holds_for(good, "param.version = 1.1"));
    // What stands in quotes is a text.
    EXPECT_FALSE(holds_for(good, "param.version = '1.1'"));
    EXPECT_TRUE(holds_for(good, "param.version = '1.10'"));
    // A number and a word have no order, and are not the same.
    EXPECT_FALSE(holds_for(good, "param.optimizer < 5"));
    EXPECT_FALSE(holds_for(good, "param.optimizer > 5"));
    EXPECT_TRUE(holds_for(good, "param.optimizer != 5"));
}

// A filter there must not hold "or"; here it does, and "and" binds closer.
TEST(Condition, JoinsWithAndOrAndParentheses) {
    EXPECT_TRUE(holds_for(good, "metric.f1 > 2 and trial = 9 or name = colt"));
    EXPECT_TRUE(holds_for(good, "name = colt or metric.f1 > 2 and trial = 9"));
    EXPECT_FALSE(holds_for(good, "(name = colt or metric.f1 > 2) and trial = 9"));
    EXPECT_TRUE(holds_for(good, "((name = colt)) AND trial = 3 And metric.f1 > 0"));
    EXPECT_TRUE(holds_for(good, "(trial=9)or(trial=3)"));
}

// A metric's name may hold blanks and signs: of another tool such a name could not be asked for.
TEST(Condition, NamesWithBlanksStandInQuotes) {
    for (const char* text : {"metric.\"avg model score\" > 5", "metric.'avg model score' > 5",
                             "metric.`avg model score` > 5"}) {
        EXPECT_TRUE(holds_for(good, text)) << text;
    }
    const TrackerRun odd =
        run_of({{"a \"b\"", "it's"}, {"größe", "2"}}, {{"cross-entropy-loss", 1}});
    EXPECT_TRUE(holds_for(odd, "param.'a \"b\"' = \"it's\""));
    EXPECT_TRUE(holds_for(odd, "param.größe = 2"));
    EXPECT_TRUE(holds_for(odd, "metric.cross-entropy-loss = 1"));
}

TEST(Condition, ARunWithoutTheFieldFitsNothing) {
    EXPECT_FALSE(holds_for(good, "metric.f2 > 0"));
    EXPECT_FALSE(holds_for(good, "metric.f2 != 0"));
    EXPECT_FALSE(holds_for(good, "param.none = ''"));
    EXPECT_TRUE(holds_for(run_of({{"none", ""}}, {}), "param.none = ''"));
    EXPECT_FALSE(holds_for(TrackerRun{}, "trial < 5"));
}

TEST(Condition, NanStandsBeforeAndBehindNothing) {
    const TrackerRun run = run_of({}, {{"loss", std::numeric_limits<double>::quiet_NaN()},
                                       {"norm", std::numeric_limits<double>::infinity()}});
    EXPECT_FALSE(holds_for(run, "metric.loss < 1"));
    EXPECT_FALSE(holds_for(run, "metric.loss > 1"));
    EXPECT_TRUE(holds_for(run, "metric.loss = NaN"));
    EXPECT_TRUE(holds_for(run, "metric.loss != 1"));
    EXPECT_FALSE(holds_for(good, "metric.f1 < NaN"));
    EXPECT_FALSE(holds_for(good, "metric.f1 = NaN"));
    EXPECT_TRUE(holds_for(run, "metric.norm > 1e300"));
    EXPECT_TRUE(holds_for(run, "metric.norm = Infinity"));
}

TEST(Condition, AnErrorNamesTheColumnAndWhatShouldStandThere) {
    EXPECT_EQ(refused(""), "nothing is asked for; write it like "
                           "'metric.f1 > 0.9 and param.lr < 0.01'");
    EXPECT_EQ(refused("  "), refused(""));
    EXPECT_EQ(refused("metric.f1 >"), "column 12: a value must stand here, not the end");
    EXPECT_EQ(refused("metric.f1 > and trial = 1"),
              "column 13: a value must stand here, not \"and\"");
    EXPECT_EQ(refused("metric.f1 0.9"), "column 11: =, !=, <, <=, > or >= must stand here, not "
                                        "\"0.9\"");
    EXPECT_EQ(refused("metric.f1 > 0.9 param.lr < 1"),
              "column 17: \"and\", \"or\" or the end must stand here, not \"param.lr\"");
    EXPECT_EQ(refused("metric.f1 > 0.9 and"),
              "column 20: a field like metric.f1, param.lr or status must stand here, not the end");
    EXPECT_EQ(refused("(metric.f1 > 0.9"), "column 1: the \"(\" is never closed");
    EXPECT_EQ(refused("trial = 1)"),
              "column 10: \"and\", \"or\" or the end must stand here, not \")\"");
    EXPECT_EQ(refused("größe = 1 and name = 'x"), "column 1: a run has no \"größe\"; it has "
                                                  "metric.NAME, param.NAME, name, id, tracker, "
                                                  "status, experiment, project, trial, attempt");
    EXPECT_EQ(refused("param.größe = 'x"), "column 15: the quote ' is never closed");
    EXPECT_EQ(refused("stats = FINISHED"), "column 1: a run has no \"stats\"; did you mean "
                                           "\"status\"?");
    EXPECT_EQ(refused("metric.f1 > high"),
              "column 13: metric.f1 is a number, and \"high\" is none");
    EXPECT_EQ(refused("metric.f1 > 0.9and"),
              "column 13: metric.f1 is a number, and \"0.9and\" is none");
    EXPECT_THAT(refused("metric. > 1"),
                testing::StartsWith("column 1: a run has no \"metric.\"; it has metric.NAME"));
    EXPECT_EQ(refused("trial ! 1"), "column 7: \"!\" may stand in quotes only");
}

TEST(Condition, HostileTextIsRefusedInPrintableWords) {
    for (const std::string& text :
         {std::string("name = \x1b]0;owned\x07"), std::string("name \0= x", 9),
          std::string("name = x; drop table run"), std::string("name = $(reboot)"),
          std::string("\xff\xfe = 1"), std::string("name = a\\"), std::string(1000, '('),
          std::string("name = 'x' 'y'"), std::string("= = ="), std::string(")("),
          std::string("or or or"), std::string("trial = 1 and and trial = 1")}) {
        const std::string message = refused(text);
        EXPECT_THAT(message, testing::StartsWith("column ")) << text;
        EXPECT_LT(message.size(), 300U) << message;
        for (const char c : message) {
            EXPECT_GE(static_cast<unsigned char>(c), 0x20U) << message;
        }
    }
}

std::string nested(std::size_t depth) {
    return std::string(depth, '(') + "trial = 3" + std::string(depth, ')');
}

TEST(Condition, IsBoundedInLengthAndDepth) {
    EXPECT_TRUE(holds_for(good, nested(condition_depth_max - 1)));
    EXPECT_TRUE(holds_for(good, nested(condition_depth_max)));
    EXPECT_EQ(refused(nested(condition_depth_max + 1)),
              "column 33: more than 32 parentheses within one another");
    EXPECT_TRUE(holds_for(good, "(" + nested(condition_depth_max - 1) + ") and " + nested(3)));
    const std::string short_one = "trial = 3 or name = ";
    const auto filled = [&](std::size_t bytes) {
        return short_one + std::string(bytes - short_one.size(), 'x');
    };
    EXPECT_TRUE(holds_for(good, filled(condition_bytes_max - 1)));
    EXPECT_TRUE(holds_for(good, filled(condition_bytes_max)));
    EXPECT_EQ(refused(filled(condition_bytes_max + 1)), "is 4097 bytes long, and may be 4096");
}

TEST(Condition, SaysWhichFieldsItSpeaksOf) {
    std::vector<std::string> texts;
    for (const RunField& field :
         fields_in(*parse_condition("metric.f1 > 1 or (trial = 2 and param.\"a b\" = c)"))) {
        texts.push_back(field.text());
    }
    EXPECT_THAT(texts, testing::ElementsAre("metric.f1", "trial", "param.a b"));
}

} // namespace
} // namespace pedigree::cli
