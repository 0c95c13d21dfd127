#include "tassei/plan.hpp"

#include <limits>

#include "../cpp/bakery.hpp"
#include "../cpp/plain.hpp"
#include "fuzz.hpp"
#include "tassei/error.hpp"

// Any framework at all: what the compiler does not refuse, it evaluates as the obvious loops do.
namespace {

using fuzz::Decisions;
using namespace tassei;

class Maker {
public:
    explicit Maker(fuzz::Bytes bytes) : d_(bytes), wild_(d_.rarely(2)) {}

    Framework framework() {
        auto f = bakery::framework();
        if (wild_) {
            for (auto& table : f.tables) {
                for (auto* role : {&table.start, &table.end, &table.date, &table.identity, &table.verification})
                    if (d_.rarely(6)) *role = index(8);
                for (auto& column : table.columns) {
                    if (d_.rarely(8)) column.type = static_cast<ColumnType>(d_.pick(0, 5));
                    if (d_.rarely(8)) column.words = d_.rarely(2) ? d_.any<std::int32_t>() : d_.pick(0, 80);
                }
            }
            if (d_.rarely(4)) {
                f.specialties.push_back({"cake", index(2), {}});
                f.specialties.back().grades.push_back({d_.pick(0, 3), condition(2)});
            }
        }
        f.cumulative = d_.rarely(2);
        f.recency_days = d_.rarely(3) ? d_.any<std::int32_t>() : 0;
        sheets_ = d_.pick(0, 4);
        for (int s = 0; s < sheets_; ++s) {
            Sheet sheet;
            sheet.specialty = wild_ && d_.rarely(12) ? index(2) : 0;
            sheet.level = d_.pick(0, 5);
            for (int c = d_.pick(0, 3); c > 0; --c) sheet.criteria.push_back({"c", criterion(2), d_.pick(0, 4) / 4.0});
            f.sheets.push_back(std::move(sheet));
        }
        for (int n = d_.pick(0, 2); n > 0; --n) f.deemings.push_back({criterion(1), {index(sheets_)}});
        return f;
    }

    std::vector<bakery::Row> rows() {
        std::vector<bakery::Row> rows;
        for (int n = d_.pick(0, 5); n > 0; --n) {
            bakery::Row row;
            row.person = d_.pick(0, 1);
            row.rank = d_.pick(-1, 2);
            row.flour = d_.pick(-1, 3);
            row.known = d_.any<std::uint8_t>() & 31U;
            row.has = row.known & d_.any<std::uint8_t>();
            if (!d_.rarely(3)) row.loaves = d_.pick(0, 12) / 2.0;
            if (!d_.rarely(4)) row.start = d_.pick(0, 255) * 5;
            if (!d_.rarely(4)) row.end = (row.start == no_day ? 0 : row.start) + d_.pick(0, 255);
            row.order = d_.pick(-1, 2);
            row.checked = d_.pick(-1, 2);
            rows.push_back(row);
        }
        return rows;
    }

    std::vector<bakery::CourseRow> courses() {
        std::vector<bakery::CourseRow> rows;
        for (int n = d_.pick(0, 3); n > 0; --n) rows.push_back({d_.pick(0, 1), d_.pick(-1, 5), d_.rarely(3) ? no_day : d_.pick(0, 255) * 5});
        return rows;
    }

private:
    /// One of so many, or in wild frameworks now and then none of them.
    int index(int size) {
        if (wild_ && d_.rarely(12)) return d_.rarely(2) ? d_.any<std::int32_t>() : d_.pick(-1, size);
        return size > 0 ? d_.pick(0, size - 1) : 0;
    }
    double number() {
        if (wild_ && d_.rarely(12)) return d_.any<double>();
        return d_.pick(0, 12) / 2.0;
    }
    double required() { return wild_ && d_.rarely(12) ? d_.any<double>() : d_.pick(1, 4); }
    int need(int size) { return wild_ && d_.rarely(12) ? d_.any<std::int32_t>() : d_.pick(0, size + 1); }

