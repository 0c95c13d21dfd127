#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/record.hpp"

using namespace bakery;

namespace {

Standing standing(Row row, int recency = 0, std::vector<int> min_verification = {}) {
    auto f = framework();
    f.recency_days = recency;
    const auto s = store(1, {row});
    const Options options{.as_of = 1000, .min_verification = std::move(min_verification), .threads = 1, .filled = {}};
    return Clock(f, batches, s.evidence->tables[batches], options)(0);
}

Truth course(Day day, int recency = 0) {
    auto f = framework();
    f.recency_days = recency;
    const auto s = store(1, {}, std::vector<CourseRow>{{0, 1, day}});
    const Options options{.as_of = 1000, .min_verification = {}, .threads = 1, .filled = {}};
    return Clock(f, courses, s.evidence->tables[courses], options)(0).counts;
}

}  // namespace

TEST_CASE("a record counts from the as-of date on which it starts") {
    CHECK(standing({.start = 1000}).counts == Truth::yes);
    CHECK(standing({.start = 1001}).counts == Truth::no);
    CHECK(standing({}).counts == Truth::yes);
}

TEST_CASE("ends are cut at the as-of date and running records end at it") {
    CHECK(standing({.start = 10, .end = 999}).end == 999);
    CHECK(standing({.start = 10, .end = 2000}).end == 1000);
    CHECK(standing({.start = 10}).end == 1000);
}

TEST_CASE("only the days of the window count") {
    // a window of 100 days: 901 to 1000
    CHECK(standing({.start = 10, .end = 900}, 100).counts == Truth::no);
    const auto touching = standing({.start = 10, .end = 901}, 100);
    CHECK(touching.counts == Truth::yes);
    CHECK(touching.start == 901);
    CHECK(touching.end == 901);
    CHECK(standing({.end = 900}, 100).counts == Truth::no);
    CHECK(standing({.end = 901}, 100).counts == Truth::unknown);
    CHECK(standing({}, 100).counts == Truth::unknown);
}

TEST_CASE("dated records count up to the as-of date and from the window's first day") {
    CHECK(course(1000) == Truth::yes);
    CHECK(course(1001) == Truth::no);
    CHECK(course(no_day) == Truth::yes);
    CHECK(course(901, 100) == Truth::yes);
    CHECK(course(900, 100) == Truth::no);
    CHECK(course(no_day, 100) == Truth::unknown);
}

TEST_CASE("weak or blank verification leaves a record possible") {
    const std::vector<int> second{1, -1};
    CHECK(standing({.start = 1, .checked = 1}, 0, second).counts == Truth::yes);
    CHECK(standing({.start = 1, .checked = 0}, 0, second).counts == Truth::unknown);
    CHECK(standing({.start = 1}, 0, second).counts == Truth::unknown);
    CHECK(standing({.start = 1001}, 0, second).counts == Truth::no);
    CHECK(standing({.start = 1}).counts == Truth::yes);
}
