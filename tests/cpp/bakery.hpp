#pragma once

#include <algorithm>
#include <bit>
#include <deque>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "tassei/assess.hpp"
#include "tassei/plan.hpp"

/// A tiny framework of another field: bakers, the batches they baked and the courses they took.
namespace bakery {

using namespace tassei;

// columns of batches
enum Batch { rank, flour, extras, loaves, start, end, order, checked };
inline constexpr int batches = 0;
// columns of courses
enum Course { topic, taken_on };
inline constexpr int courses = 1;

inline Framework framework() {
    Framework f;
    f.id = "bakery";
    f.tables.push_back({"batches",
                        {{"rank", ColumnType::ordinal, 3},
                         {"flour", ColumnType::category, 4},
                         {"extras", ColumnType::set, 5},
                         {"loaves", ColumnType::number, 0},
                         {"start", ColumnType::date, 0},
                         {"end", ColumnType::date, 0},
                         {"order", ColumnType::text, 0},
                         {"checked", ColumnType::ordinal, 3}},
                        start, end, -1, order, checked});
    f.tables.push_back({"courses",
                        {{"topic", ColumnType::category, 6}, {"day", ColumnType::date, 0}},
                        -1, -1, taken_on, -1, -1});
    f.specialties.push_back({"bread", -1, {}});
    return f;
}

inline Condition constant(bool value) { return {Constant{value}}; }
inline Condition one_of(int column, std::vector<int> words, int id = -1) {
    return {OneOf{column, std::move(words)}, id};
}
inline Condition contains(int column, std::uint64_t items, int need, int id = -1) {
    return {Contains{column, items, need}, id};
}
inline Condition between(int column, double low, double high, bool low_open = false,
                         bool high_open = false) {
    return {Between{column, low, high, low_open, high_open}};
}
inline Condition at_least(int need, std::vector<Condition> of, int id = -1) {
    return {AtLeast{need, std::move(of)}, id};
}
inline Condition all(std::vector<Condition> of, int id = -1) {
    const int need = static_cast<int>(of.size());
    return at_least(need, std::move(of), id);
}
inline Condition any(std::vector<Condition> of, int id = -1) { return at_least(1, std::move(of), id); }
inline Condition negation(Condition of) { return {Not{{std::move(of)}}}; }

template <class Form>
Criterion criterion(Form form) {
    return {std::move(form)};
}

/// A sheet with these criteria, each of weight 1.
inline Sheet sheet(int level, std::vector<Criterion> criteria) {
    Sheet s;
    s.level = level;
    for (auto& c : criteria) s.criteria.push_back({"criterion", std::move(c), 1});
    return s;
}

/// One row of batches; what is not given is blank.
struct Row {
    int person = 0;
    int rank = -1;
    int flour = -1;
    std::uint64_t has = 0;
    std::uint64_t known = 0;
    double loaves = std::numeric_limits<double>::quiet_NaN();
    Day start = no_day;
    Day end = no_day;
    int order = -1;
    int checked = -1;
};

struct CourseRow {
    int person = 0;
    int topic = -1;
    Day day = no_day;
};

/// Columns for the core, and what keeps them alive.
struct Store {
    std::deque<std::vector<std::uint8_t>> bytes;
    std::deque<std::vector<std::int32_t>> ints;
    std::deque<std::vector<std::uint64_t>> words;
    std::deque<std::vector<double>> doubles;
    std::shared_ptr<Evidence> evidence = std::make_shared<Evidence>();

    DateColumn dates(const std::vector<Day>& days) {
        auto& bits = bytes.emplace_back((days.size() + 7) / 8);
        for (std::size_t i = 0; i < days.size(); ++i)
            if (days[i] != no_day) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1 << (i % 8)));
        return DateColumn(ints.emplace_back(days), {bits.data(), 0});
    }
    WordColumn codes(const std::vector<int>& values) {
        auto& column = bytes.emplace_back();
        for (const int value : values) column.push_back(static_cast<std::uint8_t>(value + 1));
        return {std::span<const std::uint8_t>(column)};
    }
};

template <class Rows, class Get>
auto column(const Rows& rows, Get get) {
    std::vector<std::decay_t<decltype(get(rows[0]))>> values;
    for (const auto& row : rows) values.push_back(get(row));
    return values;
}

