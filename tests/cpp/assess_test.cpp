#include <map>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

Criterion days(double required, bool united = true) {
    return criterion(Duration{batches, one_of(rank, {2}), required, united});
}

Row batch(Day from, Day to) { return {.rank = 2, .start = from, .end = to}; }

bool same(const Assessment& a, const Assessment& b) {
    return a.level == b.level && a.possible_level == b.possible_level && a.level_basis == b.level_basis &&
           a.status == b.status && a.basis == b.basis && a.score == b.score;
}

/// Every kind of quantity, references between sheets, and deeming, over random conditions.
Framework random_framework(Random& random) {
    auto f = framework();
    const auto where = [&] { return random_condition(random, 3); };
    f.sheets.push_back(sheet(1, {criterion(Some{batches, where()}),
                                 criterion(Duration{batches, where(), 200, true})}));
    f.sheets.push_back(sheet(2, {criterion(Count{batches, where(), 2, {{where(), 1}}}),
                                 criterion(Duration{batches, where(), 400, false})}));
    f.sheets.push_back(sheet(3, {criterion(Distinct{courses, topic, constant(true), 2}),
                                 criterion(NotCriterion{{criterion(Some{batches, where()})}})}));
    f.sheets.push_back(sheet(4, {criterion(OtherSheet{1}),
                                 criterion(AtLeastCriteria{1, {criterion(OtherSheet{0}),
                                                               criterion(Some{courses, one_of(topic, {5})})}})}));
    f.deemings.push_back({criterion(Some{courses, one_of(topic, {4})}), {0, 2}});
    f.cumulative = pick(random, 0, 1) != 0;
    f.recency_days = pick(random, 0, 2) ? 0 : 500;
    return f;
}

}  // namespace

TEST_CASE("days are those of the union, both ends included") {
    CHECK(finds(days(10), {batch(1, 10)}).status == Truth::yes);
    CHECK(finds(days(10), {batch(1, 9)}).status == Truth::no);
    CHECK(finds(days(10), {batch(1, 5), batch(6, 10)}).low == 10);
    CHECK(finds(days(10), {batch(1, 6), batch(4, 10)}).low == 10);
    CHECK(finds(days(10), {batch(3, 4), batch(1, 10)}).low == 10);
    CHECK(finds(days(10), {batch(1, 10), batch(1, 10), batch(1, 10)}).low == 10);
    CHECK(finds(days(10, false), {batch(1, 10), batch(1, 10)}).low == 20);
    CHECK(finds(days(10), {batch(991, no_day)}).low == 10);
}

TEST_CASE("a batch without a start adds nothing certain and bounds nothing") {
    const auto found = finds(days(10), {Row{.rank = 2, .end = 20}, batch(1, 4)});
    CHECK(found.low == 4);
    CHECK(found.high == infinity);
    CHECK(found.status == Truth::unknown);
}

TEST_CASE("possible batches only widen the high end") {
    const auto found = finds(days(10), {batch(1, 4), Row{.start = 3, .end = 12}});
    CHECK(found.low == 4);
    CHECK(found.high == 12);
    CHECK(found.status == Truth::unknown);
}

TEST_CASE("rows of one order count once, for what any of them is") {
    const auto two = criterion(Count{batches, one_of(rank, {2}), 2, {}});
    CHECK(finds(two, {Row{.rank = 2, .order = 5}, Row{.rank = 2, .order = 5}}).high == 1);
    CHECK(finds(two, {Row{.rank = 2, .order = 5}, Row{.rank = 2, .order = 6}}).low == 2);
    CHECK(finds(two, {Row{.rank = 2}, Row{.rank = 2}}).low == 2);
    const auto mixed = finds(two, {Row{.order = 5}, Row{.rank = 2, .order = 5}, Row{.order = 6}});
    CHECK(mixed.low == 1);
    CHECK(mixed.high == 2);
}

TEST_CASE("a nested count needs both, and shows the outer count") {
    const auto nested = criterion(Count{batches, one_of(rank, {1, 2}), 3, {{one_of(rank, {2}), 1}}});
    const auto of = [&](int a, int b, int c) { return finds(nested, {Row{.rank = a}, Row{.rank = b}, Row{.rank = c}}); };
    CHECK(of(2, 1, 1).status == Truth::yes);
    CHECK(of(1, 1, 1).status == Truth::no);
    CHECK(of(1, 1, 1).low == 3);
    CHECK(of(2, 2, 0).status == Truth::no);
    CHECK(of(-1, 1, 1).status == Truth::unknown);
    CHECK(of(-1, 1, 1).low == 2);
}

TEST_CASE("kinds are counted, blanks may be any of them") {
    const auto kinds = criterion(Distinct{courses, topic, constant(true), 3});
    const auto found = finds(kinds, {}, std::vector<CourseRow>{{0, 1, 5}, {0, 1, 6}, {0, 2, 7}, {0, -1, 8}});
    CHECK(found.low == 2);
    CHECK(found.high == 3);
    CHECK(found.status == Truth::unknown);
    const auto many = finds(kinds, {}, std::vector<CourseRow>(20, CourseRow{0, -1, 5}));
    CHECK(many.high == 6);
}

TEST_CASE("a table that was not supplied is unknown") {
    const auto none = std::optional<std::vector<CourseRow>>{};
    const auto some = finds(criterion(Some{courses, constant(true)}), {}, none);
    CHECK(some.low == 0);
    CHECK(some.high == 1);
    CHECK(some.status == Truth::unknown);
    CHECK(finds(criterion(Count{courses, constant(true), 2, {}}), {}, none).high == infinity);
    CHECK(finds(criterion(Distinct{courses, topic, constant(true), 2}), {}, none).high == 6);
    CHECK(finds(criterion(Some{courses, constant(true)}), {}).status == Truth::no);
}

