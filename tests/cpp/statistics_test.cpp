#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/statistics.hpp"

using namespace bakery;

TEST_CASE("progress runs from none to all") {
    CHECK(progress_of(0, 10) == 0);
    CHECK(progress_of(5, 10) == 0.5);
    CHECK(progress_of(10, 10) == 1);
    CHECK(progress_of(11, 10) == 1);
    CHECK(progress_of(infinity, 10) == 1);
}

TEST_CASE("a score is the weighted mean, and exactly one when all is there") {
    auto f = framework();
    const auto some = [](int word) { return criterion(Some{batches, one_of(rank, {word})}); };
    f.sheets.push_back(sheet(1, {some(0), some(1), some(2), some(0), some(1), some(2)}));
    f.sheets.push_back(sheet(2, {some(0), some(1)}));
    f.sheets[1].criteria[0].weight = 3;
    f.sheets.push_back(sheet(3, {some(0)}));
    f.sheets[2].criteria[0].weight = 0;
    const auto a = assessed(f, store(2, {Row{.person = 0, .rank = 0}, Row{.person = 1, .rank = 0},
                                         Row{.person = 1, .rank = 1}, Row{.person = 1, .rank = 2}}));
    CHECK(a.score(0, 0) == 2.0 / 6);
    CHECK(a.score(0, 1) == 0.75);
    CHECK(a.score(1, 0) == 1.0);
    CHECK(a.score(1, 1) == 1.0);
    CHECK(a.score(0, 2) == 0.0);
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
    const std::vector<std::int32_t> few{0};
    CHECK_THROWS_AS(distribution(a, few, 1), AssessError);
    const std::vector<std::int32_t> wrong{0, 0, 1, 2};
    CHECK_THROWS_AS(distribution(a, wrong, 2), AssessError);
}
