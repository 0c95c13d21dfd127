#include <cmath>
#include <string>

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
    int refused = 0;  // too many alternatives
    for (int round = 0; round < 60; ++round) {
        LaneCompiler compiler(f);
        std::vector<Condition> conditions;
        std::vector<LaneCompiler::Place> places;
        for (int i = 0; i < 12; ++i) {
            auto condition = random_condition(random, 4);
            try {
                places.push_back(compiler.lane(condition, batches));
                conditions.push_back(std::move(condition));
            } catch (const FrameworkError&) {
                ++refused;
            }
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
    CHECK(refused < 20);
}

TEST_CASE("of two alternatives only one that the other implies is dropped") {
    const auto f = framework();
    std::vector<Condition> conditions;
    for (int need = 1; need <= 3; ++need) conditions.push_back(contains(extras, 7, need));
    for (const double low : {1, 2})
        for (const double high : {3, 4})
            for (const bool low_open : {false, true})
                for (const bool high_open : {false, true})
                    conditions.push_back(between(loaves, low, high, low_open, high_open));
    std::vector<Row> rows{{}};
    for (std::uint64_t has = 0; has < 8; ++has) rows.push_back({.has = has, .known = 31});
    for (double x = 0.5; x < 5; x += 0.5) rows.push_back({.loaves = x});
    const auto s = store(1, rows);
    for (const auto& a : conditions)
        for (const auto& b : conditions) {
            const auto either = any({a, b});
            LaneCompiler compiler(f);
            const auto place = compiler.lane(either, batches);
            const auto banks = compiler.banks();
            for (std::size_t r = 0; r < rows.size(); ++r)
                REQUIRE(by_lane(banks.front(), place.lane, rows[r]) ==
                        truth(either, s.evidence->tables[batches], static_cast<std::int64_t>(r)));
        }
}

TEST_CASE("numbers are told apart at, just below and just above every end") {
    const auto f = framework();
    const std::vector<double> ends{-2.5, 0, 0.1, 100, 300};
    LaneCompiler compiler(f);
    std::vector<std::pair<Condition, LaneCompiler::Place>> asked;
    for (const bool low_open : {false, true})
        for (const bool high_open : {false, true})
            for (std::size_t i = 0; i < ends.size(); ++i)
                for (std::size_t j = i; j < ends.size(); ++j) {
                    auto condition = between(loaves, ends[i], ends[j], low_open, high_open);
                    asked.emplace_back(condition, compiler.lane(condition, batches));
                }
    for (const double x : ends) {
        asked.emplace_back(between(loaves, x, infinity), compiler.lane(between(loaves, x, infinity), batches));
        asked.emplace_back(between(loaves, -infinity, x), compiler.lane(between(loaves, -infinity, x), batches));
    }
    const auto banks = compiler.banks();
    std::vector<double> numbers{-infinity, -1e300, 50, 1e300, infinity, std::numeric_limits<double>::quiet_NaN()};
    for (const double x : ends) {
        numbers.push_back(x);
        numbers.push_back(std::nextafter(x, -infinity));
        numbers.push_back(std::nextafter(x, infinity));
    }
    for (const double x : numbers)
        for (const auto& [condition, place] : asked) {
            Row row;
            row.loaves = x;
            INFO("the number " << x << ", lane " << place.lane);
            CHECK(by_lane(banks[static_cast<std::size_t>(place.bank)], place.lane, row) ==
                  test(std::get<Between>(condition.form), cell_of(row, loaves)));
        }
}

TEST_CASE("an interval without ends holds for every number and is unknown for a blank") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto any_number = compiler.lane(between(loaves, -infinity, infinity), batches);
    const auto bank = compiler.banks().front();
    CHECK(by_lane(bank, any_number.lane, Row{.loaves = 3}) == Truth::yes);
    CHECK(by_lane(bank, any_number.lane, Row{}) == Truth::unknown);
}

TEST_CASE("an open end may be infinite") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto less = compiler.lane(between(loaves, -infinity, 5, true), batches);
    const auto more = compiler.lane(between(loaves, 5, infinity, false, true), batches);
    const auto bank = compiler.banks().front();
    CHECK(by_lane(bank, less.lane, Row{.loaves = 3}) == Truth::yes);
    CHECK(by_lane(bank, more.lane, Row{.loaves = 7}) == Truth::yes);
}

TEST_CASE("ends may be as far apart as numbers go") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto wide = compiler.lane(between(loaves, -1.5e308, 1.5e308), batches);
    CHECK(by_lane(compiler.banks().front(), wide.lane, Row{.loaves = 3}) == Truth::yes);
}

TEST_CASE("equal conditions share a lane, however they are put") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto a = one_of(rank, {1, 2});
    const auto b = contains(extras, 7, 2);
    const auto c = one_of(flour, {1});
    const auto lane = [&](const Condition& condition) { return compiler.lane(condition, batches).lane; };
    const int both = lane(all({a, b}));
    CHECK(lane(all({b, a})) == both);
    CHECK(lane(all({b, all({a, constant(true)}), b})) == both);
    CHECK(lane(negation(any({negation(b), negation(a)}))) == both);
    CHECK(lane(all({any({all({a, b, c}), all({a, b})})})) == both);
    const int either = lane(any({a, b}));
    CHECK(either != both);
    CHECK(lane(at_least(1, {b, a, all({a, c})})) == either);
    CHECK(lane(negation(all({negation(a), negation(b)}))) == either);
    const int two = lane(at_least(2, {a, b, c}));
    CHECK(lane(any({all({a, b}), all({b, c}), all({a, c})})) == two);
    CHECK(lane(negation(at_least(2, {negation(a), negation(b), negation(c)}))) == two);
    CHECK(compiler.banks().front().lanes == 3);
    SECTION("but not those of other tables") {
        const auto here = compiler.lane(constant(true), batches);
        const auto there = compiler.lane(constant(true), courses);
        CHECK(here.bank != there.bank);
    }
}

