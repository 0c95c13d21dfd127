#include "tassei/framework.hpp"

#include <functional>

#include "tassei/error.hpp"

namespace tassei {
namespace {

template <class... F>
struct Match : F... {
    using F::operator()...;
};
template <class... F>
Match(F...) -> Match<F...>;

bool inside(int index, std::size_t size) {
    return index >= 0 && static_cast<std::size_t>(index) < size;
}

const Column& column_of(const Table& table, int index) {
    if (!inside(index, table.columns.size()))
        throw FrameworkError("table " + table.id + " has no column number " + std::to_string(index));
    return table.columns[static_cast<std::size_t>(index)];
}

void expect(const Column& column, bool fits, const char* what) {
    if (!fits) throw FrameworkError("column " + column.id + " cannot be tested as " + what);
}

/// No evidence has codes for more words; of a set, each word is a bit.
constexpr int most_words = 65'534;

void check_table(const Table& table) {
    for (const auto& column : table.columns)
        if (column.words < 0 || column.words > most_words)
            throw FrameworkError("column " + column.id + " has " + std::to_string(column.words) + " words");
    const auto role = [&](int index, ColumnType type, const char* what) {
        if (index != -1) expect(column_of(table, index), column_of(table, index).type == type, what);
    };
    role(table.start, ColumnType::date, "a start");
    role(table.end, ColumnType::date, "an end");
    role(table.date, ColumnType::date, "a date");
    role(table.identity, ColumnType::text, "an identity");
    role(table.verification, ColumnType::ordinal, "a verification");
}

void check_need(int need) {
    if (need < 0) throw FrameworkError("at least " + std::to_string(need) + " parts cannot be asked for");
}

void check_condition(const Condition& condition, const Table& table) {
    const auto parts = [&](const std::vector<Condition>& of) {
        for (const auto& part : of) check_condition(part, table);
    };
    std::visit(Match{
                   [](const Constant&) {},
                   [&](const OneOf& f) {
                       const auto& column = column_of(table, f.column);
                       expect(column,
                              column.type == ColumnType::ordinal || column.type == ColumnType::category,
                              "a word");
                       for (const int word : f.words)
                           expect(column, inside(word, static_cast<std::size_t>(column.words)),
                                  "a word that it does not have");
                   },
                   [&](const Contains& f) {
                       const auto& column = column_of(table, f.column);
                       expect(column, column.type == ColumnType::set && column.words <= 64, "a set");
                   },
                   [&](const Between& f) {
                       const auto& column = column_of(table, f.column);
                       expect(column, column.type == ColumnType::number, "a number");
                       expect(column, f.low == f.low && f.high == f.high, "a number without ends");
                   },
                   [&](const AtLeast& f) {
                       check_need(f.need);
                       parts(f.of);
                   },
                   [&](const Not& f) {
                       if (f.of.size() != 1) throw FrameworkError("a negation has one part");
                       parts(f.of);
                   },
               },
               condition.form);
}

void check_criterion(const Criterion& criterion, const Framework& framework) {
    const auto table_of = [&](int index) -> const Table& {
        if (!inside(index, framework.tables.size()))
            throw FrameworkError("no table number " + std::to_string(index));
        return framework.tables[static_cast<std::size_t>(index)];
    };
    const auto parts = [&](const std::vector<Criterion>& of) {
        for (const auto& part : of) check_criterion(part, framework);
    };
    const auto timed = [&](const auto& form) {
        const auto& table = table_of(form.table);
        if (table.start < 0) throw FrameworkError("table " + table.id + " has no start: no duration");
        check_condition(form.where, table);
    };
    std::visit(Match{
                   [](const Constant&) {},
                   [&](const Some& f) { check_condition(f.where, table_of(f.table)); },
                   [&](const Duration& f) { timed(f); },
                   [&](const Longest& f) { timed(f); },
                   [&](const Count& f) {
                       check_condition(f.where, table_of(f.table));
                       for (const auto& nested : f.of_which)
                           check_condition(nested.where, table_of(f.table));
                   },
                   [&](const Distinct& f) {
                       const auto& table = table_of(f.table);
                       const auto& column = column_of(table, f.column);
                       expect(column, column.type == ColumnType::category && column.words <= 64,
                              "distinct words");
                       check_condition(f.where, table);
                   },
                   [&](const OtherSheet& f) {
                       if (!inside(f.sheet, framework.sheets.size()))
                           throw FrameworkError("no sheet number " + std::to_string(f.sheet));
                   },
                   [&](const AtLeastCriteria& f) {
                       check_need(f.need);
                       parts(f.of);
                   },
                   [&](const NotCriterion& f) {
                       if (f.of.size() != 1) throw FrameworkError("a negation has one part");
                       parts(f.of);
                   },
               },
               criterion.form);
}

void visit_references(const Criterion& criterion, const std::function<void(int)>& visit) {
    std::visit(Match{
                   [&](const OtherSheet& f) { visit(f.sheet); },
                   [&](const AtLeastCriteria& f) {
                       for (const auto& part : f.of) visit_references(part, visit);
                   },
                   [&](const NotCriterion& f) {
                       for (const auto& part : f.of) visit_references(part, visit);
                   },
                   [](const auto&) {},
               },
               criterion.form);
}

}  // namespace

void check(const Framework& framework) {
    for (const auto& table : framework.tables) check_table(table);
    for (const auto& sheet : framework.sheets) {
        if (!inside(sheet.specialty, framework.specialties.size()))
            throw FrameworkError("a sheet names no specialty");
        for (const auto& item : sheet.criteria) check_criterion(item.criterion, framework);
    }
    for (const auto& deeming : framework.deemings) {
        check_criterion(deeming.when, framework);
        for (const int sheet : deeming.sheets)
            if (!inside(sheet, framework.sheets.size())) throw FrameworkError("deems no sheet");
    }
    for (const auto& specialty : framework.specialties)
        for (const auto& grade : specialty.grades) {
            if (!inside(specialty.grade_table, framework.tables.size()))
                throw FrameworkError("specialty " + specialty.id + " grades records of no table");
            check_condition(grade.condition,
                            framework.tables[static_cast<std::size_t>(specialty.grade_table)]);
        }
}

std::vector<int> evaluation_order(const Framework& framework) {
    enum class Mark { none, open, done };
    std::vector<Mark> marks(framework.sheets.size(), Mark::none);
    std::vector<int> order;
    const std::function<void(int)> place = [&](int index) {
        auto& mark = marks[static_cast<std::size_t>(index)];
        if (mark == Mark::done) return;
        if (mark == Mark::open) throw FrameworkError("sheets refer to each other in a circle");
        mark = Mark::open;
        for (const auto& item : framework.sheets[static_cast<std::size_t>(index)].criteria)
            visit_references(item.criterion, place);
        for (const auto& deeming : framework.deemings)
            for (const int deemed : deeming.sheets)
                if (deemed == index) visit_references(deeming.when, place);
        mark = Mark::done;
        order.push_back(index);
    };
    for (int i = 0; i < static_cast<int>(framework.sheets.size()); ++i) place(i);
    return order;
}

}  // namespace tassei
