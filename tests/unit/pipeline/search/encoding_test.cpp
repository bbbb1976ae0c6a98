#include "pipeline/search/sample/encoding.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace pedigree::search {
namespace {

Dimension number(std::string name, DimensionType type, double minimum, double maximum,
                 double step = 0) {
    Dimension dimension;
    dimension.name = std::move(name);
    dimension.type = type;
    dimension.minimum = minimum;
    dimension.maximum = maximum;
    dimension.step = step;
    return dimension;
}

Dimension choice(std::string name, std::vector<ParameterValue> values) {
    Dimension dimension;
    dimension.name = std::move(name);
    dimension.type = DimensionType::Categorical;
    dimension.values = std::move(values);
    return dimension;
}

// Every kind of dimension, a tree and both kinds of constraint.
Space whole_space() {
    Space space;
    space.dimensions = {
        choice("optimizer", {std::string("sgd"), std::string("adam")}),
        number("momentum", DimensionType::Float, 0, 1, 0.1),
        number("nesterov", DimensionType::Int, 0, 1, 1),
        number("rate", DimensionType::Float, 1e-4, 1),
        number("layers", DimensionType::Int, 1, 64, 1),
        number("dropout", DimensionType::Float, 0.01, 0.99),
        choice("size", {std::int64_t{1}, 2.5, std::int64_t{7}}),
    };
    space.dimensions[1].when = {{"optimizer", {std::string("sgd")}}};
    space.dimensions[2].when = {{"momentum", {0.9, std::int64_t{1}}}};
    space.dimensions[3].scale = Scale::Log;
    space.dimensions[4].scale = Scale::Log;
    space.dimensions[5].scale = Scale::Logit;
    space.dimensions[6].weights = {1, 2, 1};
    space.linear = {{{{"layers", 1}, {"momentum", 10}}, -INFINITY, 60}};
    space.forbidden = {{{"optimizer", {std::string("adam")}}, {"size", {2.5}}}};
    return space;
}

TEST(Encoding, EveryDrawComesBackThroughItsParameters) {
    const Space space = whole_space();
    const Encoding encoding(space);
    Stream stream(3, 1, Purpose::Random);
    int allowed = 0;
    for (int i = 0; i < 2000; ++i) {
        const Point point = encoding.draw(stream);
        const Parameters parameters = encoding.decode(point);
        const auto again = encoding.encode(parameters);
        ASSERT_TRUE(again);
        for (std::size_t k = 0; k < point.size(); ++k) {
            EXPECT_NEAR((*again)[k], point[k], 1e-12);
        }
        EXPECT_EQ(parameters.contains("momentum"),
                  std::get<std::string>(parameters.at("optimizer")) == "sgd");
        const double rate = std::get<double>(parameters.at("rate"));
        EXPECT_TRUE(rate >= 1e-4 && rate <= 1) << rate;
        allowed += encoding.is_allowed(point) ? 1 : 0;
    }
    EXPECT_GT(allowed, 1000);
    EXPECT_LT(allowed, 2000);
}

// What a person would write: no sum of steps that equals no number of theirs.
TEST(Encoding, LevelsAreTheShortestDecimals) {
    const auto values = [](double minimum, double maximum, double step) {
        Space space;
        space.dimensions = {number("x", DimensionType::Float, minimum, maximum, step)};
        const Encoding encoding(space);
        std::vector<double> found;
        for (std::int64_t level = 0; level < encoding.levels(0); ++level) {
            const Point point{static_cast<double>(level)};
            const Parameters parameters = encoding.decode(point);
            found.push_back(std::get<double>(parameters.at("x")));
            EXPECT_EQ(encoding.encode(parameters), point);
        }
        return found;
    };
    EXPECT_EQ(values(0, 0.5, 0.1), (std::vector<double>{0, 0.1, 0.2, 0.3, 0.4, 0.5}));
    EXPECT_EQ(values(0.8, 1, 0.1), (std::vector<double>{0.8, 0.9, 1}));
    EXPECT_EQ(values(-0.3, 0.3, 0.3), (std::vector<double>{-0.3, 0, 0.3}));
    EXPECT_FALSE(std::signbit(values(-0.6, 0.6, 0.2)[3]));
    EXPECT_EQ(values(1e-7, 3e-7, 1e-7), (std::vector<double>{1e-7, 2e-7, 3e-7}));
    EXPECT_EQ(values(0.1, 0.7, 0.01)[59], 0.69);
    EXPECT_EQ(values(0, 1, 1.0 / 3)[2], 2.0 / 3) << "what is no decimal stays as it is";
    EXPECT_EQ(values(1e17, 3e17, 1e17), (std::vector<double>{1e17, 2e17, 3e17}));
}

TEST(Encoding, ConditionsFollowAChain) {
    const Space space = whole_space();
    const Encoding encoding(space);
    Stream stream(1, 1, Purpose::Random);
    Point point = encoding.draw(stream);
    point[0] = 0;
    point[1] = 9; // momentum 0.9
    encoding.settle(point, stream);
    EXPECT_NE(point[2], absent);
    point[0] = 1; // adam has no momentum, and what hangs on momentum goes with it
    encoding.settle(point, stream);
    EXPECT_EQ(point[1], absent);
    EXPECT_EQ(point[2], absent);
}

TEST(Encoding, ConstraintsSayNothingWhereAParameterHasNoValue) {
    const Space space = whole_space();
    const Encoding encoding(space);
    Parameters parameters{{"optimizer", std::string("adam")},
                          {"rate", 0.1},
                          {"layers", std::int64_t{64}},
                          {"dropout", 0.5},
                          {"size", std::int64_t{1}}};
    EXPECT_TRUE(encoding.is_allowed(*encoding.encode(parameters)));
    parameters["size"] = 2.5;
    EXPECT_FALSE(encoding.is_allowed(*encoding.encode(parameters)));
    parameters["optimizer"] = std::string("sgd");
    parameters["momentum"] = 0.5;
    EXPECT_FALSE(encoding.is_allowed(*encoding.encode(parameters))); // 64 + 5 > 60
    parameters["layers"] = std::int64_t{55};
    EXPECT_TRUE(encoding.is_allowed(*encoding.encode(parameters)));
}

TEST(Encoding, RefusesWhatIsNotOfTheSpace) {
    const Space space = whole_space();
    const Encoding encoding(space);
    const Parameters right{{"optimizer", std::string("adam")},
                           {"rate", 0.1},
                           {"layers", 3.0},
                           {"dropout", 0.5},
                           {"size", 7.0}};
    EXPECT_TRUE(encoding.encode(right));
    for (const auto& [name, value] : Parameters{{"rate", 2.0},
                                                {"layers", 1.5},
                                                {"size", std::int64_t{2}},
                                                {"optimizer", std::string("rmsprop")},
                                                {"momentum", 0.1},
                                                {"unknown", 1.0}}) {
        Parameters wrong = right;
        wrong[name] = value;
        EXPECT_FALSE(encoding.encode(wrong)) << name;
    }
    Parameters less = right;
    less.erase("rate");
    EXPECT_FALSE(encoding.encode(less));
}

TEST(Encoding, LevelsAreAllAsLikely) {
    Space space;
    space.dimensions = {number("n", DimensionType::Int, 1, 4, 1)};
    const Encoding encoding(space);
    Stream stream(1, 1, Purpose::Random);
    std::map<double, int> counts;
    for (int i = 0; i < 40'000; ++i) {
        ++counts[encoding.draw(stream)[0]];
    }
    for (double level = 0; level < 4; ++level) {
        EXPECT_NEAR(counts[level], 10'000, 400);
    }
}

TEST(Encoding, WeightsAndPriorsShapeTheDraws) {
    Space space;
    space.dimensions = {choice("c", {true, false}), number("x", DimensionType::Float, 0, 10)};
    space.dimensions[0].weights = {1, 3};
    space.dimensions[1].prior = {PriorType::Normal, 2, 0.5, 1, 1};
    const Encoding encoding(space);
    EXPECT_EQ(encoding.draw(0, 0.24), 0);
    EXPECT_EQ(encoding.draw(0, 0.26), 1);
    EXPECT_NEAR(encoding.draw(1, 0.5), 0.2, 1e-4);
    EXPECT_NEAR(encoding.draw(1, 0.8413447460685429), 0.25, 1e-4);
}

TEST(Encoding, EnumeratesATreeOnceEach) {
    Space space;
    space.dimensions = {choice("optimizer", {std::string("sgd"), std::string("adam")}),
                        number("momentum", DimensionType::Float, 0, 1, 0.5),
                        number("batch", DimensionType::Int, 1, 2, 1)};
    space.dimensions[1].when = {{"optimizer", {std::string("sgd")}}};
    space.forbidden = {{{"momentum", {0.5}}, {"batch", {std::int64_t{2}}}}};
    const Encoding encoding(space);
    const auto points = all_points(encoding, 100);
    ASSERT_TRUE(points);
    EXPECT_EQ(points->size(), (3 + 1) * 2 - 1);
    EXPECT_EQ(std::set<Point>(points->begin(), points->end()).size(), points->size());
    EXPECT_FALSE(all_points(encoding, 7));
    space.dimensions[1].step = 0;
    EXPECT_FALSE(all_points(Encoding(space), 1000));
}

TEST(Encoding, StandsForScalesByTheirPlaces) {
    Space space;
    space.dimensions = {number("log", DimensionType::Float, 1, 100),
                        number("reverse", DimensionType::Float, 1, 100),
                        number("int", DimensionType::Int, 1, 100, 1)};
    space.dimensions[0].scale = Scale::Log;
    space.dimensions[1].scale = Scale::ReverseLog;
    space.dimensions[2].scale = Scale::Log;
    const Encoding encoding(space);
    EXPECT_NEAR(*encoding.position(0, 10.0), 0.5, 1e-12);
    EXPECT_NEAR(*encoding.position(1, 91.0), 0.5, 1e-12); // 101 - 10
    EXPECT_NEAR(encoding.unit(2, 9), 0.5, 1e-12);         // level 9 is 10
}

} // namespace
} // namespace pedigree::search
