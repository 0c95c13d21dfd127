#include <cmath>
#include <map>

#include "bakery.hpp"
#include "catch.hpp"
#include "plain.hpp"
#include "tassei/error.hpp"

using namespace bakery;
using Catch::Matchers::WithinAbs;

namespace {

Criterion days(double required, bool united = true) {
    return criterion(Duration{batches, one_of(rank, {2}), required, united});
}

Row batch(Day from, Day to) { return {.rank = 2, .start = from, .end = to}; }

bool same(const Assessment& a, const Assessment& b) {
    return a.level == b.level && a.possible_level == b.possible_level && a.level_basis == b.level_basis &&
           a.status == b.status && a.basis == b.basis && a.score == b.score;
}

/// The row with one of its blanks filled, if it has one there.
Row filled(Random& random, Row row) {
    const int kind = pick(random, 0, 5);
    if (kind == 0 && row.rank < 0) row.rank = pick(random, 0, 2);
    if (kind == 1 && row.flour < 0) row.flour = pick(random, 0, 3);
    if (kind == 2 && std::isnan(row.loaves)) row.loaves = pick(random, 0, 20) / 2.0;
    // whatever has no start yet has started: a start after the as-of date would take the record away
    if (kind == 3 && row.start == no_day) row.start = pick(random, -200, std::min(row.end == no_day ? 1000 : row.end, 1000));
    if (kind == 4 && row.checked < 0) row.checked = pick(random, 0, 2);
    if (kind == 5) {
        const auto items = static_cast<std::uint64_t>(pick(random, 0, 31)) & ~row.known;
        row.known |= items;
        row.has |= items & static_cast<std::uint64_t>(pick(random, 0, 31));
    }
    return row;
}

}  // namespace

TEST_CASE("days are those of the union, both ends included") {
    CHECK(finds(days(10), {batch(1, 10)}).status == Truth::yes);
    CHECK(finds(days(10), {batch(1, 9)}).status == Truth::no);
    CHECK(finds(days(10), {batch(991, no_day)}).status == Truth::yes);
    CHECK(finds(days(10), {batch(992, no_day)}).status == Truth::no);
    CHECK(finds(days(10), {batch(991, 2000)}).low == 10);
    CHECK(finds(days(10), {}).status == Truth::no);
    CHECK(finds(days(1095), {batch(-94, 1000)}).status == Truth::yes);
    CHECK(finds(days(1095), {batch(-93, 1000)}).status == Truth::no);
    const auto united = [](std::vector<Row> rows) { return finds(days(10), rows).low; };
    CHECK(united({batch(1, 5), batch(6, 10)}) == 10);                   // touching
    CHECK(united({batch(1, 5), batch(7, 11)}) == 10);                   // a day between them
    CHECK(united({batch(1, 6), batch(4, 10)}) == 10);                   // overlapping
    CHECK(united({batch(1, 6), batch(6, 10)}) == 10);                   // by one day
    CHECK(united({batch(3, 4), batch(1, 10)}) == 10);                   // nested
    CHECK(united({batch(1, 10), batch(2, 3), batch(5, 6)}) == 10);      // the latest end is not the last one
    CHECK(united({batch(1, 10), batch(1, 10), batch(1, 10)}) == 10);    // equal
    CHECK(united({batch(1, 10), batch(1, 4), batch(1, 7)}) == 10);      // equal starts
    CHECK(united({batch(7, 7), batch(1, 1), batch(7, 7)}) == 2);
}

TEST_CASE("the longest stretch has no day between") {
    const auto stretch = [](double required) { return criterion(Longest{batches, one_of(rank, {2}), required}); };
    const auto longest = [&](std::vector<Row> rows) { return finds(stretch(10), rows).low; };
    CHECK(longest({batch(1, 5), batch(6, 10)}) == 10);              // one ends, the next begins
    CHECK(longest({batch(1, 5), batch(7, 12)}) == 6);               // a day between them
    CHECK(longest({batch(1, 20), batch(3, 4), batch(15, 30)}) == 30);
    CHECK(longest({batch(1, 10), batch(1, 10)}) == 10);             // at once, not one after the other
    CHECK(longest({batch(991, no_day), batch(2000, 3000)}) == 10);  // up to the day of the assessment
    CHECK(longest({}) == 0);
    CHECK(finds(stretch(10), {batch(1, 9), batch(11, 19)}).status == Truth::no);
    const auto bridged = finds(stretch(10), {batch(1, 5), Row{.start = 6, .end = 6}, batch(7, 12)});
    CHECK(bridged.low == 6);  // a record that may count may join two stretches
    CHECK(bridged.high == 12);
    CHECK(bridged.status == Truth::unknown);
    CHECK(finds(stretch(10), {batch(no_day, 12)}).high == infinity);
}

