#include "tassei/gap.hpp"

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

namespace {

constexpr Day today = 1000;

const Addition& only(const Way& way) {
    REQUIRE(way.additions.size() == 1);
    return way.additions.front();
}

/// All ways for person 0 to a framework's only sheet, with plain costs.
Ways ways_of(std::vector<Criterion> criteria, const std::vector<Row>& rows,
             const std::vector<CourseRow>& taken = {}, const Costs& costs = {}) {
    auto f = framework();
    f.sheets.push_back(sheet(1, std::move(criteria)));
    const auto s = store(1, rows, taken);
    return gap(assessed(f, s), costs, 0, 0);
}

/// The gap of person 0, who has no records, to a framework's only sheet.
struct Gap {
    double cost = 0;
    bool exact = true;
};

Gap from_nothing(std::vector<Criterion> criteria, const Costs& costs = {}, Framework f = framework()) {
    f.sheets.push_back(sheet(1, std::move(criteria)));
    const auto s = store(1, {});
    const std::int64_t persons[] = {0};
    const auto found = gaps(assessed(f, s), costs, persons);
    REQUIRE(found.cost.size() == 1);
    return {found.cost.front(), found.exact.front() != 0};
}

Condition size(int loaves_each) { return between(loaves, loaves_each, loaves_each); }

/// One criterion for each of so many sizes.
template <class Asked>
std::vector<Criterion> each_size(int sizes, Asked asked) {
    std::vector<Criterion> criteria;
    for (int i = 1; i <= sizes; ++i) criteria.push_back(asked(size(i)));
    return criteria;
}

Criterion one(Condition where) { return criterion(Count{batches, std::move(where), 1, {}}); }

}  // namespace

TEST_CASE("what is just met lacks nothing, and one day short is one day", "[gap]") {
    const auto days = [](double required) { return criterion(Duration{batches, one_of(rank, {2}), required, true}); };
    Row row;
    row.rank = 2;
    row.start = today - 99;
    CHECK(ways_of({days(100)}, {row}).ways.front().additions.empty());
    const auto short_of = ways_of({days(101)}, {row});
    const auto& going_on = only(short_of.ways.front());
    CHECK(going_on.row == 0);
    CHECK(going_on.record == -1);
    CHECK(going_on.days == 1);
    CHECK(short_of.ways.front().cost == 1);
    // the other way is a new record
    REQUIRE(short_of.ways.size() == 2);
    CHECK(only(short_of.ways.back()).record >= 0);
    CHECK(short_of.ways.back().cost == 2);
    row.end = today;
    CHECK(only(ways_of({days(101)}, {row}).ways.front()).record >= 0);
}

TEST_CASE("nothing is added to a table of one row a person, but its running record goes on", "[gap]") {
    auto f = framework();
    f.tables[batches].unique = true;
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, one_of(rank, {2}), 101, true})}));
    f.sheets.push_back(sheet(2, {one(one_of(rank, {2}))}));
    Row row;
    row.rank = 2;
    row.start = today - 99;
    const auto s = store(2, {row});
    CHECK(only(gap(assessed(f, s), {}, 0, 0).ways.front()).row == 0);
    CHECK(gap(assessed(f, s), {}, 0, 0).ways.size() == 1);
    for (const int level : {0, 1}) {
        const auto nothing = gap(assessed(f, s), {}, 1, level);
        CHECK(nothing.ways.empty());
        CHECK(nothing.exact);
    }
}

TEST_CASE("of a way no record is in vain, also where another set of demands makes it so", "[gap]") {
    // something of any flour, or the same of rye and a course: that of rye is of some flour, and enough
    const auto wheat = one_of(flour, {0, 1, 2});
    const auto rye = one_of(flour, {2});
    const auto ways = [](Criterion any_flour, Criterion of_rye) {
        const auto course = criterion(Count{courses, constant(true), 1, {}});
        const auto both = criterion(AtLeastCriteria{2, {std::move(of_rye), course}});
        return ways_of({criterion(AtLeastCriteria{1, {std::move(any_flour), both}})}, {}).ways.size();
    };
    CHECK(ways(criterion(Distinct{batches, flour, wheat, 1}), one(rye)) == 1);
    CHECK(ways(criterion(Count{batches, wheat, 1, {}}), one(rye)) == 1);
    CHECK(ways(criterion(Count{batches, wheat, 2, {}}), one(rye)) == 2);
    const auto days = [](const Condition& where, double required) {
        return criterion(Duration{batches, where, required, true});
    };
    CHECK(ways(days(wheat, 5), days(rye, 5)) == 1);
    CHECK(ways(days(wheat, 6), days(rye, 5)) == 2);
    const auto longest = [](const Condition& where, double required) {
        return criterion(Longest{batches, where, required});
    };
    CHECK(ways(longest(wheat, 5), days(rye, 5)) == 1);
    CHECK(ways(longest(wheat, 6), days(rye, 5)) == 2);
}

