#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "tassei/criterion.hpp"

using namespace tassei;

namespace {

const double blank = std::numeric_limits<double>::quiet_NaN();

Cell word(int w) { return {.word = w, .has = 0, .known = 0, .number = 0}; }
Cell set(std::uint64_t has, std::uint64_t known) { return {.word = -1, .has = has, .known = known, .number = 0}; }
Cell number(double x) { return {.word = -1, .has = 0, .known = 0, .number = x}; }
double below(double x) { return std::nextafter(x, -infinity); }
double above(double x) { return std::nextafter(x, infinity); }

}  // namespace

TEST_CASE("a word is one of the words, or not, or nobody knows") {
    const OneOf asked{0, {1, 3}};
    CHECK(test(asked, word(0)) == Truth::no);
    CHECK(test(asked, word(1)) == Truth::yes);
    CHECK(test(asked, word(2)) == Truth::no);
    CHECK(test(asked, word(3)) == Truth::yes);
    CHECK(test(asked, word(4)) == Truth::no);
    CHECK(test(asked, word(-1)) == Truth::unknown);
    CHECK(test(OneOf{0, {}}, word(0)) == Truth::no);
}

TEST_CASE("a set has enough of the items") {
    const Contains two{0, 0b0111, 2};
    CHECK(test(two, set(0b0011, 0b1111)) == Truth::yes);
    CHECK(test(two, set(0b0111, 0b1111)) == Truth::yes);
    CHECK(test(two, set(0b1001, 0b1111)) == Truth::no);  // the fourth item was not asked for
    CHECK(test(two, set(0, 0)) == Truth::unknown);
    CHECK(test(two, set(0, 0b1111)) == Truth::no);
    CHECK(test(Contains{0, std::uint64_t{1} << 63, 1}, set(std::uint64_t{1} << 63, ~std::uint64_t{0})) == Truth::yes);
}

TEST_CASE("items that nobody knows may be there: what every full set agrees on") {
    for (std::uint64_t known = 0; known < 16; ++known)
        for (std::uint64_t has = known;; has = (has - 1) & known) {
            for (std::uint64_t items = 0; items < 16; ++items)
                for (int need = 0; need <= 5; ++need) {
                    bool may_hold = false;
                    bool may_fail = false;
                    for (std::uint64_t full = 0; full < 16; ++full)
                        if ((full & known) == has) (std::popcount(full & items) >= need ? may_hold : may_fail) = true;
                    const auto expected = !may_fail ? Truth::yes : !may_hold ? Truth::no : Truth::unknown;
                    REQUIRE(test(Contains{0, items, need}, set(has, known)) == expected);
                }
            if (has == 0) break;
        }
}

TEST_CASE("the ends of an interval belong to it unless they are open") {
    const bool low_open = GENERATE(false, true);
    const bool high_open = GENERATE(false, true);
    const Between asked{0, 3, 4, low_open, high_open};
    CHECK(test(asked, number(below(3))) == Truth::no);
    CHECK(test(asked, number(3)) == (low_open ? Truth::no : Truth::yes));
    CHECK(test(asked, number(above(3))) == Truth::yes);
    CHECK(test(asked, number(below(4))) == Truth::yes);
    CHECK(test(asked, number(4)) == (high_open ? Truth::no : Truth::yes));
    CHECK(test(asked, number(above(4))) == Truth::no);
    CHECK(test(asked, number(blank)) == Truth::unknown);
}

TEST_CASE("an interval may be a point, empty or without an end") {
    CHECK(test(Between{0, 3, 3}, number(3)) == Truth::yes);
    CHECK(test(Between{0, 3, 3, false, true}, number(3)) == Truth::no);
    CHECK(test(Between{0, 4, 3}, number(3.5)) == Truth::no);
    CHECK(test(Between{0, 4, 3}, number(blank)) == Truth::unknown);
    CHECK(test(Between{0, 3}, number(1e308)) == Truth::yes);
    CHECK(test(Between{0, -infinity, 3}, number(-1e308)) == Truth::yes);
    CHECK(test(Between{0}, number(0)) == Truth::yes);
    CHECK(test(Between{0}, number(blank)) == Truth::unknown);
    CHECK(test(Between{0, 0, infinity, true}, number(-0.0)) == Truth::no);
}
