#include <array>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

TEST_CASE("rows are grouped by person and keep their order") {
    TableData table;
    SECTION("rows that come grouped stay where they are") {
        const std::vector<std::int32_t> persons{0, 0, 2};
        group(table, persons, 4);
        CHECK(table.rows == 3);
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
    SECTION("persons that come together but not in order are not grouped") {
        const std::vector<std::int32_t> persons{1, 1, 0};
        group(table, persons, 2);
        CHECK(table.order == std::vector<std::int32_t>{2, 0, 1});
    }
    SECTION("grouping again forgets what was before") {
        const std::vector<std::int32_t> mixed{1, 0};
        group(table, mixed, 2);
        const std::vector<std::int32_t> one{0};
        group(table, one, 1);
        CHECK(table.rows == 1);
        CHECK(table.order.empty());
        CHECK(table.first == std::vector<std::int64_t>{0, 1});
    }
    SECTION("no rows") {
        group(table, {}, 2);
        CHECK(table.first == std::vector<std::int64_t>{0, 0, 0});
    }
    SECTION("no rows, no persons") {
        group(table, {}, 0);
        CHECK(table.first == std::vector<std::int64_t>{0});
    }
    SECTION("rejected rows are nobody's") {
        const std::vector<std::int32_t> persons{0, -1, 1, 1, -1};
        group(table, persons, 2);
        CHECK(table.rows == 5);
        CHECK(table.places() == 3);
        CHECK(table.first == std::vector<std::int64_t>{0, 1, 3});
        CHECK(table.order == std::vector<std::int32_t>{0, 2, 3});
    }
    SECTION("a person who is not there is refused") {
        const std::vector<std::int32_t> high{0, 2};
        CHECK_THROWS_AS(group(table, high, 2), EvidenceError);
        const std::vector<std::int32_t> nobody{0};
        CHECK_THROWS_AS(group(table, nobody, 0), EvidenceError);
    }
}

TEST_CASE("each person has exactly the own rows, whatever order they came in") {
    Random random(5);
    std::vector<std::int32_t> persons(500);
    for (auto& person : persons) person = pick(random, 0, 79);
    TableData table;
    group(table, persons, 80);
    for (std::int32_t p = 0; p < 80; ++p) {
        std::vector<std::int64_t> found;
        const auto person = static_cast<std::size_t>(p);
        for (auto at = table.first[person]; at < table.first[person + 1]; ++at) found.push_back(table.row(at));
        std::vector<std::int64_t> own;
        for (std::size_t row = 0; row < persons.size(); ++row)
            if (persons[row] == p) own.push_back(static_cast<std::int64_t>(row));
        REQUIRE(found == own);
    }
}

TEST_CASE("a validity bitmap is read from its offset") {
    const std::uint8_t some[] = {0b10100000, 0b00000001};
    const Validity valid{some, 5};
    CHECK(valid[0]);
    CHECK_FALSE(valid[1]);
    CHECK(valid[2]);
    CHECK(valid[3]);
    CHECK_FALSE(valid[4]);
    CHECK(Validity{}[123]);
    SECTION("of numbers and days, whose values there mean nothing") {
        const std::array<double, 3> numbers{1, 2, 3};
        const std::array<Day, 3> dates{10, 20, 30};
        const ColumnData values = NumberColumn(numbers, valid);
        const ColumnData days = DateColumn(dates, valid);
        CHECK(cell(values, 0).number == 1);
        CHECK(cell(values, 1).number != cell(values, 1).number);
        CHECK(cell(values, 2).number == 3);
        CHECK(day(days, 0) == 10);
        CHECK(day(days, 1) == no_day);
        CHECK(day(days, 2) == 30);
    }
}

TEST_CASE("columns that do not fit are refused before anything is read") {
    const auto f = framework();
    auto s = store(2, {Row{.person = 0, .rank = 2}, Row{.person = 1, .rank = 2}});
    auto& table = s.evidence->tables[batches];
    auto& sets = std::get<SetColumn>(table.columns[extras]);
    const std::array<std::uint16_t, 2> wide{0, 4};
    CHECK_NOTHROW(check(*s.evidence, f));
    SECTION("a number for a word") { table.columns[rank] = NumberColumn{}; }
    SECTION("a word for a set") { table.columns[extras] = s.codes({1, 1}); }
    SECTION("a set for a number") { table.columns[loaves] = table.columns[extras]; }
    SECTION("a word for a day") { table.columns[start] = s.codes({1, 1}); }
    SECTION("a day for an identity") { table.columns[order] = s.dates({1, 1}); }
    SECTION("too few words") { table.columns[rank] = s.codes({1}); }
    SECTION("too many words") { table.columns[rank] = s.codes({1, 1, 1}); }
    SECTION("too few sets") { sets.codes = std::get<1>(sets.codes).first(1); }
    SECTION("too few numbers") { table.columns[loaves] = NumberColumn(s.doubles.emplace_back(1)); }
    SECTION("too few days") { table.columns[end] = s.dates({1}); }
    SECTION("too few identities") { table.columns[order] = IdentityColumn{s.ints.emplace_back(1)}; }
    SECTION("a code that is no word") { table.columns[rank] = s.codes({1, 3}); }
    SECTION("a wide code that is no word") { table.columns[rank] = WordColumn{std::span<const std::uint16_t>(wide)}; }
    SECTION("a code after the last set") { sets.codes = s.ints.emplace_back(std::vector<std::int32_t>{0, 2}); }
    SECTION("a code before the first set") { sets.codes = s.ints.emplace_back(std::vector<std::int32_t>{0, -1}); }
    SECTION("sets of which it is not said what is known") { sets.known = sets.known.first(1); }
    SECTION("an item that is there but not known") {
        sets.has = s.words.emplace_back(std::vector<std::uint64_t>{1, 0});
    }
    SECTION("a missing column") { table.columns.pop_back(); }
    SECTION("a column too many") { table.columns.emplace_back(); }
    SECTION("another number of persons") { s.evidence->persons = 3; }
    SECTION("a table too few") { s.evidence->tables.pop_back(); }
    SECTION("a table too many") { s.evidence->tables.emplace_back(); }
    CHECK_THROWS_AS(check(*s.evidence, f), EvidenceError);
}

TEST_CASE("what fits is accepted") {
    const auto f = framework();
    auto s = store(2, {Row{.person = 0}, Row{.person = 1}});
    auto& table = s.evidence->tables[batches];
    SECTION("the last word, in wide codes") {
        static const std::array<std::uint16_t, 2> wide{0, 3};
        table.columns[rank] = WordColumn{std::span<const std::uint16_t>(wide)};
        CHECK(cell(table.columns[rank], 0).word == -1);
        CHECK(cell(table.columns[rank], 1).word == 2);
    }
    SECTION("columns of which nothing is known") {
        for (auto& column : table.columns) column = BlankColumn{};
    }
    SECTION("a table that was not supplied, whatever is in it") {
        table.supplied = false;
        table.columns.clear();
    }
    CHECK_NOTHROW(check(*s.evidence, f));
}

TEST_CASE("blank cells say that nobody knows") {
    const auto s = store(1, {Row{}, Row{.rank = 1, .has = 1, .known = 3, .loaves = 2, .start = 5, .order = 7}});
    const auto& columns = s.evidence->tables[batches].columns;
    CHECK(cell(columns[rank], 0).word == -1);
    CHECK(cell(columns[rank], 1).word == 1);
    CHECK(cell(columns[extras], 0).known == 0);
    CHECK(cell(columns[extras], 1).has == 1);
    CHECK(cell(columns[extras], 1).known == 3);
    CHECK(cell(columns[loaves], 0).number != cell(columns[loaves], 0).number);
    CHECK(cell(columns[loaves], 1).number == 2);
    CHECK(day(columns[start], 0) == no_day);
    CHECK(day(columns[start], 1) == 5);
    CHECK(identity(columns[order], 0) == -1);
    CHECK(identity(columns[order], 1) == 7);
    const ColumnData nothing = BlankColumn{};
    CHECK(cell(nothing, 9).word == -1);
    CHECK(cell(nothing, 9).known == 0);
    CHECK(cell(nothing, 9).number != cell(nothing, 9).number);
    CHECK(day(nothing, 9) == no_day);
    CHECK(identity(nothing, 9) == -1);
}
