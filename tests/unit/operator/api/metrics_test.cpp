// What /metrics says, read back as Prometheus would, beside the page that explains it.
#include "operator/api/metrics.h"

#include <charconv>
#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/checkout/checkout.h"

namespace pedigree::control {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Family {
    std::string type, help;
    std::set<std::string> labels;          // names, without those of a histogram
    std::map<std::string, double> samples; // by name and labels as they stand
    bool operator==(const Family&) const = default;
};

// The text form 0.0.4: comments before samples, each family in one piece, each line of a known
// form. What is not of it fails the test.
std::map<std::string, Family> parse(const std::string& text) {
    static const std::regex help(R"(# HELP ([a-zA-Z_:][\w:]*) (.+))");
    static const std::regex type(R"(# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram))");
    static const std::regex sample(
        R"(([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\["\\n])*",?)*)\})? (\S+))");
    static const std::regex label(R"re(([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)")re");
    std::map<std::string, Family> out;
    std::string current;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (std::regex_match(line, match, help)) {
            current = match[1];
            EXPECT_FALSE(out.contains(current)) << line;
            out[current].help = match[2];
        } else if (std::regex_match(line, match, type)) {
            EXPECT_EQ(match[1], current);
            out[current].type = match[2];
        } else if (std::regex_match(line, match, sample)) {
            const std::string name = match[1];
            EXPECT_TRUE(name.starts_with(current)) << line;
            Family& family = out[current];
            EXPECT_FALSE(family.type.empty()) << line;
            const std::string labels = match[2];
            for (auto it = std::sregex_iterator(labels.begin(), labels.end(), label);
                 it != std::sregex_iterator(); ++it) {
                if ((*it)[1] != "le") {
                    family.labels.insert((*it)[1]);
                }
            }
            const std::string number = match[3];
            const double value = number == "Nan"    ? std::nan("")
                                 : number == "+Inf" ? HUGE_VAL
                                                    : std::stod(number);
            family.samples[name + "{" + labels + "}"] = value;
        } else {
            ADD_FAILURE() << "no line of the text form: " << line;
        }
    }
    return out;
}

// The page's table: name -> type and labels.
std::map<std::string, Family> documented() {
    const auto page = read_file(checkout_path("docs/operate/metrics.md"));
    EXPECT_TRUE(page);
    static const std::regex row(R"(\| `(\w+)` \| (counter|gauge|histogram) \| ([^|]*)\| [^|]+ \|)");
    static const std::regex label("(?:^|, )`(\\w+)`");
    std::map<std::string, Family> out;
    std::istringstream lines(*page);
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, row)) {
            continue;
        }
        Family& family = out[match[1]];
        family.type = match[2];
        std::string labels = match[3];
        labels = std::regex_replace(labels, std::regex("\\([^)]*\\)"), ""); // their values
        labels = std::regex_replace(labels, std::regex(" +"), " ");
        labels = std::regex_replace(labels, std::regex(" ,"), ",");
        for (auto it = std::sregex_iterator(labels.begin(), labels.end(), label);
             it != std::sregex_iterator(); ++it) {
            family.labels.insert((*it)[1]);
        }
    }
    return out;
}

TEST(Metrics, ThePageAndAScrapeSayTheSame) {
    const auto scraped = parse(Metrics().text());
    const auto page = documented();
    for (const auto& [name, family] : scraped) {
        ASSERT_TRUE(page.contains(name)) << name << " is not documented";
        EXPECT_EQ(family.type, page.at(name).type) << name;
        EXPECT_EQ(family.labels, page.at(name).labels) << name;
        EXPECT_FALSE(family.help.empty()) << name;
    }
    for (const auto& [name, family] : page) {
        EXPECT_TRUE(scraped.contains(name)) << name << " is in no scrape";
    }
    EXPECT_GE(page.size(), 16u);
}

TEST(Metrics, CountsSetsAndObserves) {
    Metrics metrics;
    metrics.add(Metric::Effects, {"job.create"});
    metrics.add(Metric::Effects, {"job.create"}, 2);
    metrics.set(Metric::WorkqueueDepth, 7);
    metrics.observe(Metric::ReconcileSeconds, 0.02);
    metrics.observe(Metric::ReconcileSeconds, 100);
    metrics.raise_to(Metric::WorkqueueAdds, 5);
    metrics.raise_to(Metric::WorkqueueAdds, 3); // a counter never falls
    metrics.add(Metric::ApiRequests, {"409", "PATCH"});
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("pedigree_effects_total{effect=\"job.create\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("workqueue_depth{name=\"experiment\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("workqueue_adds_total{name=\"experiment\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("rest_client_requests_total{code=\"409\",method=\"PATCH\"} 1\n"));
    const std::string histogram = "controller_runtime_reconcile_time_seconds";
    EXPECT_THAT(text, HasSubstr(histogram + "_count{controller=\"experiment\"} 2\n"));
    EXPECT_THAT(text, HasSubstr(histogram + "_bucket{controller=\"experiment\",le=\"0.025\"} 1\n"));
    EXPECT_THAT(text, HasSubstr(histogram + "_bucket{controller=\"experiment\",le=\"+Inf\"} 2\n"));
}

TEST(Metrics, ALabelEscapesAndIsBounded) {
    Metrics metrics;
    metrics.add(Metric::Effects, {"a \"b\"\\\n}"});
    parse(metrics.text()); // still of the form
    for (int i = 0; i < 1000; ++i) {
        metrics.add(Metric::Effects, {"hostile-" + std::to_string(i)});
    }
    const auto effects = parse(metrics.text()).at("pedigree_effects_total");
    EXPECT_LE(effects.samples.size(), 65u);
    EXPECT_GT(effects.samples.at("pedigree_effects_total{effect=\"other\"}"), 900);
}

TEST(Metrics, WhatIsUnknownIsNotANumber) {
    Metrics metrics;
    metrics.set(Metric::OutboxLagSeconds, std::nan(""));
    EXPECT_TRUE(std::isnan(
        parse(metrics.text()).at("pedigree_lineage_outbox_lag_seconds").samples.begin()->second));
}

} // namespace
} // namespace pedigree::control
