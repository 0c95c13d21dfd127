#include <limits>
#include <map>
#include <random>

#include "bakery.hpp"
#include "catch.hpp"
#include "streams.hpp"
#include "tassei/column.hpp"
#include "tassei/delimited.hpp"
#include "tassei/error.hpp"

using namespace tassei;
using namespace streams;

namespace {

template <class T>
Values values(const std::vector<T>& cells) {
    return Values(std::span<const T>(cells));
}

}  // namespace

TEST_CASE("values in pieces are found from every row") {
    std::mt19937 random(8);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::int16_t> cells(1 + random() % 300);
        for (auto& cell : cells) cell = static_cast<std::int16_t>(random());
        std::vector<Piece> pieces;
        for (std::size_t from = 0; from < cells.size();) {
            const auto rows = std::min<std::size_t>(random() % (random() % 4 == 0 ? 200 : 5), cells.size() - from);
            pieces.push_back({0, static_cast<std::int64_t>(rows), cells.data() + from, {}});
            from += rows;
        }
        const Values column(Width::int16, pieces);
        REQUIRE(column.rows() == static_cast<std::int64_t>(cells.size()));
        for (std::size_t row = 0; row < cells.size(); ++row)
            REQUIRE(NumberColumn(column)[static_cast<std::int64_t>(row)] == cells[row]);
    }
}

TEST_CASE("numbers of every width") {
    const auto check = [](auto one) {
        using T = decltype(one);
        const std::vector<T> cells{T{0}, T{7}, std::numeric_limits<T>::max()};
        const NumberColumn column(values(cells));
        CHECK(column[1] == 7);
        CHECK(column[2] == static_cast<double>(std::numeric_limits<T>::max()));
    };
    check(std::int8_t{});
    check(std::uint8_t{});
    check(std::int16_t{});
    check(std::uint16_t{});
    check(std::int32_t{});
    check(std::uint32_t{});
    check(std::int64_t{});
    check(std::uint64_t{});
    check(float{});
    check(double{});
}

TEST_CASE("what no number or day of evidence can be is found") {
    const double inf = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(uncountable(NumberColumn(values<double>({0, -0.0, 1, -1, inf, -inf, nan, 1e308}))) == Rows{3, 4, 5});
    CHECK(uncountable(NumberColumn(values<std::int8_t>({0, -1, 127}))) == Rows{1});
    CHECK(uncountable(NumberColumn(values<std::uint64_t>({0, ~std::uint64_t{0}}))).empty());
    CHECK(outside(DateColumn(values<Day>({4, 5, 9, 10, 11})), 5, 10) == Rows{0, 4});
}

TEST_CASE("an end before the start is found, blanks are neither") {
    const std::vector<Day> start{5, 5, 5, no_day};
    const std::vector<Day> end{5, 4, 6, 1};
    const std::uint8_t all_but_last = 0b0111;
    const DateColumn starts(start, {&all_but_last, 0});
    CHECK(ends_before_start(starts, DateColumn(end)) == Rows{1});
    CHECK_THROWS_AS(ends_before_start(starts, DateColumn()), EvidenceError);
}

TEST_CASE("blank cells are counted among good rows") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> cells{1, nan, nan, 4};
    const std::uint8_t valid = 0b0111;
    const Values column(std::span<const double>(cells), {&valid, 0});
    const bool good[] = {true, false, true, true};
    CHECK(blank_cells(column, {}) == 3);
    CHECK(blank_cells(column, good) == 2);
    Producer producer({"u"}, {texts<std::int32_t>({"a", " ", {}, "b"})});
    const TextColumn words(producer.column());
    CHECK(blank_cells(words, {}) == 2);
    CHECK(blank_cells(words, good) == 1);
}

TEST_CASE("numbers without a place look up the blank") {
    const std::vector<std::int32_t> numbers{0, -1, 1, -2, 2};
    const std::vector<std::uint8_t> table{10, 11};
    std::vector<std::uint8_t> out(5);
    recode<std::uint8_t, std::int32_t>(numbers, table, 99, out);
    CHECK(out == std::vector<std::uint8_t>{10, 99, 11, 99, 99});
}

TEST_CASE("items unite to sets, blank lists to none") {
    Producer producer({"+l", "", "u"}, {lists<>({2, {}, 0, 1}, texts<std::int32_t>({"a", "b", "b"}))});
    const auto column = producer.column();
    const std::vector<std::int32_t> numbers{0, 1, 1};
    const std::vector<std::int32_t> word_of{5, 63};
    std::vector<std::uint64_t> has(4);
    std::vector<std::uint8_t> filled(4);
    unite_items(column, numbers, word_of, has, filled);
    CHECK(has == std::vector<std::uint64_t>{1U << 5 | std::uint64_t{1} << 63, 0, 0, std::uint64_t{1} << 63});
    CHECK(filled == std::vector<std::uint8_t>{1, 0, 1, 1});
    const std::vector<std::int32_t> none{-1, 0};
    unite_items(column, numbers, none, has, filled);
    CHECK(has.front() == 1);
}

