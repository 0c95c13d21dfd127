#include "catch.hpp"
#include "tassei/criterion.hpp"

#include <limits>

using namespace tassei;

namespace {

Cell word(int w) { return {.word = w, .has = 0, .known = 0, .number = 0}; }
Cell set(std::uint64_t has, std::uint64_t known) { return {.word = -1, .has = has, .known = known, .number = 0}; }
Cell number(double x) { return {.word = -1, .has = 0, .known = 0, .number = x}; }

}  // namespace

TEST_CASE("a word is one of the words, or not, or nobody knows") {
    const OneOf test_{0, {1, 3}};
    CHECK(test(test_, word(1)) == Truth::yes);
    CHECK(test(test_, word(2)) == Truth::no);
    CHECK(test(test_, word(3)) == Truth::yes);
    CHECK(test(test_, word(-1)) == Truth::unknown);
    CHECK(test(OneOf{0, {}}, word(0)) == Truth::no);
}

TEST_CASE("a set has enough of the items") {
    const Contains two{0, 0b0111, 2};
    CHECK(test(two, set(0b0011, 0b1111)) == Truth::yes);
    CHECK(test(two, set(0b1001, 0b1111)) == Truth::no);
    CHECK(test(two, set(0, 0)) == Truth::unknown);
    CHECK(test(two, set(0, 0b1111)) == Truth::no);
    SECTION("items that nobody knows may be there") {
        CHECK(test(two, set(0b0001, 0b0011)) == Truth::unknown);
        CHECK(test(two, set(0b0011, 0b0011)) == Truth::yes);
        CHECK(test(two, set(0b0000, 0b0011)) == Truth::no);
    }
}

TEST_CASE("the ends of an interval belong to it unless they are open") {
    const Between closed{0, 3, 4};
    CHECK(test(closed, number(3)) == Truth::yes);
    CHECK(test(closed, number(4)) == Truth::yes);
    CHECK(test(closed, number(2.999)) == Truth::no);
    CHECK(test(closed, number(4.001)) == Truth::no);
    const Between open{0, 0, 2000, true, true};
    CHECK(test(open, number(0)) == Truth::no);
    CHECK(test(open, number(0.001)) == Truth::yes);
    CHECK(test(open, number(1999.999)) == Truth::yes);
    CHECK(test(open, number(2000)) == Truth::no);
    CHECK(test(open, number(std::numeric_limits<double>::quiet_NaN())) == Truth::unknown);
}