TEST_CASE("a sum counts a day as often as it occurs") {
    CHECK(finds(days(20, false), {batch(1, 10), batch(1, 10)}).status == Truth::yes);
    CHECK(finds(days(20, false), {batch(1, 10), batch(1, 9)}).status == Truth::no);
    const auto open = finds(days(20, false), {batch(1, 10), Row{.start = 1, .end = 10}});
    CHECK(open.low == 10);
    CHECK(open.high == 20);
    CHECK(finds(days(20, false), {Row{.rank = 2}}).high == infinity);
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

TEST_CASE("days of many records are those of the union, in whatever order they come") {
    Random random(31);
    for (const int size : {31, 32, 33, 34, 200}) {
        std::vector<Row> rows;
        std::vector<bool> covered(1001);
        for (int i = 0; i < size; ++i) {
            const Day from = pick(random, 0, 990);
            const Day to = pick(random, 0, 9) == 0 ? pick(random, from, 1000) : pick(random, from, std::min(from + 9, 1000));
            rows.push_back(batch(from, to));
            std::fill(covered.begin() + from, covered.begin() + to + 1, true);
        }
        const auto found = finds(days(500), rows);
        CHECK(found.low == static_cast<double>(std::ranges::count(covered, true)));
        CHECK(found.high == found.low);
    }
}

TEST_CASE("progress is what is certain, not what may be") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {days(100)}));
    Row open{.start = 1, .end = 60};
    const auto s = store(1, {batch(101, 140), open});
    const std::int64_t persons[] = {0};
    const auto table = criteria(assessed(f, s), persons);
    CHECK(table.low(0, 0) == 40);
    CHECK(table.high(0, 0) == 100);
    CHECK(table.progress(0, 0) == 0.4);
}

TEST_CASE("rows of one order count once, for what any of them is") {
    const auto two = criterion(Count{batches, one_of(rank, {2}), 2, {}});
    CHECK(finds(two, {Row{.rank = 2, .order = 5}, Row{.rank = 2, .order = 5}}).high == 1);
    CHECK(finds(two, {Row{.rank = 2, .order = 5}, Row{.rank = 2, .order = 6}}).low == 2);
    CHECK(finds(two, {Row{.rank = 2}, Row{.rank = 2}}).low == 2);
    const auto mixed = finds(two, {Row{.order = 5}, Row{.rank = 2, .order = 5}, Row{.order = 6}});
    CHECK(mixed.low == 1);
    CHECK(mixed.high == 2);
    SECTION("each person's own, though the orders be called alike") {
        auto f = framework();
        f.sheets.push_back(sheet(1, {criterion(Count{batches, constant(true), 1, {}})}));
        const auto s = store(3, {Row{.person = 0, .order = 5}, Row{.person = 1, .order = 5}});
        const auto a = assessed(f, s);
        const auto table = criteria(a, everybody(3));
        CHECK(table.low(0, 0) == 1);
        CHECK(table.low(1, 0) == 1);
        CHECK(table.high(2, 0) == 0);
    }
}

TEST_CASE("a nested count needs both, and shows the outer count") {
    const auto nested = criterion(Count{batches, one_of(rank, {1, 2}), 3, {{one_of(rank, {2}), 1}}});
    const auto of = [&](int a, int b, int c) {
        return finds(nested, {Row{.rank = a}, Row{.rank = b}, Row{.rank = c}});
    };
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
    CHECK(many.low == 0);
    CHECK(many.high == 6);
    CHECK(finds(kinds, {}, std::vector<CourseRow>{{0, 0, 5}, {0, 3, 5}, {0, 5, 5}}).status == Truth::yes);
    CHECK(finds(kinds, {}, std::vector<CourseRow>{{0, 0, 5}, {0, 3, 1001}, {0, -1, 1001}}).high == 1);
    SECTION("of possible records they are possible") {
        const auto flours = criterion(Distinct{batches, flour, one_of(rank, {2}), 2});
        const auto open = finds(flours, {Row{.rank = 2, .flour = 0}, Row{.flour = 1}, Row{.rank = 1, .flour = 3}});
        CHECK(open.low == 1);
        CHECK(open.high == 2);
    }
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
    const auto never = criterion(NotCriterion{{criterion(Some{courses, constant(true)})}});
    CHECK(finds(never, {}, none).status == Truth::unknown);
    CHECK(finds(never, {}).status == Truth::yes);
    CHECK(finds(never, {}, std::vector<CourseRow>{{0, 1, 5}}).status == Truth::no);
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
    SECTION("sheets that refer to it take it as met") {
        f.sheets.push_back(sheet(2, {criterion(OtherSheet{0})}));
        f.sheets.push_back(sheet(3, {criterion(NotCriterion{{criterion(OtherSheet{0})}})}));
        const auto a = assessed(f, store(2, {}, std::vector<CourseRow>{{0, 4, 5}}));
        CHECK(a.status == std::vector<Truth>{Truth::yes, Truth::yes, Truth::no, Truth::no, Truth::no, Truth::yes});
        CHECK(a.basis[0] == Basis::deemed);
        CHECK(a.basis[1] == Basis::evidenced);
        CHECK(a.level == std::vector<std::int32_t>{2, 3});
    }
}