TEST_CASE("the first row of each code") {
    CHECK(first_rows(values<std::uint32_t>({3, 0, 3, 0})) == Rows{1, -1, -1, 0});
    CHECK(first_rows(Values()).empty());
    CHECK_THROWS_AS(first_rows(values<std::int64_t>({-1})), EvidenceError);
    CHECK_THROWS_AS(first_rows(values<std::int64_t>({std::int64_t{1} << 40})), EvidenceError);
}

TEST_CASE("texts are one person's own, few or many, in any order of rows") {
    std::mt19937 random(2);
    for (const int most : {3, 200}) {
        Texts cells;
        std::vector<std::int32_t> persons;
        for (int row = 0; row < 500; ++row) {
            persons.push_back(static_cast<std::int32_t>(random() % 6) - 1);
            const auto id = std::to_string(random() % static_cast<unsigned>(most));
            if (random() % 9 == 0) cells.push_back({});
            else cells.push_back(random() % 2 ? id : " " + id + "　");
        }
        TableData table;
        group(table, persons, 5);
        Producer producer({"u"}, {texts<std::int32_t>(cells)});
        const auto found = identities(TextColumn(producer.column()), table);
        std::map<std::pair<std::int32_t, std::string>, std::int32_t> expected;
        for (std::size_t row = 0; row < cells.size(); ++row) {
            if (persons[row] < 0 || !cells[row]) {
                REQUIRE(found[row] == -1);
                continue;
            }
            const std::pair key{persons[row], std::string(trim(*cells[row]))};
            REQUIRE(found[row] == expected.try_emplace(key, static_cast<std::int32_t>(row)).first->second);
        }
    }
}

TEST_CASE("texts that only look alike to a hash are told apart") {
    Texts cells;  // two by two, of one hash but for its upper half and its last bit
    std::map<std::uint32_t, std::string> seen;
    for (int n = 0; cells.size() < 80; ++n) {
        const auto text = std::to_string(n);
        const auto& first = seen.try_emplace(static_cast<std::uint32_t>(hash_of(text)) | 1U, text).first->second;
        if (first != text) cells.insert(cells.end(), {first, text, text, first});
    }
    for (const std::size_t rows : {std::size_t{4}, cells.size()}) {
        const Texts own(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(rows));
        TableData table;
        group(table, std::vector<std::int32_t>(rows, 0), 1);
        Producer producer({"u"}, {texts<std::int32_t>(own)});
        const auto found = identities(TextColumn(producer.column()), table);
        for (std::size_t row = 0; row < rows; ++row)
            CHECK(found[row] == static_cast<std::int32_t>(std::ranges::find(own, own[row]) - own.begin()));
    }
}

TEST_CASE("a row that says the same as an earlier one of its person is a duplicate") {
    using namespace bakery;
    const Row one{.person = 0, .rank = 1, .start = 3, .end = 9, .order = 4};
    auto other = one;
    other.person = 1;
    auto longer = one;
    longer.end = 10;
    auto sliced = one;
    sliced.known = 1;
    const auto s = store(2, {one, longer, one, other, sliced, one});
    CHECK(duplicates(s.evidence->tables[batches]) == Rows{2, 5});
}

TEST_CASE("lines that end in quotes are seen") {
    CHECK_FALSE(line_ends_in_quotes(""));
    CHECK_FALSE(line_ends_in_quotes("a,b\n\"c,\"\"d\",e\n"));
    CHECK(line_ends_in_quotes("a,\"b\nc\"\n"));
    CHECK(line_ends_in_quotes("a,\"b\rc\"\n"));
    CHECK(line_ends_in_quotes("a,\"b"));
    CHECK(line_ends_in_quotes("5\",\"a\nb\"\n"));
    CHECK_FALSE(line_ends_in_quotes("\"\",\"\"\"\"\n\n"));
    CHECK(line_ends_in_quotes("a\",\"x\ny\",b\""));  // pairs up, but not as it seems
    CHECK(line_ends_in_quotes("a,\"b\"c\"d\"\n"));
    CHECK_FALSE(line_ends_in_quotes("a\t\"b\"\n", '\t'));
    CHECK(line_ends_in_quotes("a\t\"b\"\n"));
}
