#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/compare.hpp"
#include "tassei/error.hpp"

using namespace bakery;

namespace {

/// Level 1 for any batch, level 2 for one of rank 1 or above.
Framework two_levels() {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)})}));
    f.sheets.push_back(sheet(2, {criterion(Some{batches, one_of(rank, {1, 2})})}));
    return f;
}

const std::vector<std::int32_t> one_specialty{0};

std::size_t cell(std::size_t before, std::size_t after) { return before * 3 + after; }

}  // namespace

TEST_CASE("moves are counted by level before and after") {
    Row none, learner, ranked;
    learner.person = 1;
    ranked.person = 2;
    ranked.rank = 1;
    learner.start = ranked.start = 0;
    const auto f = two_levels();
    auto grown = learner;
    grown.rank = 2;
    const auto s = store(3, {learner, ranked});
    const auto t = store(3, {grown});
    const auto a = assessed(f, s);
    const auto b = assessed(f, t);
    const auto all = everybody(3);
    const Pairing pairing{all, all, one_specialty, one_specialty};
    const auto found = transitions(a, b, pairing, std::vector<std::int32_t>{0, 0, 0}, 1);
    CHECK(found.levels == std::vector<std::int32_t>{0, 1, 2});
    CHECK(found.certain[cell(0, 0)] == 1);
    CHECK(found.certain[cell(1, 2)] == 1);
    CHECK(found.certain[cell(2, 0)] == 1);
    CHECK(found.possible[cell(2, 2)] == 1);  // a blank rank may be any
    CHECK(found.possible[cell(2, 0)] == 1);
    const auto back = transitions(b, a, pairing, std::vector<std::int32_t>{0, 0, 0}, 1);
    CHECK(back.certain[cell(2, 1)] == 1);
    CHECK(back.possible[cell(2, 2)] == 1);
    const auto moved = moves(a, b, pairing);
    CHECK(moved.pair == std::vector<std::int64_t>{1, 2});
    CHECK(moved.specialty == std::vector<std::int32_t>{0, 0});
}

TEST_CASE("pairs and groups say who is meant") {
    Row ranked;
    ranked.rank = 2;
    ranked.person = 1;
    const auto f = two_levels();
    const auto s = store(2, {ranked});
    const auto a = assessed(f, s);
    // person 1 before is person 0 after; each is a group of their own
    const std::vector<std::int64_t> before{0, 1}, after{1, 0};
    const auto found = transitions(a, a, {before, after, one_specialty, one_specialty},
                                   std::vector<std::int32_t>{0, 1}, 2);
    CHECK(found.certain[cell(0, 2)] == 1);
    CHECK(found.certain[9 + cell(2, 0)] == 1);
}

TEST_CASE("pairs that lead nowhere are refused") {
    const auto f = two_levels();
    const auto s = store(1, {});
    const auto a = assessed(f, s);
    const std::vector<std::int64_t> here{0}, nowhere{1}, none;
    const std::vector<std::int32_t> unknown{1}, group{0}, beyond{1};
    CHECK_THROWS_AS(moves(a, a, {here, nowhere, one_specialty, one_specialty}), AssessError);
    CHECK_THROWS_AS(moves(a, a, {here, none, one_specialty, one_specialty}), AssessError);
    CHECK_THROWS_AS(moves(a, a, {here, here, one_specialty, unknown}), AssessError);
    const Pairing pairing{here, here, one_specialty, one_specialty};
    CHECK_THROWS_AS(transitions(a, a, pairing, {}, 1), AssessError);
    CHECK_THROWS_AS(transitions(a, a, pairing, beyond, 1), AssessError);
    CHECK(transitions(a, a, pairing, group, 1).certain[cell(0, 0)] == 1);
}