inline Store store(std::int64_t persons, const std::vector<Row>& rows,
                   const std::optional<std::vector<CourseRow>>& taken = std::vector<CourseRow>{}) {
    Store s;
    s.evidence->persons = persons;
    TableData table;
    table.supplied = true;
    table.columns.resize(8);
    table.columns[rank] = s.codes(column(rows, [](const Row& r) { return r.rank; }));
    table.columns[flour] = s.codes(column(rows, [](const Row& r) { return r.flour; }));
    auto& places = s.ints.emplace_back();
    for (std::size_t i = 0; i < rows.size(); ++i) places.push_back(static_cast<std::int32_t>(i));
    auto& has = s.words.emplace_back(column(rows, [](const Row& r) { return r.has; }));
    auto& known = s.words.emplace_back(column(rows, [](const Row& r) { return r.known; }));
    table.columns[extras] = SetColumn{std::span<const std::int32_t>(places), has, known};
    table.columns[loaves] =
        NumberColumn(s.doubles.emplace_back(column(rows, [](const Row& r) { return r.loaves; })));
    table.columns[start] = s.dates(column(rows, [](const Row& r) { return r.start; }));
    table.columns[end] = s.dates(column(rows, [](const Row& r) { return r.end; }));
    table.columns[order] =
        IdentityColumn{s.ints.emplace_back(column(rows, [](const Row& r) { return r.order; }))};
    table.columns[checked] = s.codes(column(rows, [](const Row& r) { return r.checked; }));
    group(table, column(rows, [](const Row& r) { return r.person; }), persons);
    s.evidence->tables.push_back(std::move(table));

    TableData second;
    if (taken) {
        second.supplied = true;
        second.columns.resize(2);
        second.columns[topic] = s.codes(column(*taken, [](const CourseRow& r) { return r.topic; }));
        second.columns[taken_on] = s.dates(column(*taken, [](const CourseRow& r) { return r.day; }));
        group(second, column(*taken, [](const CourseRow& r) { return r.person; }), persons);
    }
    s.evidence->tables.push_back(std::move(second));
    return s;
}

inline Options asked(int threads = 1, std::vector<int> min_verification = {}) {
    return {.as_of = 1000, .min_verification = std::move(min_verification), .threads = threads, .filled = {}};
}

inline Assessment assessed(const Framework& framework, const Store& store, Options options = asked()) {
    return assess(std::make_shared<Plan>(compile(framework)), store.evidence, std::move(options));
}

/// What one criterion finds for person 0.
struct Found {
    double low = 0;
    double high = 0;
    Truth status = Truth::no;
};

inline Found finds(Criterion criterion, const std::vector<Row>& rows,
                  const std::optional<std::vector<CourseRow>>& taken = std::vector<CourseRow>{},
                  Options options = asked(), int recency = 0) {
    auto f = framework();
    f.recency_days = recency;
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    const auto s = store(1, rows, taken);
    const auto a = assessed(f, s, std::move(options));
    const std::int64_t persons[] = {0};
    const auto table = criteria(a, persons);
    return {table.low(0, 0), table.high(0, 0), table.status[0]};
}

// --- random conditions, rows and people ------------------------------------------------------

using Random = std::mt19937;

inline int pick(Random& random, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
}

inline Condition random_condition(Random& random, int depth) {
    const int kind = depth == 0 ? pick(random, 0, 3) : pick(random, 0, 9);
    if (kind == 0) {
        std::vector<int> words;
        for (int w = pick(random, 0, 2); w < 3; ++w) words.push_back(w);
        return one_of(rank, words);
    }
    if (kind == 1) {
        std::vector<int> words;
        for (int w = 0; w < 4; ++w)
            if (pick(random, 0, 1)) words.push_back(w);
        return one_of(flour, words);
    }
    if (kind == 2) {
        const auto items = static_cast<std::uint64_t>(pick(random, 1, 31));
        return contains(extras, items, pick(random, pick(random, 0, 3) ? 1 : 0, std::popcount(items)));
    }
    if (kind == 3) {
        const double low = pick(random, 0, 6);
        return between(loaves, low, low + pick(random, 0, 4), pick(random, 0, 1) != 0, pick(random, 0, 1) != 0);
    }
    if (kind == 4) return negation(random_condition(random, depth - 1));
    if (kind == 5 && pick(random, 0, 2) == 0) return constant(pick(random, 0, 1) != 0);
    std::vector<Condition> parts;
    for (int i = pick(random, 1, 3); i > 0; --i) parts.push_back(random_condition(random, depth - 1));
    const int size = static_cast<int>(parts.size());
    return at_least(pick(random, 0, size + (pick(random, 0, 9) == 0 ? 1 : 0)), std::move(parts));
}

