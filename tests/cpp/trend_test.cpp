#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/trend.hpp"

using namespace bakery;

TEST_CASE("what is kept of an assessment says the same as the assessment") {
    Random random(3);
    for (int round = 0; round < 20; ++round) {
        const auto f = random_framework(random, 4);
        const auto s = store(30, random_rows(random, 30, 4), random_courses(random, 30, 3));
        const auto a = assessed(f, s);
        const Standings kept(a);
        CHECK(kept.level() == a.level);
        CHECK(kept.possible_level() == a.possible_level);
        CHECK(kept.basis() == a.level_basis);
        std::vector<std::int32_t> groups(30);
        for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<std::int32_t>(i % 3);
        const auto ours = kept.distribution(groups, 3);
        const auto theirs = distribution(a, groups, 3);
        CHECK(ours.certain == theirs.certain);
        CHECK(ours.possible == theirs.possible);
        CHECK(ours.people == theirs.people);
    }
}