TEST_CASE("gaps are those to the next sheet, not to one that is held", "[gap]") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Count{batches, constant(true), 1, {}})}));
    f.sheets.push_back(sheet(2, {criterion(Count{batches, constant(true), 3, {}})}));
    const auto s = store(2, {{.start = 1}});
    const auto a = assessed(f, s);
    const std::int64_t both[] = {0, 1};
    const auto next = gaps(a, {}, both);
    CHECK(next.person == std::vector<std::int64_t>{0, 1});
    CHECK(next.sheet == std::vector<int>{1, 0});
    CHECK(next.cost == std::vector<double>{2, 1});
    const auto first = gaps(a, {}, both, 1);
    CHECK(first.person == std::vector<std::int64_t>{1});
}

TEST_CASE("unknown evidence does not shorten a gap", "[gap]") {
    Row row;  // might be anything
    row.start = 1;
    const auto ways = ways_of({criterion(Duration{batches, one_of(rank, {2}), 50, true}),
                               criterion(Count{batches, one_of(flour, {1}), 2, {}})},
                              {row});
    CHECK(ways.ways.front().cost == 2 + 50);
    CHECK(ways.exact);
}

TEST_CASE("a record answers several demands at once where that is cheaper", "[gap]") {
    Costs costs;
    costs.tables.resize(2);
    costs.tables[batches].record = 10;
    costs.tables[batches].words = {{}, {}, {3, 3, 3, 3, 3}};
    // four extras open the smaller batch and are enough for the other criterion as well
    const auto size = any({between(loaves, 100, infinity), all({contains(extras, 31, 4), between(loaves, 10, infinity)})});
    const auto many = ways_of({criterion(Some{batches, size}), criterion(Some{batches, contains(extras, 31, 2)})}, {}, {}, costs);
    const auto& addition = only(many.ways.front());
    CHECK(addition.cost == 16);  // one large batch with two extras
    costs.tables[batches].record = 1;
    CHECK(ways_of({criterion(Some{batches, size}), criterion(Some{batches, contains(extras, 31, 2)})}, {}, {}, costs)
              .ways.front().cost == 7);
}

TEST_CASE("every alternative is a way of its own, cheapest first", "[gap]") {
    const auto ways = ways_of({criterion(AtLeastCriteria{1, {criterion(Count{batches, one_of(rank, {1, 2}), 3, {}}),
                                                             criterion(Distinct{courses, topic, constant(true), 2})}})},
                              {}, {{0, 4, no_day}});
    REQUIRE(ways.ways.size() == 2);
    CHECK(ways.ways[0].cost == 1);
    CHECK(only(ways.ways[0]).table == courses);
    CHECK(ways.records[static_cast<std::size_t>(only(ways.ways[0]).record)].cells.front().word == 0);
    CHECK(only(ways.ways[1]).count == 3);
}

TEST_CASE("what a negation minds is left alone", "[gap]") {
    const auto no_rye = criterion(NotCriterion{{criterion(Some{batches, one_of(flour, {1})})}});
    const auto some = criterion(Some{batches, one_of(flour, {1, 2})});
    const auto ways = ways_of({some, no_rye}, {});
    const auto& cells = ways.records[static_cast<std::size_t>(only(ways.ways.front()).record)].cells;
    CHECK(cells == std::vector<FilledCell>{{flour, 2, 0, 0}});
    CHECK(ways.exact);
    CHECK(ways_of({criterion(Some{batches, one_of(flour, {1})}), no_rye}, {}).ways.empty());
}

TEST_CASE("a new record is verified as well as is asked for", "[gap]") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, one_of(rank, {2})})}));
    const auto s = store(1, {});
    const auto ways = gap(assessed(f, s, asked(1, {1, -1})), {}, 0, 0);
    CHECK(ways.records.front().cells == std::vector<FilledCell>{{rank, 2, 0, 0}, {checked, 1, 0, 0}});
}

TEST_CASE("a negative cost and a person or sheet that is not there are errors", "[gap]") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)})}));
    const auto s = store(1, {});
    const auto a = assessed(f, s);
    Costs costs;
    costs.tables.resize(1);
    costs.tables[0].day = -1;
    CHECK_THROWS_AS(gap(a, costs, 0, 0), AssessError);
    CHECK_THROWS_AS(gap(a, {}, 1, 0), AssessError);
    CHECK_THROWS_AS(gap(a, {}, 0, 1), AssessError);
    const std::int64_t nobody[] = {0, 1};
    CHECK_THROWS_AS(gaps(a, {}, nobody), AssessError);
}

TEST_CASE("gaps are the same in whatever order rows come", "[gap]") {
    Random random(8);
    for (int i = 0; i < 30; ++i) {
        const auto f = random_framework(random, 4);
        auto rows = random_rows(random, 3, 3);
        const auto ordered = store(3, rows);
        std::ranges::stable_sort(rows, std::greater{}, &Row::person);
        const auto mixed = store(3, rows);
        const auto people = everybody(3);
        const auto expected = gaps(assessed(f, ordered), {}, people);
        const auto found = gaps(assessed(f, mixed), {}, people);
        CHECK(found.cost == expected.cost);
        CHECK(found.exact == expected.exact);
        CHECK(found.missing == expected.missing);
    }
}