TEST_CASE("levels climb a ladder, up to the first gap where levels are cumulative") {
    auto f = framework();
    f.sheets.push_back(sheet(3, {criterion(Some{batches, one_of(rank, {2})})}));
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)})}));
    f.sheets.push_back(sheet(2, {criterion(Some{batches, one_of(flour, {0})})}));
    const auto s = store(1, {Row{.rank = 2, .flour = 1}});
    auto a = assessed(f, s);
    CHECK(a.level[0] == 3);
    f.cumulative = true;
    a = assessed(f, s);
    CHECK(a.level[0] == 1);
    CHECK(a.possible_level[0] == 1);
    a = assessed(f, store(1, {Row{.rank = 2}}));
    CHECK(a.level[0] == 1);
    CHECK(a.possible_level[0] == 3);
}

TEST_CASE("a deemed sheet is met, and evidenced where its criteria hold too") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, one_of(rank, {2})})}));
    f.deemings.push_back({criterion(Some{courses, one_of(topic, {4})}), {0}});
    const auto basis = [&](std::vector<Row> rows, std::vector<CourseRow> taken) {
        return assessed(f, store(1, rows, taken)).level_basis[0];
    };
    CHECK(basis({}, {{0, 4, 5}}) == Basis::deemed);
    CHECK(basis({Row{.rank = 2}}, {{0, 4, 5}}) == Basis::evidenced);
    CHECK(basis({}, {{0, 3, 5}}) == Basis::none);
    const auto open = assessed(f, store(1, {}, std::vector<CourseRow>{{0, -1, 5}}));
    CHECK(open.status[0] == Truth::unknown);
    CHECK(open.possible_level[0] == 1);
}

TEST_CASE("nobody is assessed to nothing") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {days(10)}));
    const auto a = assessed(f, store(0, {}));
    CHECK(a.level.empty());
    CHECK(a.score.rows() == 0);
}

TEST_CASE("the fast path agrees with the plain one, and leaves nothing behind from person to person") {
    Random random(7);
    for (int round = 0; round < 25; ++round) {
        const auto f = random_framework(random);
        const auto s = store(60, random_rows(random, 60, 6), random_courses(random, 60, 3));
        Options options{.as_of = 1000, .min_verification = {pick(random, -1, 2), -1}, .threads = 2, .filled = {}};
        const auto a = assessed(f, s, options);
        std::vector<std::int64_t> everybody(60);
        for (std::size_t p = 0; p < 60; ++p) everybody[p] = static_cast<std::int64_t>(p);
        const auto table = criteria(a, everybody);
        for (std::int64_t p = 0; p < 60; ++p) {
            Eigen::Index column = 0;
            for (int sheet_index = 0; sheet_index < 4; ++sheet_index) {
                const auto why = explain(a, p, sheet_index);
                const auto place = static_cast<std::size_t>(p * 4 + sheet_index);
                REQUIRE(why.truth == a.status[place]);
                REQUIRE(why.basis == a.basis[place]);
                for (const auto& found : why.criteria) {
                    REQUIRE(found.found.low == table.low(p, column));
                    REQUIRE(found.found.high == table.high(p, column));
                    REQUIRE(found.truth == table.status[static_cast<std::size_t>(p * table.low.cols() + column)]);
                    ++column;
                }
            }
        }
    }
}

TEST_CASE("any number of threads, grouped or shuffled rows: the same bits") {
    Random random(3);
    const auto f = random_framework(random);
    auto rows = random_rows(random, 5000, 5);
    const auto taken = random_courses(random, 5000, 2);
    const auto grouped = store(5000, rows, taken);
    Options options{.as_of = 1000, .min_verification = {}, .threads = 1, .filled = {}};
    const auto one = assessed(f, grouped, options);
    for (const int threads : {2, 3, 8, 0}) {
        options.threads = threads;
        CHECK(same(one, assessed(f, grouped, options)));
    }
    std::shuffle(rows.begin(), rows.end(), random);
    CHECK(same(one, assessed(f, store(5000, rows, taken), options)));
}

TEST_CASE("one person may have thousands of records") {
    std::vector<Row> rows;
    for (int i = 0; i < 3000; ++i) rows.push_back(batch((i * 7) % 900, (i * 7) % 900 + 3));
    const auto found = finds(days(10), rows);
    std::map<Day, bool> baked;
    for (const auto& row : rows)
        for (Day d = row.start; d <= row.end; ++d) baked[d] = true;
    CHECK(found.low == static_cast<double>(baked.size()));
}

TEST_CASE("blanks taken at their best lift the certain level") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, all({one_of(rank, {2}), one_of(flour, {1})}), 10, true})}));
    const auto s = store(1, {Row{.rank = 2, .start = 1, .end = 10}});
    Options options{.as_of = 1000, .min_verification = {}, .threads = 1, .filled = {}};
    CHECK(assessed(f, s, options).level[0] == 0);
    options.filled.assign(2, std::vector<bool>(8));
    options.filled[batches][rank] = true;
    CHECK(assessed(f, s, options).level[0] == 0);
    options.filled[batches][flour] = true;
    CHECK(assessed(f, s, options).level[0] == 1);
}

TEST_CASE("criteria of persons who are not there are refused") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {days(10)}));
    const auto a = assessed(f, store(2, {}));
    const std::int64_t strangers[] = {2};
    CHECK_THROWS_AS(criteria(a, strangers), AssessError);
}
