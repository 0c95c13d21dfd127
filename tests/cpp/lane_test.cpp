#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

Cell cell_of(const Row& row, int column) {
    Cell cell;
    cell.number = row.loaves;
    cell.word = column == rank ? row.rank : column == flour ? row.flour : -1;
    cell.has = row.has;
    cell.known = row.known;
    return cell;
}

std::size_t code_of(const ColumnTests& tests, const Cell& cell) {
    if (tests.type != ColumnType::number) return static_cast<std::size_t>(cell.word + 1);
    if (cell.number != cell.number) return 0;
    std::size_t code = 1;
    for (const double cut : tests.cuts)
        code += std::size_t{cell.number > cut} + std::size_t{cell.number >= cut};
    return code;
}

/// A record's truth by way of terms, clauses and lanes.
Truth by_lane(const Bank& bank, int lane, const Row& row) {
    Word certain = ~Word{0};
    Word possible = ~Word{0};
    for (const auto& tests : bank.columns) {
        const auto cell = cell_of(row, tests.column);
        Word certainly = 0;
        Word possibly = 0;
        tests.survivors(cell, certainly, possibly);
        if (tests.type != ColumnType::set) {
            REQUIRE(tests.certain[code_of(tests, cell)] == certainly);
            REQUIRE(tests.possible[code_of(tests, cell)] == possibly);
        }
        certain &= certainly;
        possible &= possibly;
    }
    const bool yes = (bank.lanes_of(certain) >> lane) & 1;
    const bool maybe = (bank.lanes_of(possible) >> lane) & 1;
    REQUIRE((!yes || maybe));
    return yes ? Truth::yes : maybe ? Truth::unknown : Truth::no;
}

}  // namespace

TEST_CASE("lanes say what plain evaluation says, of any condition and any record") {
    Random random(2011);
    const auto f = framework();
    const auto rows = [&] {
        std::vector<Row> made;
        for (int i = 0; i < 150; ++i) made.push_back(random_row(random, 0));
        return made;
    }();
    const auto s = store(1, rows);
    for (int round = 0; round < 60; ++round) {
        LaneCompiler compiler(f);
        std::vector<Condition> conditions;
        std::vector<LaneCompiler::Place> places;
        for (int i = 0; i < 12; ++i) {
            conditions.push_back(random_condition(random, 4));
            places.push_back(compiler.lane(conditions.back(), batches));
        }
        const auto banks = compiler.banks();
        for (std::size_t i = 0; i < conditions.size(); ++i)
            for (std::size_t r = 0; r < rows.size(); ++r) {
                const auto& bank = banks[static_cast<std::size_t>(places[i].bank)];
                const auto row = static_cast<std::int64_t>(r);
                REQUIRE(by_lane(bank, places[i].lane, rows[r]) ==
                        truth(conditions[i], s.evidence->tables[batches], row));
            }
    }
}

TEST_CASE("numbers are told apart at, below and above every end") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto small = compiler.lane(between(loaves, 0, 100, true, true), batches);
    const auto middle = compiler.lane(between(loaves, 100, 300, false, true), batches);
    const auto large = compiler.lane(between(loaves, 300, infinity), batches);
    const auto bank = compiler.banks().front();
    const auto in = [&](double x) {
        Row row;
        row.loaves = x;
        std::string found;
        if (by_lane(bank, small.lane, row) == Truth::yes) found += "s";
        if (by_lane(bank, middle.lane, row) == Truth::yes) found += "m";
        if (by_lane(bank, large.lane, row) == Truth::yes) found += "l";
        return found;
    };
    CHECK(in(0).empty());
    CHECK(in(1) == "s");
    CHECK(in(99.999) == "s");
    CHECK(in(100) == "m");
    CHECK(in(299.999) == "m");
    CHECK(in(300) == "l");
    CHECK(in(1e300) == "l");
}

TEST_CASE("equal conditions share a lane, however they are put") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto a = one_of(rank, {1, 2});
    const auto b = contains(extras, 7, 2);
    const auto first = compiler.lane(all({a, b}), batches);
    const auto same = compiler.lane(negation(any({negation(b), negation(a)})), batches);
    const auto absorbed = compiler.lane(all({a, b, any({a, one_of(flour, {1})})}), batches);
    CHECK(compiler.lane(all({b, all({a, constant(true)})}), batches).lane == first.lane);
    // two negations make a literal of their own, which still means the same
    CHECK(same.bank == first.bank);
    CHECK(absorbed.bank == first.bank);
    const auto banks = compiler.banks();
    CHECK(banks.size() == 1);
}

TEST_CASE("a full bank is followed by another") {
    const auto f = framework();
    LaneCompiler compiler(f);
    std::vector<LaneCompiler::Place> places;
    for (int i = 0; i < 100; ++i) places.push_back(compiler.lane(between(loaves, i, i + 0.5), batches));
    const auto banks = compiler.banks();
    CHECK(banks.size() == 2);
    for (int i = 0; i < 100; ++i) {
        Row row;
        row.loaves = i + 0.25;
        const auto& place = places[static_cast<std::size_t>(i)];
        CHECK(by_lane(banks[static_cast<std::size_t>(place.bank)], place.lane, row) == Truth::yes);
    }
}

TEST_CASE("a condition with too many alternatives is refused") {
    const auto f = framework();
    LaneCompiler compiler(f);
    std::vector<Condition> many;
    for (int i = 0; i < 65; ++i) many.push_back(all({between(loaves, i, i + 0.5), one_of(flour, {i % 4})}));
    CHECK_THROWS_AS(compiler.lane(any(many), batches), FrameworkError);
    many.pop_back();
    CHECK_NOTHROW(compiler.lane(any(many), batches));
    std::vector<Condition> parts;
    for (int i = 0; i < 40; ++i) parts.push_back(between(loaves, i, i + 1));
    CHECK_THROWS_AS(compiler.lane(at_least(20, parts), batches), FrameworkError);
}
