#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/forecast.hpp"

using namespace bakery;

namespace {

Framework asking(Criterion criterion, int recency = 0) {
    auto f = framework();
    f.recency_days = recency;
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    return f;
}

Criterion days(double required, bool united = true) {
    return criterion(Duration{batches, constant(true), required, united});
}

/// Certain and possible day of person 0.
std::pair<Day, Day> foretold(const Framework& f, const std::vector<Row>& rows,
                             const std::vector<CourseRow>& taken = {}, Day until = last_day) {
    const std::int64_t persons[] = {0};
    const auto s = store(1, rows, taken);
    const auto found = forecast(assessed(f, s), persons, 1, until);
    return {found.date.at(0), found.possible_date.at(0)};
}

Row batch(Day from, Day to) {
    Row row;
    row.start = from;
    row.end = to;
    return row;
}

}  // namespace

TEST_CASE("a running record reaches a number of days on the day that completes it") {
    // as of day 1000 the record has 11 days
    CHECK(foretold(asking(days(11)), {batch(990, no_day)}) == std::pair<Day, Day>{1000, 1000});
    CHECK(foretold(asking(days(12)), {batch(990, no_day)}) == std::pair<Day, Day>{1001, 1001});
    CHECK(foretold(asking(days(100)), {batch(990, no_day)}) == std::pair<Day, Day>{1089, 1089});
    CHECK(foretold(asking(days(100)), {batch(990, no_day)}, {}, 1089).first == 1089);
    CHECK(foretold(asking(days(100)), {batch(990, no_day)}, {}, 1088).first == no_day);
}

TEST_CASE("a record ends on its last day, also one that lies ahead") {
    CHECK(foretold(asking(days(30)), {batch(990, 1019)}).first == 1019);
    CHECK(foretold(asking(days(31)), {batch(990, 1019)}).first == no_day);
    CHECK(foretold(asking(days(5)), {batch(1200, no_day)}).first == 1204);
}

TEST_CASE("two running records are added up or not") {
    const std::vector<Row> rows{batch(1000, no_day), batch(1000, no_day)};
    CHECK(foretold(asking(days(10)), rows).first == 1009);
    CHECK(foretold(asking(days(10, false)), rows).first == 1004);
    CHECK(foretold(asking(days(11, false)), rows).first == 1005);
}

TEST_CASE("a window forgets: a day on which a sheet holds may come and go") {
    // 300 days to day 899; from day 1001 on others run, and the window of 500 days loses the first ones
    const std::vector<Row> rows{batch(600, 899), batch(1001, 1150)};
    CHECK(foretold(asking(days(399), 500), rows).first == 1099);
    // from day 1100 on each day that comes in sends another out
    CHECK(foretold(asking(days(400), 500), rows).first == no_day);
    auto late = rows;
    late[1].end = no_day;
    CHECK(foretold(asking(days(401), 500), late).first == 1401);
    CHECK(foretold(asking(days(500), 500), late).first == 1500);
    CHECK(foretold(asking(days(501), 500), late).first == no_day);
}

TEST_CASE("inside a window a number of days is reached on the last day of a record, or between its days") {
    CHECK(foretold(asking(days(350), 500), {batch(600, 899), batch(1001, 1050)}).first == 1050);
    // two days each day: ten after five days, twelve after six
    CHECK(foretold(asking(days(11, false), 500), {batch(1001, no_day), batch(1001, no_day)}).first == 1006);
}

TEST_CASE("a record is gone on the day on which its last day has left the window") {
    const auto none = criterion(NotCriterion{{criterion(Some{batches, constant(true)})}});
    CHECK(foretold(asking(none, 500), {batch(600, 899)}).first == 1399);
}

TEST_CASE("what must not be can come true when days leave the window") {
    auto f = asking(criterion(NotCriterion{{days(100)}}), 500);
    // 200 days to day 999: 99 of them are left as of 999 - 99 + 500
    CHECK(foretold(f, {batch(800, 999)}).first == 1400);
}

TEST_CASE("a course that lies ahead counts from its day") {
    const auto f = asking(criterion(Some{courses, one_of(topic, {2})}));
    CHECK(foretold(f, {}, {{0, 2, 1234}}).first == 1234);
    CHECK(foretold(f, {}, {{0, -1, 1234}}) == std::pair<Day, Day>{no_day, 1234});
    CHECK(foretold(f, {}, {{0, 3, 1234}}).second == no_day);
}

TEST_CASE("there is no next sheet above the highest") {
    const std::int64_t persons[] = {0};
    const auto s = store(1, {batch(0, no_day)});
    const auto a = assessed(asking(days(10)), s);
    CHECK(forecast(a, persons).sheet.at(0) == -1);
    CHECK(forecast(a, persons, 1).sheet.at(0) == 0);
    CHECK(forecast(a, persons, 1).date.at(0) == 1000);
    CHECK(forecast(a, persons, 2).sheet.at(0) == -1);
    const std::int64_t nobody[] = {1};
    CHECK_THROWS_AS(forecast(a, nobody), AssessError);
}

TEST_CASE("foretold days are the first ones that assessing day by day finds", "[slow]") {
    Random random(31);
    int reached = 0;
    for (int round = 0; round < 60; ++round) {
        const bool rising = round % 2 == 0;
        auto f = random_framework(random, 6, rising);
        if (round % 4 < 2) f.recency_days = pick(random, 0, 1) ? 60 : 500;
        constexpr int persons = 12;
        auto rows = random_rows(random, persons, 4);
        for (auto& row : rows) {
            if (pick(random, 0, 2) == 0) row.end = no_day;
            else if (row.start != no_day && pick(random, 0, 3) == 0) row.start = row.start + 400;
            if (row.end != no_day) row.end = std::max(row.end, row.start == no_day ? row.end : row.start);
        }
        auto taken = random_courses(random, persons, 3);
        for (auto& course : taken)
            if (course.day != no_day && pick(random, 0, 2) == 0) course.day += 600;
        const auto s = store(persons, rows, taken);
        auto options = asked(round % 3, {pick(random, -1, 2), -1});
        const auto a = assessed(f, s, options);
        const auto level = pick(random, 0, 1) ? std::optional<int>(pick(random, 1, 3)) : std::nullopt;
        const auto found = forecast(a, everybody(persons), level);

        auto date = std::vector<Day>(found.date.size(), no_day);
        auto possible = date;
        for (Day day = 1000; day < 3300; ++day) {
            options.as_of = day;
            const auto then = assess(a.plan, s.evidence, options);
            for (std::size_t i = 0; i < date.size(); ++i) {
                if (found.sheet[i] < 0) continue;
                const auto person = i / 2;
                auto truth = Truth::yes;
                for (const int other : a.plan->ladder[i % 2]) {
                    const auto status = then.status[person * 6 + static_cast<std::size_t>(other)];
                    if (f.cumulative || other == found.sheet[i]) truth = truth & status;
                    if (other == found.sheet[i]) break;
                }
                if (truth == Truth::yes && date[i] == no_day) date[i] = day;
                if (truth != Truth::no && possible[i] == no_day) possible[i] = day;
            }
        }
        INFO("round " << round);
        CHECK(found.date == date);
        CHECK(found.possible_date == possible);
        reached += static_cast<int>(std::ranges::count_if(date, [](Day day) { return day > 1000; }));
    }
    CHECK(reached > 20);
}
