#include <algorithm>
#include <cmath>

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

Framework referring(std::vector<std::vector<int>> references) {
    auto f = framework();
    for (const auto& others : references) {
        std::vector<Criterion> criteria;
        for (const int other : others) criteria.push_back(criterion(OtherSheet{other}));
        f.sheets.push_back(sheet(static_cast<int>(f.sheets.size()) + 1, std::move(criteria)));
    }
    return f;
}

}  // namespace

TEST_CASE("a framework whose tests fit its columns is accepted") {
    CHECK_NOTHROW(check(framework()));
    CHECK_NOTHROW(check(asking(all({one_of(rank, {0, 2}), one_of(flour, {}), contains(extras, 3, 1),
                                    negation(between(loaves, 1, 2))}))));
    CHECK_NOTHROW(check(with(criterion(Duration{batches, constant(true), 1, false}))));
    CHECK_NOTHROW(check(with(criterion(Distinct{courses, topic, constant(true), 1}))));
    CHECK_NOTHROW(check(with(criterion(AtLeastCriteria{0, {}}))));
}

TEST_CASE("what a framework asks must exist and fit") {
    auto f = framework();
    SECTION("a table after the last") { f = with(criterion(Some{2, constant(true)})); }
    SECTION("a table before the first") { f = with(criterion(Count{-1, constant(true), 1, {}})); }
    SECTION("a column after the last") { f = asking(one_of(checked + 1, {0})); }
    SECTION("a column before the first") { f = asking(one_of(-1, {0})); }
    SECTION("a word of a number") { f = asking(one_of(loaves, {0})); }
    SECTION("a word of a set") { f = asking(one_of(extras, {0})); }
    SECTION("a word of a date") { f = asking(one_of(start, {0})); }
    SECTION("a word after the last") { f = asking(one_of(rank, {3})); }
    SECTION("a word before the first") { f = asking(one_of(rank, {-1})); }
    SECTION("items of an ordinal") { f = asking(contains(rank, 1, 1)); }
    SECTION("a set of more than 64 words") {
        f = asking(contains(extras, 1, 1));
        f.tables[batches].columns[extras].words = 65;
    }
    SECTION("a number of a set") { f = asking(between(extras, 1, 2)); }
    SECTION("nonsense inside a group") { f = asking(any({constant(true), one_of(rank, {3})})); }
    SECTION("nonsense inside a negation") { f = asking(negation(one_of(rank, {3}))); }
    SECTION("nonsense inside a nested count") {
        f = with(criterion(Count{batches, constant(true), 1, {{one_of(rank, {3}), 1}}}));
    }
    SECTION("a negation of nothing") { f = asking({Not{{}}}); }
    SECTION("a negation of two things") { f = asking({Not{{constant(true), constant(true)}}}); }
    SECTION("a duration without a start") { f = with(criterion(Duration{courses, constant(true), 1, true})); }
    SECTION("distinct words of an ordinal") { f = with(criterion(Distinct{batches, rank, constant(true), 1})); }
    SECTION("distinct words without a column") { f = with(criterion(Distinct{courses, 2, constant(true), 1})); }
    SECTION("distinct words of more than 64") {
        f = with(criterion(Distinct{courses, topic, constant(true), 1}));
        f.tables[courses].columns[topic].words = 65;
    }
    SECTION("a sheet that is not there") { f = with(criterion(OtherSheet{1})); }
    SECTION("a criterion that negates nothing") { f = with(criterion(NotCriterion{{}})); }
    SECTION("nonsense inside a group of criteria") {
        f = with(criterion(AtLeastCriteria{1, {criterion(NotCriterion{{criterion(OtherSheet{-1})}})}}));
    }
    SECTION("a specialty that is not there") { f.sheets.push_back({.specialty = 1, .level = 1, .criteria = {}}); }
    SECTION("a deeming of no sheet") { f.deemings.push_back({criterion(Constant{true}), {0}}); }
    SECTION("a deeming that asks nonsense") { f.deemings.push_back({criterion(Some{7, constant(true)}), {}}); }
    SECTION("a grade that asks nonsense") {
        f.specialties[0].grade_table = batches;
        f.specialties[0].grades = {{1, one_of(rank, {3})}};
    }
    SECTION("grades of a table that is not there") { f.specialties[0].grades = {{1, constant(true)}}; }
    SECTION("a start after the last column") { f.tables[batches].start = 99; }
    SECTION("a start that is no date") { f.tables[batches].start = rank; }
    SECTION("an identity that is no text") { f.tables[batches].identity = rank; }
    SECTION("a verification that is no ordinal") { f.tables[batches].verification = flour; }
    SECTION("more words than codes") { f.tables[batches].columns[rank].words = 65'535; }
    SECTION("fewer words than none") { f.tables[batches].columns[flour].words = -1; }
    SECTION("an end that is no number") { f = asking(between(loaves, 0, std::nan(""))); }
    SECTION("fewer parts than none") { f = asking(at_least(-1, {constant(true)})); }
    SECTION("fewer criteria than none") { f = with(criterion(AtLeastCriteria{-1, {}})); }
    CHECK_THROWS_AS(check(f), FrameworkError);
}

TEST_CASE("sheets come after those that they refer to") {
    CHECK(evaluation_order(framework()).empty());
    CHECK(evaluation_order(referring({{}, {}, {}})) == std::vector<int>{0, 1, 2});
    CHECK(evaluation_order(referring({{2}, {}, {1}})) == std::vector<int>{1, 2, 0});
    CHECK(evaluation_order(referring({{1, 2}, {3}, {3}, {}})) == std::vector<int>{3, 1, 2, 0});
    SECTION("also inside groups and negations") {
        auto f = referring({{}, {}});
        auto inner = criterion(NotCriterion{{criterion(OtherSheet{1})}});
        f.sheets[0] = sheet(1, {criterion(AtLeastCriteria{1, {std::move(inner)}})});
        CHECK(evaluation_order(f) == std::vector<int>{1, 0});
    }
    SECTION("also where evidence that stands for them refers to others") {
        auto f = referring({{}, {}});
        f.deemings.push_back({criterion(OtherSheet{1}), {0}});
        CHECK(evaluation_order(f) == std::vector<int>{1, 0});
    }
}

TEST_CASE("sheets that wait for each other are refused") {
    CHECK_THROWS_AS(evaluation_order(referring({{0}})), FrameworkError);
    CHECK_THROWS_AS(evaluation_order(referring({{1}, {0}})), FrameworkError);
    CHECK_THROWS_AS(evaluation_order(referring({{}, {2}, {3}, {1}})), FrameworkError);
    auto f = referring({{}, {0}});
    f.deemings.push_back({criterion(OtherSheet{1}), {0}});
    CHECK_THROWS_AS(evaluation_order(f), FrameworkError);
}
