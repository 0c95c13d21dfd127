#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/statistics.hpp"

using namespace bakery;
using Catch::Matchers::WithinAbs;

namespace {

/// Scores of so many people who all have come as far with the criteria of one sheet, in tenths: days of ten
/// of a batch of its own, or, of those that are all there, by turns just a batch.
Scores scores_of(const std::vector<double>& weights, const std::vector<int>& tenths, int people) {
    auto f = framework();
    Sheet made;
    made.level = 1;
    std::vector<Row> rows;
    for (std::size_t c = 0; c < weights.size(); ++c) {
        const auto number = static_cast<double>(c);
        const auto own = between(loaves, number, number);
        const bool plain = c % 2 == 0 && tenths[c] == 10;
        made.criteria.push_back({"criterion", plain ? criterion(Some{batches, own}) : criterion(Duration{batches, own, 10, true}),
                                 weights[c]});
        for (int p = 0; p < people; ++p)
            if (tenths[c] > 0) rows.push_back({.person = p, .loaves = number, .start = 1, .end = tenths[c]});
    }
    f.sheets.push_back(std::move(made));
    return assessed(f, store(people, rows)).score;
}

std::vector<double> weights_of(Random& random, int size) {
    std::vector<double> values;
    for (int i = 0; i < size; ++i) values.push_back(pick(random, 1, 30) / 10.0);
    return values;
}

std::vector<int> progress_of_all(Random& random, std::size_t size) {
    std::vector<int> values;
    for (std::size_t i = 0; i < size; ++i) values.push_back(pick(random, 0, 10));
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
    CHECK(scores_of({1, 1}, {5, 10}, 1)(0, 0) == 0.75);
    CHECK(scores_of({3, 1}, {5, 10}, 1)(0, 0) == 0.625);
    CHECK(scores_of({0, 0}, {10, 10}, 1)(0, 0) == 0);
    CHECK(scores_of({}, {}, 1)(0, 0) == 0);
    Random random(1);
    for (int size = 1; size <= 20; ++size) {
        const auto weights = weights_of(random, size);
        const auto progress = progress_of_all(random, weights.size());
        double sum = 0;
        double total = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            sum += weights[i] * progress[i] / 10;
            total += weights[i];
        }
        CHECK_THAT(scores_of(weights, progress, 1)(0, 0), WithinAbs(sum / total, 1e-14));
    }
}

TEST_CASE("a full sheet scores exactly one, whatever its weights") {
    Random random(3);
    for (int round = 0; round < 200; ++round) {
        const auto weights = weights_of(random, pick(random, 1, 24));
        const std::vector<int> full(weights.size(), 10);
        for (const int people : {1, 2, 20}) REQUIRE((scores_of(weights, full, people).array() == 1.0).all());
    }
}

TEST_CASE("a score does not depend on who else is assessed") {
    Random random(4);
    for (int round = 0; round < 100; ++round) {
        const auto weights = weights_of(random, pick(random, 1, 24));
        const auto progress = progress_of_all(random, weights.size());
        const double alone = scores_of(weights, progress, 1)(0, 0);
        for (const int people : {2, 5, 20}) REQUIRE((scores_of(weights, progress, people).array() == alone).all());
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
