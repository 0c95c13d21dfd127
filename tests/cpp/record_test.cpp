#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/record.hpp"

using namespace bakery;

namespace {

/// The standing of one batch, as of day 1000.
Standing standing(Row row, int recency = 0, std::vector<int> min_verification = {}, Framework f = framework()) {
    f.recency_days = recency;
    const auto s = store(1, {row});
    const auto options = asked(1, std::move(min_verification));
    return Clock(f, batches, s.evidence->tables[batches], options)(0);
}

Truth course(Day day, int recency = 0) {
    auto f = framework();
    f.recency_days = recency;
    const auto s = store(1, {}, std::vector<CourseRow>{{0, 1, day}});
    const auto options = asked();
    return Clock(f, courses, s.evidence->tables[courses], options)(0).counts;
}

}  // namespace

TEST_CASE("a record counts from the as-of date on which it starts") {
    CHECK(standing({.start = 999}).counts == Truth::yes);
    CHECK(standing({.start = 1000}).counts == Truth::yes);
    CHECK(standing({.start = 1001}).counts == Truth::no);
    CHECK(standing({.start = 1001, .end = 1002}).counts == Truth::no);
    CHECK(standing({.start = -30000}).counts == Truth::yes);
}

TEST_CASE("a record whose start nobody knows counts, and has no first day") {
    for (const Day last : {no_day, Day{500}, Day{2000}}) {
        CHECK(standing({.end = last}).counts == Truth::yes);
        CHECK(standing({.end = last}).start == no_day);
    }
}

TEST_CASE("ends are cut at the as-of date and running records end at it") {
    CHECK(standing({.start = 10, .end = 999}).end == 999);
    CHECK(standing({.start = 10, .end = 1000}).end == 1000);
    CHECK(standing({.start = 10, .end = 1001}).end == 1000);
    CHECK(standing({.start = 10}).end == 1000);
    CHECK(standing({.start = 1000}).start == 1000);
    CHECK(standing({.start = 1000}).end == 1000);
}

TEST_CASE("only the days of the window count") {
    // a window of 100 days: 901 to 1000
    CHECK(standing({.start = 10, .end = 900}, 100).counts == Truth::no);
    const auto touching = standing({.start = 10, .end = 901}, 100);
    CHECK(touching.counts == Truth::yes);
    CHECK(touching.start == 901);
    CHECK(touching.end == 901);
    const auto within = standing({.start = 902, .end = 950}, 100);
    CHECK(within.start == 902);
    CHECK(within.end == 950);
    const auto running = standing({.start = 10}, 100);
    CHECK(running.counts == Truth::yes);
    CHECK(running.start == 901);
    CHECK(running.end == 1000);
    CHECK(standing({.start = 1001}, 100).counts == Truth::no);
    CHECK(standing({.start = 1000}, 1).start == 1000);
    CHECK(standing({.start = 10, .end = 999}, 1).counts == Truth::no);
}

TEST_CASE("a record without a start may have been before the window") {
    CHECK(standing({.end = 900}, 100).counts == Truth::no);
    CHECK(standing({.end = 901}, 100).counts == Truth::unknown);
    CHECK(standing({.end = 2000}, 100).counts == Truth::unknown);
    CHECK(standing({}, 100).counts == Truth::unknown);
}

TEST_CASE("a window may reach back further than days are counted") {
    const int forever = std::numeric_limits<int>::max();
    const auto old = standing({.start = -700000, .end = 5}, forever);
    CHECK(old.counts == Truth::yes);
    CHECK(old.start == -700000);
    CHECK(old.end == 5);
    CHECK(standing({}, forever).counts == Truth::unknown);
}

TEST_CASE("dated records count up to the as-of date and from the window's first day") {
    CHECK(course(1000) == Truth::yes);
    CHECK(course(1001) == Truth::no);
    CHECK(course(-5000) == Truth::yes);
    CHECK(course(no_day) == Truth::yes);
    CHECK(course(901, 100) == Truth::yes);
    CHECK(course(900, 100) == Truth::no);
    CHECK(course(1000, 100) == Truth::yes);
    CHECK(course(1001, 100) == Truth::no);
    CHECK(course(no_day, 100) == Truth::unknown);
}

TEST_CASE("where a table has no end a record is one day") {
    auto f = framework();
    f.tables[batches].end = -1;
    const auto one = standing({.start = 950, .end = 980}, 0, {}, f);
    CHECK(one.start == 950);
    CHECK(one.end == 950);
    CHECK(standing({.start = 900}, 100, {}, f).counts == Truth::no);
    CHECK(standing({.start = 901}, 100, {}, f).counts == Truth::yes);
    CHECK(standing({.start = 1001}, 0, {}, f).counts == Truth::no);
}

TEST_CASE("records of a table without days always count") {
    auto f = framework();
    f.tables[batches].start = f.tables[batches].end = -1;
    CHECK(standing({.start = 1001}, 0, {}, f).counts == Truth::yes);
    CHECK(standing({.start = 10, .end = 20}, 100, {}, f).counts == Truth::yes);
    CHECK(standing({.start = 10}, 0, {}, f).start == no_day);
    CHECK(standing({.checked = 0}, 0, {1, -1}, f).counts == Truth::unknown);
}

TEST_CASE("columns of which nothing is known are blank in every row") {
    auto f = framework();
    auto s = store(1, {Row{.start = 2000, .checked = 2}});
    auto& table = s.evidence->tables[batches];
    for (const int column : {start, end, checked}) table.columns[static_cast<std::size_t>(column)] = BlankColumn{};
    const auto options = asked(1, {0, -1});
    const Clock clock(f, batches, table, options);
    CHECK(clock(0).start == no_day);
    CHECK(clock(0).counts == Truth::unknown);
    CHECK(clock.weakly_verified(0));
}

TEST_CASE("weak or blank verification leaves a record possible") {
    const std::vector<int> second{1, -1};
    CHECK(standing({.start = 1, .checked = 2}, 0, second).counts == Truth::yes);
    CHECK(standing({.start = 1, .checked = 1}, 0, second).counts == Truth::yes);
    CHECK(standing({.start = 1, .checked = 0}, 0, second).counts == Truth::unknown);
    CHECK(standing({.start = 1}, 0, second).counts == Truth::unknown);
    SECTION("and never brings one back") {
        CHECK(standing({.start = 1001, .checked = 0}, 0, second).counts == Truth::no);
        CHECK(standing({.start = 1001, .checked = 2}, 0, second).counts == Truth::no);
        CHECK(standing({.end = 950, .checked = 2}, 100, second).counts == Truth::unknown);
    }
    SECTION("where any word is enough a blank is not") {
        CHECK(standing({.start = 1, .checked = 0}, 0, {0, -1}).counts == Truth::yes);
        CHECK(standing({.start = 1}, 0, {0, -1}).counts == Truth::unknown);
    }
    SECTION("where nothing is asked a blank is enough") {
        CHECK(standing({.start = 1}).counts == Truth::yes);
        CHECK(standing({.start = 1}, 0, {-1, -1}).counts == Truth::yes);
    }
    SECTION("where a table has no verification nothing is asked") {
        auto f = framework();
        f.tables[batches].verification = -1;
        CHECK(standing({.start = 1}, 0, second, f).counts == Truth::yes);
    }
}
