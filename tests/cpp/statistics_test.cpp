#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/statistics.hpp"

using namespace bakery;
using Catch::Matchers::WithinAbs;

namespace {

/// A plan of one sheet, of which only the weights matter.
Plan weighted(std::vector<double> weights) {
    Plan plan;
    plan.sheets.push_back({.specialty = 0, .level = 1, .first_criterion = 0,
                           .criteria = static_cast<int>(weights.size()), .deemed_by = {}});
    plan.weights = std::move(weights);
    return plan;
}

/// Scores of so many people who all have come as far.
Scores scores_of(const Plan& plan, const std::vector<double>& progress, Eigen::Index people) {
    Scores table(people, static_cast<Eigen::Index>(progress.size()));
    for (std::size_t c = 0; c < progress.size(); ++c) table.col(static_cast<Eigen::Index>(c)).setConstant(progress[c]);
    Scores scores(people, 1);
    score(plan, table, scores);
    return scores;
}

std::vector<double> tenths(Random& random, int size, int most) {
    std::vector<double> values;
    for (int i = 0; i < size; ++i) values.push_back(pick(random, 1, most) / 10.0);
    return values;
}

}  // namespace

TEST_CASE("progress runs from none to all") {
    CHECK(progress_of(0, 10) == 0);
    CHECK(progress_of(5, 10) == 0.5);
    CHECK(progress_of(9.999999, 10) < 1);
    CHECK(progress_of(10, 10) == 1);
    CHECK(progress_of(11, 10) == 1);
    CHECK(progress_of(infinity, 10) == 1);
    CHECK(progress_of(0, infinity) == 0);
    CHECK(progress_of(0, 0) == 1);
}

TEST_CASE("a score is the weighted mean, and exactly one when all is there") {
    auto f = framework();
    const auto some = [](int word) { return criterion(Some{batches, one_of(rank, {word})}); };
    f.sheets.push_back(sheet(1, {some(0), some(1), some(2), some(0), some(1), some(2)}));
    f.sheets.push_back(sheet(2, {some(0), some(1)}));
    f.sheets[1].criteria[0].weight = 3;
    f.sheets.push_back(sheet(3, {some(0)}));
    f.sheets[2].criteria[0].weight = 0;
    f.sheets.push_back(sheet(4, {some(0), some(1)}));
    f.sheets[3].criteria[0].weight = 0;
    const auto a = assessed(f, store(2, {Row{.person = 0, .rank = 0}, Row{.person = 1, .rank = 0},
                                         Row{.person = 1, .rank = 1}, Row{.person = 1, .rank = 2}}));
    CHECK(a.score(0, 0) == 2.0 / 6);
    CHECK(a.score(0, 1) == 0.75);
    CHECK(a.score(1, 0) == 1.0);
    CHECK(a.score(1, 1) == 1.0);
    CHECK(a.score(0, 2) == 0.0);  // nothing has a weight
    CHECK(a.score(0, 3) == 0.0);  // what is there has none
    CHECK(a.score(1, 3) == 1.0);
}

TEST_CASE("the mean minds every criterion's own progress and weight") {
    CHECK(scores_of(weighted({1, 1}), {0.5, 0.25}, 1)(0, 0) == 0.375);
    CHECK(scores_of(weighted({3, 1}), {0.5, 1}, 1)(0, 0) == 0.625);
    CHECK(scores_of(weighted({0, 0}), {1, 1}, 1)(0, 0) == 0);
    CHECK(scores_of(weighted({}), {}, 1)(0, 0) == 0);
    Random random(1);
    for (int size = 1; size <= 20; ++size) {
        const auto weights = tenths(random, size, 30);
        const auto progress = tenths(random, size, 10);
        double sum = 0;
        double total = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            sum += weights[i] * progress[i];
            total += weights[i];
        }
        CHECK_THAT(scores_of(weighted(weights), progress, 1)(0, 0), WithinAbs(sum / total, 1e-14));
    }
}

TEST_CASE("of up to seven criteria a full sheet scores exactly one, and everybody by the same sum") {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        const int size = pick(random, 1, 7);
        const auto plan = weighted(tenths(random, size, 30));
        const auto progress = tenths(random, size, 10);
        const double alone = scores_of(plan, progress, 1)(0, 0);
        for (const Eigen::Index people : {1, 2, 5, 8, 17, 256}) {
            REQUIRE((scores_of(plan, std::vector<double>(progress.size(), 1), people).array() == 1.0).all());
            REQUIRE((scores_of(plan, progress, people).array() == alone).all());
        }
    }
}

