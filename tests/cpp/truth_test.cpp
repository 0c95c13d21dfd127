#include "catch.hpp"
#include "tassei/truth.hpp"

using namespace tassei;

TEST_CASE("and, or and not are Kleene's") {
    CHECK((Truth::yes & Truth::unknown) == Truth::unknown);
    CHECK((Truth::no & Truth::unknown) == Truth::no);
    CHECK((Truth::yes | Truth::unknown) == Truth::yes);
    CHECK((Truth::no | Truth::unknown) == Truth::unknown);
    CHECK((!Truth::unknown) == Truth::unknown);
    CHECK((!Truth::yes) == Truth::no);
    CHECK((!Truth::no) == Truth::yes);
}

TEST_CASE("at least k of n is settled by the certain ones or refuted by all that may") {
    CHECK(at_least(2, 2, 2) == Truth::yes);
    CHECK(at_least(2, 1, 2) == Truth::unknown);
    CHECK(at_least(2, 1, 1) == Truth::no);
    CHECK(at_least(0, 0, 0) == Truth::yes);
}

TEST_CASE("a range reaches what its low end reaches and misses what its high end misses") {
    CHECK(reaches({3, 3}, 3) == Truth::yes);
    CHECK(reaches({2, 3}, 3) == Truth::unknown);
    CHECK(reaches({2, 2.999}, 3) == Truth::no);
    CHECK(as_range(Truth::yes).low == 1);
    CHECK(as_range(Truth::unknown).low == 0);
    CHECK(as_range(Truth::unknown).high == 1);
    CHECK(as_range(Truth::no).high == 0);
}