TEST_CASE("beyond the lists that are looked through, some list that will do is given and not called the cheapest", "[gap]") {
    auto criteria = each_size(10, [](Condition where) { return criterion(Count{batches, std::move(where), 20, {}}); });
    criteria.push_back(criterion(Distinct{batches, flour, constant(true), 3}));
    criteria.push_back(criterion(Duration{batches, size(11), 30, true}));
    const auto found = from_nothing(std::move(criteria));
    CHECK(found.cost == 10 * 20 + 1 + 30);  // the flours are those of the records that are needed anyway
    CHECK_FALSE(found.exact);
}

TEST_CASE("beyond the kinds of records that are looked through, a way is found and not called the cheapest", "[gap]") {
    auto criteria = each_size(10, one);
    for (int word = 0; word < 3; ++word) criteria.push_back(one(one_of(rank, {word})));
    for (int word = 0; word < 4; ++word) criteria.push_back(one(one_of(flour, {word})));
    for (int item = 0; item < 5; ++item) criteria.push_back(one(contains(extras, std::uint64_t{1} << item, 1)));
    const auto found = from_nothing(criteria);
    CHECK(found.cost >= 10);  // one record has one size
    CHECK(found.cost <= static_cast<double>(criteria.size()));
    CHECK_FALSE(found.exact);
}

TEST_CASE("a way that is found before the search ends is given and not called the cheapest", "[gap]") {
    // five demands of each of two ranks; every flour serves one of either, the last rank all of them
    constexpr int half = 5;
    auto f = framework();
    f.tables[batches].columns[flour].words = half * half;
    std::vector<Criterion> criteria;
    for (int r : {0, 1})
        for (int i = 0; i < half; ++i) {
            std::vector<int> flours;
            for (int j = 0; j < half; ++j) flours.push_back(r == 0 ? half * i + j : half * j + i);
            criteria.push_back(criterion(Duration{batches, any({one_of(rank, {r, 2}), one_of(flour, flours)}), 10, true}));
        }
    Costs costs;
    costs.tables.resize(1);
    costs.tables[batches].words = {{10, 10, 1000}, std::vector<double>(half * half, 5)};
    const auto found = from_nothing(std::move(criteria), costs, f);
    CHECK(found.cost == 2 * (1 + 10 + 10));  // a record of each rank, and ten days of each
    CHECK_FALSE(found.exact);
}

TEST_CASE("beyond sixty demands on records of a table they are met in parts", "[gap]") {
    const auto days = [](Condition where) { return criterion(Longest{batches, std::move(where), 10}); };
    CHECK(from_nothing(each_size(4, days)).cost == 4 * (1 + 10));
    const auto found = from_nothing(each_size(61, days));
    CHECK(found.cost == 61 * (1 + 10));
    CHECK_FALSE(found.exact);
}

TEST_CASE("stretches on several records each begin anew", "[gap]") {
    const auto stretch = [](int word, double days) { return criterion(Longest{batches, one_of(flour, {word}), days}); };
    const auto found = from_nothing({stretch(1, 30), stretch(2, 20)});
    CHECK(found.cost == 1 + 30 + 1 + 20);
    CHECK_FALSE(found.exact);
}

TEST_CASE("beyond the lists of demands that are looked through, a way is found and not called the cheapest", "[gap]") {
    // six of twelve sizes: 924 lists
    const auto six = from_nothing({criterion(AtLeastCriteria{6, each_size(12, one)})});
    CHECK(six.cost == 6);
    CHECK_FALSE(six.exact);
    // two of four flours are six lists, three of nine sizes are 84; together fewer than are looked through
    std::vector<Criterion> flours;
    for (int word = 0; word < 4; ++word) flours.push_back(one(one_of(flour, {word})));
    const auto two = criterion(AtLeastCriteria{2, flours});
    const auto few = from_nothing({two, criterion(AtLeastCriteria{3, each_size(9, one)})});
    CHECK(few.cost == 3);
    CHECK(few.exact);
    const auto many = from_nothing({two, criterion(AtLeastCriteria{5, each_size(11, one)})});
    CHECK(many.cost == 5);
    CHECK_FALSE(many.exact);
}

TEST_CASE("a record that is not found among so many alternatives may be one all the same", "[gap]") {
    // no flour is two flours: every choice among the alternatives before is in vain
    std::vector<Condition> parts{any({all({one_of(flour, {1}), one_of(flour, {2})}),
                                      all({one_of(flour, {2}), one_of(flour, {3})})})};
    CHECK(from_nothing({one(all(parts))}).exact);
    for (int i = 0; i < 16; ++i) parts.push_back(any({between(loaves, 0, 100 + i), between(loaves, 0, 200 + i)}));
    const auto found = from_nothing({one(all(parts))});
    CHECK(found.cost == infinity);
    CHECK_FALSE(found.exact);
}
