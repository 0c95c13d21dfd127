#include <limits>
#include <vector>

#include "catch.hpp"
#include "tassei/truth.hpp"

using namespace tassei;

namespace {

constexpr Truth every[] = {Truth::no, Truth::unknown, Truth::yes};

/// What all ways agree on in which the unknown parts may turn out; unknown where they do not agree.
template <class Question>
Truth settled(const std::vector<Truth>& parts, const Question& question) {
    bool may_hold = false;
    bool may_fail = false;
    for (unsigned way = 0; way < (1u << parts.size()); ++way) {
        int holding = 0;
        bool fits = true;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool holds = (way >> i) & 1;
            holding += holds ? 1 : 0;
            fits = fits && parts[i] != (holds ? Truth::no : Truth::yes);
        }
        if (fits) (question(holding) ? may_hold : may_fail) = true;
    }
    return !may_fail ? Truth::yes : !may_hold ? Truth::no : Truth::unknown;
}

}  // namespace

TEST_CASE("and, or and not are what every outcome agrees on") {
    for (const auto a : every) {
        CHECK((!a) == settled({a}, [](int holding) { return holding == 0; }));
        CHECK((!!a) == a);
        for (const auto b : every) {
            CHECK((a & b) == settled({a, b}, [](int holding) { return holding == 2; }));
            CHECK((a | b) == settled({a, b}, [](int holding) { return holding >= 1; }));
            CHECK((!(a & b)) == (!a | !b));
        }
    }
}

TEST_CASE("nothing is known of a thing and its opposite when nothing is known of the thing") {
    CHECK((Truth::unknown & !Truth::unknown) == Truth::unknown);
    CHECK((Truth::unknown | !Truth::unknown) == Truth::unknown);
}

TEST_CASE("at least k of n is what every outcome agrees on") {
    for (const auto a : every)
        for (const auto b : every)
            for (const auto c : every)
                for (int need = -1; need <= 4; ++need) {
                    int certain = 0;
                    int possible = 0;
                    for (const auto part : {a, b, c}) {
                        certain += part == Truth::yes ? 1 : 0;
                        possible += part != Truth::no ? 1 : 0;
                    }
                    CHECK(at_least(need, certain, possible) ==
                          settled({a, b, c}, [&](int holding) { return holding >= need; }));
                }
    CHECK(at_least(0, 0, 0) == Truth::yes);
    CHECK(at_least(1, 0, 0) == Truth::no);
}

TEST_CASE("a range reaches what its low end reaches and misses what its high end misses") {
    CHECK(reaches({3, 3}, 3) == Truth::yes);
    CHECK(reaches({3, 9}, 3) == Truth::yes);
    CHECK(reaches({2.999, 3}, 3) == Truth::unknown);
    CHECK(reaches({2, 2.999}, 3) == Truth::no);
    CHECK(reaches({0, 0}, 0) == Truth::yes);
    const double unbounded = std::numeric_limits<double>::infinity();
    CHECK(reaches({0, unbounded}, 1e300) == Truth::unknown);
    CHECK(reaches({unbounded, unbounded}, 1e300) == Truth::yes);
}

TEST_CASE("a truth as a range reaches one where it holds") {
    for (const auto truth : every) CHECK(reaches(as_range(truth), 1) == truth);
    CHECK(as_range(Truth::yes).low == 1);
    CHECK(as_range(Truth::yes).high == 1);
    CHECK(as_range(Truth::unknown).low == 0);
    CHECK(as_range(Truth::unknown).high == 1);
    CHECK(as_range(Truth::no).low == 0);
    CHECK(as_range(Truth::no).high == 0);
}