TEST_CASE("nobody is assessed to nothing") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {days(10)}));
    const auto a = assessed(f, store(0, {}));
    CHECK(a.level.empty());
    CHECK(a.score.rows() == 0);
}

TEST_CASE("the core agrees with plain loops on every kind of quantity, and carries nothing from person to person") {
    Random random(7);
    for (int round = 0; round < 60; ++round) {
        const int sheets = round % 10 == 0 ? 70 : pick(random, 1, 12);  // more than one word of sheets and criteria
        const int persons = 30;
        const auto f = random_framework(random, sheets);
        auto taken = std::optional(random_courses(random, persons, 3));
        if (round % 5 == 4) taken.reset();
        const auto s = store(persons, random_rows(random, persons, 6), taken);
        const auto options = asked(2, {pick(random, -1, 2), -1});
        const auto a = assessed(f, s, options);
        const auto table = criteria(a, everybody(persons));
        for (int p = 0; p < persons; ++p) {
            plain::Person person(f, *s.evidence, options, p);
            int column = 0;
            for (int i = 0; i < sheets; ++i) {
                INFO("round " << round << ", person " << p << ", sheet " << i);
                const auto at = static_cast<std::size_t>(p * sheets + i);
                REQUIRE(a.status[at] == person.status(i));
                REQUIRE(a.basis[at] == person.basis(i));
                REQUIRE_THAT(a.score(p, i), WithinAbs(person.score(i), 1e-12));
                for (const auto& item : f.sheets[static_cast<std::size_t>(i)].criteria) {
                    const auto found = person.criterion(item.criterion);
                    REQUIRE(table.low(p, column) == found.range.low);
                    REQUIRE(table.high(p, column) == found.range.high);
                    REQUIRE(table.status[static_cast<std::size_t>(p * table.low.cols() + column)] == found.truth);
                    ++column;
                }
            }
            for (int specialty = 0; specialty < 2; ++specialty) {
                const auto at = static_cast<std::size_t>(p * 2 + specialty);
                REQUIRE(a.level[at] == person.level(specialty, false));
                REQUIRE(a.possible_level[at] == person.level(specialty, true));
            }
        }
    }
}

TEST_CASE("any number of threads, grouped or shuffled rows: the same bits") {
    Random random(3);
    const auto f = random_framework(random, 12);
    auto rows = random_rows(random, 5000, 5);
    const auto taken = random_courses(random, 5000, 2);
    const auto grouped = store(5000, rows, taken);
    const auto one = assessed(f, grouped);
    for (const int threads : {2, 3, 8, 0}) CHECK(same(one, assessed(f, grouped, asked(threads))));
    std::shuffle(rows.begin(), rows.end(), random);
    CHECK(same(one, assessed(f, store(5000, rows, taken), asked(3))));
    SECTION("and whoever comes first comes last") {
        for (auto& row : rows) row.person = 4999 - row.person;
        auto turned = taken;
        for (auto& row : turned) row.person = 4999 - row.person;
        const auto other = assessed(f, store(5000, rows, turned), asked(2));
        const auto backwards = [](const auto& values, std::size_t width) {
            auto result = values;
            for (std::size_t i = 0; i < values.size(); ++i)
                result[(4999 - i / width) * width + i % width] = values[i];
            return result;
        };
        CHECK(backwards(other.level, 2) == one.level);
        CHECK(backwards(other.possible_level, 2) == one.possible_level);
        CHECK(backwards(other.status, 12) == one.status);
        CHECK(backwards(other.basis, 12) == one.basis);
        CHECK(other.score.colwise().reverse() == one.score);
    }
}

