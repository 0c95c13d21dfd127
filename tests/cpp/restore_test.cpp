#include "tassei/restore.hpp"

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

namespace {

/// Two people, of whom the second has level 2.
struct People {
    Store rows = store(2, {Row{.person = 1, .rank = 2, .start = 1}});

    [[nodiscard]] Assessment assessment() const {
        auto f = framework();
        f.sheets.push_back(sheet(2, {criterion(Some{batches, one_of(rank, {2})})}));
        return assessed(f, rows);
    }
};

Assessment restored(Assessment found) {
    auto plan = found.plan;
    auto evidence = found.evidence;
    auto options = found.options;
    return restore(std::move(plan), std::move(evidence), std::move(options), std::move(found));
}

}  // namespace

TEST_CASE("what an assessment found is put together again") {
    const People people;
    const auto before = people.assessment();
    REQUIRE(before.level == std::vector<std::int32_t>{0, 2});
    const auto again = restored(before);
    CHECK(again.level == before.level);
    CHECK(again.status == before.status);
    CHECK(persons_of_rows(again.evidence->tables[batches]) == std::vector<std::int32_t>{1});
}

TEST_CASE("what can be no result of a framework about so many people is refused") {
    const People people;
    auto found = people.assessment();
    SECTION("levels of other people") { found.level.pop_back(); }
    SECTION("scores of other people") { found.score.resize(1, 1); }
    SECTION("a level that the framework has not") { found.level[0] = 1; }
    SECTION("a possible level that the framework has not") { found.possible_level[0] = 3; }
    SECTION("a status that there is not") { found.status[0] = static_cast<Truth>(3); }
    SECTION("a basis that there is not") { found.basis[0] = static_cast<Basis>(3); }
    CHECK_THROWS_AS(restored(std::move(found)), AssessError);
}