// The two below do not hold yet, for Eigen adds the weights and the products in orders of its own, which
// depend on how many people there are: take the tag away once they do.

TEST_CASE("of many criteria a full sheet scores exactly one", "[!shouldfail]") {
    Random random(3);
    for (int round = 0; round < 200; ++round) {
        const auto plan = weighted(tenths(random, pick(random, 8, 24), 30));
        const std::vector<double> full(plan.weights.size(), 1);
        for (const Eigen::Index people : {1, 2, 256}) REQUIRE((scores_of(plan, full, people).array() == 1.0).all());
    }
}

TEST_CASE("of many criteria a score does not depend on who else is assessed", "[!shouldfail]") {
    Random random(4);
    for (int round = 0; round < 200; ++round) {
        const auto plan = weighted(tenths(random, pick(random, 8, 24), 30));
        const auto progress = tenths(random, static_cast<int>(plan.weights.size()), 10);
        const double alone = scores_of(plan, progress, 1)(0, 0);
        for (const Eigen::Index people : {2, 5, 256}) REQUIRE((scores_of(plan, progress, people).array() == alone).all());
    }
}

TEST_CASE("people are counted by group and level, certain and possible") {
    auto f = framework();
    f.sheets.push_back(sheet(4, {criterion(Some{batches, one_of(rank, {2})})}));
    const auto a = assessed(f, store(4, {Row{.person = 0, .rank = 2}, Row{.person = 1}, Row{.person = 2, .rank = 0}}));
    const std::vector<std::int32_t> groups{0, 0, 1, 1};
    const auto d = distribution(a, groups, 2);
    CHECK(d.levels == std::vector<std::int32_t>{0, 4});
    CHECK(d.people == std::vector<std::int64_t>{2, 2});
    CHECK(d.certain == std::vector<std::int64_t>{1, 1, 2, 0});
    CHECK(d.possible == std::vector<std::int64_t>{0, 2, 2, 0});
    SECTION("a group may have nobody") {
        const auto empty = distribution(a, groups, 3);
        CHECK(empty.people == std::vector<std::int64_t>{2, 2, 0});
        CHECK(empty.certain == std::vector<std::int64_t>{1, 1, 2, 0, 0, 0});
    }
    SECTION("everybody needs a group that there is") {
        const std::vector<std::int32_t> few{0};
        CHECK_THROWS_AS(distribution(a, few, 1), AssessError);
        const std::vector<std::int32_t> high{0, 0, 1, 2};
        CHECK_THROWS_AS(distribution(a, high, 2), AssessError);
        const std::vector<std::int32_t> low{0, 0, 1, -1};
        CHECK_THROWS_AS(distribution(a, low, 2), AssessError);
    }
}

TEST_CASE("levels of all specialties are counted, each specialty's own") {
    auto f = framework();
    f.specialties.push_back({"cake", -1, {}});
    for (const int level : {5, 3}) f.sheets.push_back(sheet(level, {criterion(Some{batches, one_of(rank, {level - 3})})}));
    f.sheets.push_back(sheet(3, {criterion(Some{batches, one_of(flour, {0})})}));
    f.sheets[2].specialty = 1;
    const auto a = assessed(f, store(3, {Row{.person = 0, .rank = 2, .flour = 1}, Row{.person = 1, .rank = 0}}));
    const std::vector<std::int32_t> groups{0, 0, 0};
    const auto d = distribution(a, groups, 1);
    CHECK(d.levels == std::vector<std::int32_t>{0, 3, 5});
    CHECK(d.certain == std::vector<std::int64_t>{1, 1, 1, 3, 0, 0});
    CHECK(d.possible == std::vector<std::int64_t>{1, 1, 1, 2, 1, 0});
}

TEST_CASE("of nobody the counts are there, and zero") {
    auto f = framework();
    f.sheets.push_back(sheet(2, {}));
    const auto d = distribution(assessed(f, store(0, {})), {}, 1);
    CHECK(d.levels == std::vector<std::int32_t>{0, 2});
    CHECK(d.people == std::vector<std::int64_t>{0});
    CHECK(d.certain == std::vector<std::int64_t>{0, 0});
}
