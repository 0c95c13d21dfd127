#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

TEST_CASE("rows are grouped by person and keep their order") {
    TableData table;
    SECTION("rows that come grouped stay where they are") {
        const std::vector<std::int32_t> persons{0, 0, 2};
        group(table, persons, 4);
        CHECK(table.order.empty());
        CHECK(table.first == std::vector<std::int64_t>{0, 2, 2, 3, 3});
        CHECK(table.row(1) == 1);
    }
    SECTION("others are found by their place") {
        const std::vector<std::int32_t> persons{1, 0, 1, 0};
        group(table, persons, 2);
        CHECK(table.order == std::vector<std::int32_t>{1, 3, 0, 2});
        CHECK(table.row(0) == 1);
    }
    SECTION("no rows, no persons") {
        group(table, {}, 0);
        CHECK(table.first == std::vector<std::int64_t>{0});
    }
    SECTION("a person who is not there is refused") {
        const std::vector<std::int32_t> high{0, 2};
        CHECK_THROWS_AS(group(table, high, 2), EvidenceError);
        const std::vector<std::int32_t> low{-1};
        CHECK_THROWS_AS(group(table, low, 2), EvidenceError);
    }
}

TEST_CASE("a validity bitmap is read from its offset") {
    const std::uint8_t bits[] = {0b10100000, 0b00000001};
    const Validity valid{bits, 5};
    CHECK(valid[0]);
    CHECK_FALSE(valid[1]);
    CHECK(valid[2]);
    CHECK(valid[3]);
    CHECK_FALSE(valid[4]);
    CHECK(Validity{}[123]);
}

TEST_CASE("columns that do not fit are refused before anything is read") {
    const auto f = framework();
    auto s = store(2, {Row{.person = 0}, Row{.person = 1}});
    auto& table = s.evidence->tables[batches];
    CHECK_NOTHROW(check(*s.evidence, f));
    SECTION("another type") { table.columns[rank] = NumberColumn{}; }
    SECTION("another length") { table.columns[rank] = s.codes({1}); }
    SECTION("a code that is no word") { table.columns[rank] = s.codes({1, 3}); }
    SECTION("a code that is no set") {
        std::get<SetColumn>(table.columns[extras]).has = {};
        std::get<SetColumn>(table.columns[extras]).known = {};
    }
    SECTION("an item that is there but not known") {
        auto& sets = std::get<SetColumn>(table.columns[extras]);
        sets.has = s.words.emplace_back(std::vector<std::uint64_t>{1, 0});
    }
    SECTION("a missing column") { table.columns.pop_back(); }
    SECTION("another number of persons") { s.evidence->persons = 3; }
    SECTION("another number of tables") { s.evidence->tables.pop_back(); }
    CHECK_THROWS_AS(check(*s.evidence, f), EvidenceError);
}

TEST_CASE("blank cells say that nobody knows") {
    const auto s = store(1, {Row{}, Row{.rank = 1, .has = 1, .known = 3, .loaves = 2, .start = 5, .order = 7}});
    const auto& columns = s.evidence->tables[batches].columns;
    CHECK(cell(columns[rank], 0).word == -1);
    CHECK(cell(columns[rank], 1).word == 1);
    CHECK(cell(columns[extras], 1).has == 1);
    CHECK(cell(columns[extras], 1).known == 3);
    CHECK(cell(columns[loaves], 1).number == 2);
    CHECK(day(columns[start], 0) == no_day);
    CHECK(day(columns[start], 1) == 5);
    CHECK(identity(columns[order], 0) == -1);
    CHECK(identity(columns[order], 1) == 7);
    CHECK(cell(BlankColumn{}, 0).known == 0);
}