TEST_CASE("what becomes known narrows what may be") {
    Random random(11);
    for (int round = 0; round < 60; ++round) {
        const auto f = random_framework(random, 8);
        const auto options = asked(1, {pick(random, -1, 2), -1});
        auto rows = random_rows(random, 20, 5);
        auto taken = random_courses(random, 20, 3);
        const auto blank = store(20, rows, taken);
        const auto before = assessed(f, blank, options);
        for (auto& row : rows) row = filled(random, row);
        for (auto& row : taken) {
            if (row.topic < 0 && pick(random, 0, 1)) row.topic = pick(random, 0, 5);
            if (row.day == no_day && pick(random, 0, 1)) row.day = pick(random, 0, 1000);
        }
        const auto known = store(20, rows, taken);
        const auto after = assessed(f, known, options);
        const auto was = criteria(before, everybody(20));
        const auto is = criteria(after, everybody(20));
        REQUIRE((is.low.array() >= was.low.array()).all());
        REQUIRE((is.high.array() <= was.high.array()).all());
        REQUIRE((after.score.array() >= before.score.array()).all());
        for (std::size_t i = 0; i < before.status.size(); ++i)
            REQUIRE((before.status[i] == Truth::unknown || after.status[i] == before.status[i]));
        for (std::size_t i = 0; i < before.level.size(); ++i) {
            REQUIRE(before.level[i] <= after.level[i]);
            REQUIRE(after.level[i] <= after.possible_level[i]);
            REQUIRE(after.possible_level[i] <= before.possible_level[i]);
        }
    }
}

TEST_CASE("more records never take a level away, where nothing is asked not to be") {
    Random random(12);
    for (int round = 0; round < 60; ++round) {
        const auto f = random_framework(random, 8, true);
        auto rows = random_rows(random, 20, 4);
        auto taken = random_courses(random, 20, 2);
        const auto before = assessed(f, store(20, rows, taken));
        for (const auto& row : random_rows(random, 20, 2)) rows.push_back(row);
        for (const auto& row : random_courses(random, 20, 1)) taken.push_back(row);
        const auto after = assessed(f, store(20, rows, taken));
        for (std::size_t i = 0; i < before.status.size(); ++i) REQUIRE(before.status[i] <= after.status[i]);
        for (std::size_t i = 0; i < before.level.size(); ++i) {
            REQUIRE(before.level[i] <= after.level[i]);
            REQUIRE(before.possible_level[i] <= after.possible_level[i]);
        }
    }
}

TEST_CASE("the same evidence may come in other columns") {
    Random random(13);
    const auto f = random_framework(random, 12);
    auto rows = random_rows(random, 40, 5);
    const int column = GENERATE(rank, flour, extras, loaves, start, end, order, checked);
    SECTION("all blank, or no column at all") {
        const Row blank;
        for (auto& row : rows) {
            if (column == rank) row.rank = blank.rank;
            if (column == flour) row.flour = blank.flour;
            if (column == extras) row.has = row.known = 0;
            if (column == loaves) row.loaves = blank.loaves;
            if (column == start) row.start = blank.start;
            if (column == end) row.end = blank.end;
            if (column == order) row.order = blank.order;
            if (column == checked) row.checked = blank.checked;
        }
        auto s = store(40, rows);
        const auto typed = assessed(f, s, asked(1, {1, -1}));
        s.evidence->tables[batches].columns[static_cast<std::size_t>(column)] = BlankColumn{};
        CHECK(same(typed, assessed(f, s, asked(1, {1, -1}))));
    }
    SECTION("wide codes, and blanks that a bitmap tells") {
        const auto s = store(40, rows);
        auto other = store(40, rows);
        std::vector<std::uint16_t> wide;
        std::vector<double> numbers;
        std::vector<std::uint8_t> valid(rows.size() / 8 + 2);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            wide.push_back(static_cast<std::uint16_t>(rows[i].flour + 1));
            const bool known = !std::isnan(rows[i].loaves);
            numbers.push_back(known ? rows[i].loaves : 4);
            if (known) valid[(i + 3) / 8] = static_cast<std::uint8_t>(valid[(i + 3) / 8] | 1 << ((i + 3) % 8));
        }
        auto& columns = other.evidence->tables[batches].columns;
        columns[flour] = WordColumn{std::span<const std::uint16_t>(wide)};
        columns[loaves] = NumberColumn(numbers, {valid.data(), 3});
        CHECK(same(assessed(f, s), assessed(f, other)));
    }
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
    const auto where = all({one_of(rank, {2}), one_of(flour, {1})});
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, where, 10, true})}));
    const auto s = store(1, {Row{.rank = 2, .start = 1, .end = 10}});
    auto options = asked();
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
    for (const std::int64_t stranger : {-1, 2}) {
        const std::vector<std::int64_t> some{0, stranger};
        CHECK_THROWS_AS(criteria(a, some), AssessError);
    }
    CHECK(criteria(a, {}).low.rows() == 0);
}