    Condition condition(int depth) {
        const int kind = d_.pick(0, depth > 0 ? 6 : 4);
        if (kind == 0) return bakery::constant(d_.rarely(2));
        if (kind == 1) {
            std::vector<int> words;
            for (int w = 0; w < 3; ++w)
                if (d_.rarely(2)) words.push_back(wild_ ? index(3) : w);
            std::ranges::sort(words);
            return bakery::one_of(wild_ ? index(2) : bakery::rank, words);
        }
        if (kind == 2) {
            const auto items = wild_ ? d_.any<std::uint64_t>() : static_cast<std::uint64_t>(d_.pick(0, 31));
            return bakery::contains(wild_ ? index(8) : bakery::extras, items, need(3));
        }
        if (kind == 3) {
            const auto low = number();
            return bakery::between(wild_ ? index(8) : bakery::loaves, low, wild_ ? number() : low + number(), d_.rarely(2), d_.rarely(2));
        }
        if (kind == 4 && depth > 0) return bakery::negation(condition(depth - 1));
        std::vector<Condition> parts;
        const int most = wild_ && d_.rarely(9) ? 20 : 3;
        for (int n = d_.pick(0, most); n > 0 && depth > 0; --n) parts.push_back(condition(depth - 1));
        const int size = static_cast<int>(parts.size());
        return bakery::at_least(need(size), std::move(parts));
    }

    Criterion criterion(int depth) {
        using bakery::batches;
        using bakery::courses;
        const int kind = d_.pick(0, depth > 0 ? 8 : 6);
        const int table = wild_ ? index(2) : batches;
        if (kind == 0) return bakery::criterion(Constant{d_.rarely(2)});
        if (kind == 1) return bakery::criterion(Some{table, condition(2)});
        if (kind == 2) return bakery::criterion(Duration{table, condition(2), required() * 100, d_.rarely(2)});
        if (kind == 3) {
            Count count{table, condition(2), required(), {}};
            for (int n = d_.pick(0, 2); n > 0; --n) count.of_which.push_back({condition(1), required()});
            return bakery::criterion(std::move(count));
        }
        if (kind == 4) return bakery::criterion(Distinct{wild_ ? index(2) : courses, wild_ ? index(2) : bakery::topic, bakery::constant(true), required()});
        if (kind == 5) return bakery::criterion(Distinct{batches, bakery::flour, condition(2), required()});
        if (kind == 6) return bakery::criterion(OtherSheet{index(sheets_)});
        std::vector<Criterion> parts;
        if (kind == 7) parts.push_back(criterion(depth - 1));
        if (kind == 7) return bakery::criterion(NotCriterion{std::move(parts)});
        for (int n = d_.pick(0, 3); n > 0; --n) parts.push_back(criterion(depth - 1));
        const int size = static_cast<int>(parts.size());
        return bakery::criterion(AtLeastCriteria{need(size), std::move(parts)});
    }

    Decisions d_;
    bool wild_;
    int sheets_ = 0;
};

void compare(const Assessment& a, std::int64_t persons) {
    const auto& f = a.plan->framework;
    const auto sheets = static_cast<std::int64_t>(f.sheets.size());
    for (std::int64_t p = 0; p < persons; ++p) {
        plain::Person person(f, *a.evidence, a.options, p);
        for (std::int64_t s = 0; s < sheets; ++s)
            fuzz::expect(a.status[static_cast<std::size_t>(p * sheets + s)] == person.status(static_cast<int>(s)), "the status of a sheet");
    }
}

}  // namespace

void fuzz::plan(Bytes bytes) {
    Maker maker(bytes);
    try {
        const auto framework = maker.framework();
        const auto store = bakery::store(2, maker.rows(), maker.courses());
        const auto plan = std::make_shared<Plan>(compile(framework));
        const auto a = assess(plan, store.evidence, bakery::asked());
        bool plain_days = true;  // the obvious loops count day by day
        for (const auto& table : framework.tables) plain_days = plain_days && table.start == bakery::framework().tables[static_cast<std::size_t>(&table - framework.tables.data())].start;
        if (framework.recency_days >= 0 && framework.recency_days < 2000 && plain_days) compare(a, 2);
    } catch (const FrameworkError&) {
    } catch (const EvidenceError&) {
    }
}