/// Every kind of quantity, over conditions of at most nine tests, and trees of them. It refers to these
/// sheets only; `rising`: more records never make it less true.
inline Criterion random_criterion(Random& random, int depth, const std::vector<int>& sheets, bool rising) {
    const auto where = [&] { return random_condition(random, 2); };
    const int kind = depth == 0 ? pick(random, 0, 6) : pick(random, 0, 9);
    if (kind == 0) return criterion(Constant{pick(random, 0, 2) != 0});
    if (kind == 1) return criterion(Some{batches, where()});
    if (kind == 2) return criterion(Some{courses, one_of(topic, {pick(random, 0, 4), 5})});
    if (kind == 3 && pick(random, 0, 2) == 0) return criterion(Longest{batches, where(), 1.0 * pick(random, 50, 400)});
    if (kind == 3) return criterion(Duration{batches, where(), 1.0 * pick(random, 100, 500), pick(random, 0, 1) != 0});
    if (kind == 4 && pick(random, 0, 1)) return criterion(Count{batches, where(), 1.0 * pick(random, 1, 3), {}});
    if (kind == 4) return criterion(Count{batches, where(), 2, {{where(), 1}, {where(), 2}}});
    if (kind == 5) return criterion(Distinct{courses, topic, constant(true), 1.0 * pick(random, 1, 3)});
    if (kind == 6) return criterion(Distinct{batches, flour, where(), 1.0 * pick(random, 1, 4)});
    if (kind == 7 && !sheets.empty()) {
        const int at = pick(random, 0, static_cast<int>(sheets.size()) - 1);
        return criterion(OtherSheet{sheets[static_cast<std::size_t>(at)]});
    }
    if (kind == 8 && !rising) return criterion(NotCriterion{{random_criterion(random, depth - 1, sheets, rising)}});
    std::vector<Criterion> parts;
    for (int i = pick(random, 1, 3); i > 0; --i) parts.push_back(random_criterion(random, depth - 1, sheets, rising));
    const int size = static_cast<int>(parts.size());
    return criterion(AtLeastCriteria{pick(random, 0, size), std::move(parts)});
}

/// Sheets of two specialties that refer to each other in no order, and some that courses deem met.
inline Framework random_framework(Random& random, int sheets, bool rising = false) {
    auto f = framework();
    f.specialties.push_back({"cake", -1, {}});
    f.cumulative = pick(random, 0, 1) != 0;
    f.recency_days = pick(random, 0, 2) ? 0 : 500;
    std::vector<int> order(static_cast<std::size_t>(sheets));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    f.sheets.resize(order.size());
    std::vector<int> before;
    for (const int s : order) {
        auto& made = f.sheets[static_cast<std::size_t>(s)];
        made.specialty = s % 2;
        made.level = s / 2 + 1;
        for (int i = pick(random, 1, 4); i > 0; --i) {
            auto asked = random_criterion(random, 2, before, rising);
            made.criteria.push_back({"criterion", std::move(asked), pick(random, 0, 4) / 4.0});
        }
        if (pick(random, 0, 3) == 0) f.deemings.push_back({random_criterion(random, 1, before, rising), {s}});
        before.push_back(s);
    }
    return f;
}

inline Row random_row(Random& random, int person) {
    const auto blank = [&] { return pick(random, 0, 5) == 0; };
    Row row;
    row.person = person;
    if (!blank()) row.rank = pick(random, 0, 2);
    if (!blank()) row.flour = pick(random, 0, 3);
    if (!blank()) {
        row.known = pick(random, 0, 2) ? 31 : static_cast<std::uint64_t>(pick(random, 0, 31));
        row.has = row.known & static_cast<std::uint64_t>(pick(random, 0, 31));
    }
    if (!blank()) row.loaves = pick(random, 0, 20) / 2.0;
    if (!blank()) row.start = pick(random, 0, 1100);
    if (!blank()) row.end = (row.start == no_day ? 0 : row.start) + pick(random, 0, 300);
    if (!blank()) row.order = pick(random, 0, 3);
    if (!blank()) row.checked = pick(random, 0, 2);
    return row;
}

inline std::vector<std::int64_t> everybody(std::int64_t persons) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(persons));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

inline std::vector<Row> random_rows(Random& random, int persons, int most) {
    std::vector<Row> rows;
    for (int p = 0; p < persons; ++p)
        for (int i = pick(random, 0, most); i > 0; --i) rows.push_back(random_row(random, p));
    return rows;
}

inline std::vector<CourseRow> random_courses(Random& random, int persons, int most) {
    std::vector<CourseRow> rows;
    for (int p = 0; p < persons; ++p)
        for (int i = pick(random, 0, most); i > 0; --i)
            rows.push_back({p, pick(random, -1, 5), pick(random, 0, 3) ? pick(random, 0, 1100) : no_day});
    return rows;
}

}  // namespace bakery
