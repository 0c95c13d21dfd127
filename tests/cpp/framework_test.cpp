#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

namespace {

Framework with(Criterion criterion) {
    auto f = framework();
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    return f;
}

Framework asking(Condition condition) { return with(criterion(Some{batches, std::move(condition)})); }

}  // namespace

TEST_CASE("what a framework asks must exist and fit") {
    CHECK_NOTHROW(check(asking(all({one_of(rank, {0}), contains(extras, 3, 1), between(loaves, 1, 2)}))));
    CHECK_THROWS_AS(check(with(criterion(Some{7, constant(true)}))), FrameworkError);
    CHECK_THROWS_AS(check(asking(one_of(99, {0}))), FrameworkError);
    CHECK_THROWS_AS(check(asking(one_of(loaves, {0}))), FrameworkError);
    CHECK_THROWS_AS(check(asking(one_of(rank, {3}))), FrameworkError);
    CHECK_THROWS_AS(check(asking(contains(rank, 1, 1))), FrameworkError);
    CHECK_THROWS_AS(check(asking(between(extras, 1, 2))), FrameworkError);
    CHECK_THROWS_AS(check(asking(any({constant(true), one_of(rank, {3})}))), FrameworkError);
    CHECK_THROWS_AS(check(asking({Not{{}}})), FrameworkError);
    CHECK_THROWS_AS(check(with(criterion(Duration{courses, constant(true), 1, true}))), FrameworkError);
    CHECK_THROWS_AS(check(with(criterion(Distinct{batches, rank, constant(true), 1}))), FrameworkError);
    CHECK_THROWS_AS(check(with(criterion(OtherSheet{5}))), FrameworkError);
    CHECK_THROWS_AS(check(with(criterion(NotCriterion{{}}))), FrameworkError);
    auto f = framework();
    f.deemings.push_back({criterion(Constant{true}), {3}});
    CHECK_THROWS_AS(check(f), FrameworkError);
    f = framework();
    f.sheets.push_back({.specialty = 4, .level = 1, .criteria = {}});
    CHECK_THROWS_AS(check(f), FrameworkError);
}

TEST_CASE("sheets come after those that they refer to") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(OtherSheet{2})}));
    f.sheets.push_back(sheet(2, {criterion(Constant{true})}));
    f.sheets.push_back(sheet(3, {criterion(NotCriterion{{criterion(OtherSheet{1})}})}));
    CHECK(evaluation_order(f) == std::vector<int>{1, 2, 0});
    f.sheets[1] = sheet(2, {criterion(AtLeastCriteria{1, {criterion(OtherSheet{0})}})});
    CHECK_THROWS_AS(evaluation_order(f), FrameworkError);
}
