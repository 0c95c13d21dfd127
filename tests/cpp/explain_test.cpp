#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

RecordFinding why(Condition where, Row row) {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, std::move(where)})}));
    const auto s = store(1, {row});
    const auto a = assessed(f, s);
    return explain(a, 0, 0).criteria.at(0).records.at(0);
}

std::vector<int> blamed(const RecordFinding& record) {
    std::vector<int> ids;
    for (const auto& obstacle : record.obstacles) ids.push_back(obstacle.id);
    return ids;
}

}  // namespace

TEST_CASE("only what fails is to blame") {
    const auto where = all({one_of(rank, {2}, 1), one_of(flour, {0}, 2), contains(extras, 3, 1, 3)}, 0);
    const Row good{.rank = 2, .flour = 0, .has = 1, .known = 31};
    CHECK(why(where, good).obstacles.empty());
    CHECK(why(where, good).truth == Truth::yes);
    auto row = good;
    row.flour = 1;
    CHECK(blamed(why(where, row)) == std::vector<int>{0, 2});
    CHECK(why(where, row).shortfall == 1);
    SECTION("what is merely unknown is not to blame for what fails") {
        row.rank = -1;
        CHECK(blamed(why(where, row)) == std::vector<int>{0, 2});
        CHECK(why(where, row).shortfall == 2);
    }
    SECTION("what is unknown is to blame for what is unknown") {
        row = good;
        row.rank = -1;
        const auto record = why(where, row);
        CHECK(record.truth == Truth::unknown);
        CHECK(blamed(record) == std::vector<int>{0, 1});
    }
}

TEST_CASE("of alternatives the nearest one counts as the shortfall") {
    const auto where = any({one_of(rank, {2}), all({one_of(flour, {0}), contains(extras, 3, 1)})});
    CHECK(why(where, Row{.rank = 0, .flour = 1, .has = 0, .known = 31}).shortfall == 1);
    CHECK(why(where, Row{.rank = 2}).shortfall == 0);
}

TEST_CASE("a record has the highest grade whose condition it meets, and may have a higher one") {
    auto f = framework();
    f.specialties[0].grade_table = batches;
    f.specialties[0].grades = {{1, one_of(rank, {0, 1, 2})}, {2, one_of(rank, {1, 2})}, {5, one_of(flour, {3})}};
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)})}));
    const auto s = store(1, {Row{.rank = 1, .flour = 0}, Row{.rank = 0}, Row{}});
    const auto a = assessed(f, s);
    const auto records = explain(a, 0, 0).criteria.at(0).records;
    CHECK(records[0].grade == 2);
    CHECK(records[0].possible_grade == 2);
    CHECK(records[1].grade == 1);
    CHECK(records[1].possible_grade == 5);
    CHECK(records[2].grade == 0);
}

TEST_CASE("nested counts are parts") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Count{batches, one_of(rank, {1, 2}), 2, {{one_of(rank, {2}), 1}}})}));
    const auto s = store(1, {Row{.rank = 1}, Row{.rank = 1}});
    const auto a = assessed(f, s);
    const auto found = explain(a, 0, 0).criteria.at(0);
    CHECK(found.truth == Truth::no);
    CHECK(found.found.low == 2);
    REQUIRE(found.parts.size() == 1);
    CHECK(found.parts[0].found.high == 0);
}

TEST_CASE("questions about nobody and nothing are refused") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Constant{true})}));
    const auto s = store(1, {});
    const auto a = assessed(f, s);
    CHECK_THROWS_AS(explain(a, 1, 0), AssessError);
    CHECK_THROWS_AS(explain(a, 0, 1), AssessError);
}