TEST_CASE("a condition over more combinations of cells than fit a table") {
    Random random(15);
    for (int round = 0; round < 10; ++round) {
        std::vector<Condition> ways;
        for (int i = 0; i < 60; ++i)
            ways.push_back(all({one_of(rank, {pick(random, 0, 2)}), one_of(flour, {pick(random, 0, 3)}),
                                one_of(checked, {pick(random, 0, 2)}),
                                contains(extras, static_cast<std::uint64_t>(pick(random, 1, 31)), 1),
                                between(loaves, i % 20 / 2.0, i % 20 / 2.0 + 2)}));
        const auto where = any(ways);
        auto f = framework();
        f.sheets.push_back(sheet(1, {criterion(Some{batches, where}), criterion(Some{batches, one_of(rank, {2})})}));
        std::vector<Row> rows;
        for (int p = 0; p < 400; ++p) rows.push_back(random_row(random, p));
        const auto s = store(400, rows);
        auto late = asked();
        late.as_of = 5000;  // after every row
        const auto table = criteria(assessed(f, s, late), everybody(400));
        for (std::int64_t p = 0; p < 400; ++p)
            REQUIRE(table.status[static_cast<std::size_t>(2 * p)] == truth(where, s.evidence->tables[batches], p));
    }
}

TEST_CASE("numbers at every end, blank ones over anything, in pieces") {
    const std::vector<double> ends{-2.5, 0, 0.1, 100, 300};
    std::vector<double> numbers{-infinity, infinity, std::numeric_limits<double>::quiet_NaN()};
    for (const double x : ends)
        for (const double y : {std::nextafter(x, -infinity), x, std::nextafter(x, infinity)}) numbers.push_back(y);
    auto f = framework();
    std::vector<Between> asked;
    for (const bool low_open : {false, true})
        for (const bool high_open : {false, true})
            for (std::size_t i = 0; i < ends.size(); ++i)
                for (std::size_t j = i; j < ends.size(); ++j)
                    asked.push_back({loaves, ends[i], ends[j], low_open, high_open});
    for (const auto& one : asked)
        f.sheets.push_back(sheet(static_cast<int>(f.sheets.size()) + 1, {criterion(Some{batches, {one}})}));

    // each number twice, the second time as a blank; validity begins within a byte
    const auto count = 2 * numbers.size();
    std::vector<double> twice;
    std::vector<std::uint8_t> bits(count / 8 + 2);
    constexpr std::int64_t offset = 3;
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) {
        twice.push_back(numbers[i / 2]);
        const auto at = i + offset;
        if (i % 2 == 0) bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | (1 << (at % 8)));
        rows.push_back({.person = static_cast<int>(i)});
    }
    const auto persons = static_cast<std::int64_t>(count);
    for (const std::int64_t split : {std::int64_t{0}, std::int64_t{5}, std::int64_t{16}}) {
        auto s = store(persons, rows);
        std::vector<Piece> pieces;
        if (split > 0) pieces.push_back({0, split, twice.data(), {bits.data(), offset}});
        pieces.push_back({split, persons - split, twice.data() + split, {bits.data(), offset + split}});
        s.evidence->tables[batches].columns[loaves] = NumberColumn(Values(Width::float64, pieces));
        const auto table = criteria(assessed(f, s), everybody(persons));
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t c = 0; c < asked.size(); ++c) {
                Cell cell;
                cell.number = i % 2 == 0 ? twice[i] : std::numeric_limits<double>::quiet_NaN();
                INFO("number " << twice[i] << " of row " << i << ", interval " << c << ", split at " << split);
                REQUIRE(table.status[i * asked.size() + c] == test(asked[c], cell));
            }
    }
}