TEST_CASE("constant and contradictory conditions") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto a = one_of(rank, {2});
    const auto lane = [&](const Condition& condition) { return compiler.lane(condition, batches).lane; };
    const int always = lane(constant(true));
    const int never = lane(constant(false));
    CHECK(lane(at_least(0, {a})) == always);
    CHECK(lane(all({})) == always);
    CHECK(lane(any({a, constant(true)})) == always);
    CHECK(lane(negation(constant(false))) == always);
    CHECK(lane(any({})) == never);
    CHECK(lane(at_least(2, {a})) == never);
    CHECK(lane(all({a, constant(false)})) == never);
    const int contradiction = lane(all({a, negation(a)}));
    const int tautology = lane(any({a, negation(a)}));
    const int apart = lane(all({a, one_of(rank, {0})}));
    const auto bank = compiler.banks().front();
    for (int word = -1; word < 3; ++word) {
        const Row row{.rank = word};
        CHECK(by_lane(bank, always, row) == Truth::yes);
        CHECK(by_lane(bank, never, row) == Truth::no);
        // whoever does not know the word does not know that it cannot be two
        CHECK(by_lane(bank, contradiction, row) == (word < 0 ? Truth::unknown : Truth::no));
        CHECK(by_lane(bank, tautology, row) == (word < 0 ? Truth::unknown : Truth::yes));
        CHECK(by_lane(bank, apart, row) == (word < 0 ? Truth::unknown : Truth::no));
    }
}

TEST_CASE("a full bank is followed by another") {
    const auto f = framework();
    LaneCompiler compiler(f);
    std::vector<Condition> conditions;
    SECTION("full of terms") {
        for (int i = 0; i < 100; ++i) conditions.push_back(between(loaves, i, i + 0.5));
    }
    SECTION("full of clauses, of few terms") {
        for (int i = 0; i < 10; ++i)
            for (int j = 10; j < 20; ++j)
                conditions.push_back(any({between(loaves, i, i + 0.5), between(loaves, j, j + 0.5)}));
    }
    std::vector<LaneCompiler::Place> places;
    for (const auto& condition : conditions) places.push_back(compiler.lane(condition, batches));
    const auto banks = compiler.banks();
    CHECK(banks.size() == 2);
    for (const auto& bank : banks) CHECK(bank.lanes <= bits);
    std::vector<Row> rows;
    for (int i = 0; i < 200; ++i) rows.push_back({.loaves = i / 2.0 + 0.25});
    const auto s = store(1, rows);
    for (std::size_t i = 0; i < conditions.size(); ++i)
        for (std::size_t r = 0; r < rows.size(); ++r)
            REQUIRE(by_lane(banks[static_cast<std::size_t>(places[i].bank)], places[i].lane, rows[r]) ==
                    truth(conditions[i], s.evidence->tables[batches], static_cast<std::int64_t>(r)));
}

TEST_CASE("a condition that is too large is refused, and leaves the others alone") {
    const auto f = framework();
    LaneCompiler compiler(f);
    const auto few = compiler.lane(one_of(rank, {2}), batches);
    const auto bread = [](int i) { return all({between(loaves, i, i + 0.5), one_of(flour, {i % 4})}); };
    std::vector<Condition> many;
    SECTION("more than 64 alternatives") {
        for (int i = 0; i < 65; ++i) many.push_back(bread(i));
        CHECK_THROWS_AS(compiler.lane(any(many), batches), FrameworkError);
        many.pop_back();
        CHECK_NOTHROW(compiler.lane(any(many), batches));
    }
    SECTION("more than 64 clauses") {
        for (int i = 0; i < 12 && many.size() < 65; ++i)
            for (int j = 0; j < i && many.size() < 65; ++j) many.push_back(any({bread(i), bread(j)}));
        CHECK_THROWS_AS(compiler.lane(all(many), batches), FrameworkError);
        many.pop_back();
        CHECK_NOTHROW(compiler.lane(all(many), batches));
    }
    SECTION("too many combinations to write down") {
        for (int i = 0; i < 40; ++i) many.push_back(bread(i));
        CHECK_THROWS_AS(compiler.lane(at_least(20, many), batches), FrameworkError);
        CHECK_THROWS_AS(compiler.lane(negation(at_least(20, many)), batches), FrameworkError);
    }
    SECTION("combinations of combinations of combinations") {
        for (int i = 0; i < 8; ++i) many.push_back(bread(i));
        auto nested = at_least(4, many);
        for (int depth = 0; depth < 3; ++depth)
            nested = at_least(4, {nested, nested, nested, nested, nested, nested, nested, nested});
        CHECK_THROWS_AS(compiler.lane(nested, batches), FrameworkError);
    }
    SECTION("groups in groups that multiply") {
        for (int i = 0; i < 32; i += 4) many.push_back(any({bread(i), bread(i + 1), bread(i + 2), bread(i + 3)}));
        CHECK_THROWS_AS(compiler.lane(any({one_of(rank, {1}), all(many)}), batches), FrameworkError);
    }
    CHECK(compiler.lane(one_of(rank, {2}), batches).lane == few.lane);
    CHECK(by_lane(compiler.banks().front(), few.lane, Row{.rank = 2}) == Truth::yes);
}
