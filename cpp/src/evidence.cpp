#include "tassei/evidence.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include "tassei/error.hpp"

namespace tassei {
namespace {

std::size_t length(const ColumnData& column) {
    struct Length {
        std::size_t operator()(const BlankColumn&) const { return 0; }
        std::size_t operator()(const DateColumn& c) const { return static_cast<std::size_t>(c.values().rows()); }
        std::size_t operator()(const WordColumn& c) const {
            return std::visit([](const auto& codes) { return codes.size(); }, c.codes);
        }
        std::size_t operator()(const SetColumn& c) const {
            return std::visit([](const auto& codes) { return codes.size(); }, c.codes);
        }
        std::size_t operator()(const NumberColumn& c) const { return static_cast<std::size_t>(c.values().rows()); }
        std::size_t operator()(const IdentityColumn& c) const { return c.codes.size(); }
    };
    return std::visit(Length{}, column);
}

bool fits(const ColumnData& data, const Column& column) {
    switch (column.type) {
        case ColumnType::date: return std::holds_alternative<DateColumn>(data);
        case ColumnType::ordinal:
        case ColumnType::category: return std::holds_alternative<WordColumn>(data);
        case ColumnType::set: return std::holds_alternative<SetColumn>(data);
        case ColumnType::number: return std::holds_alternative<NumberColumn>(data);
        case ColumnType::text: break;
    }
    return std::holds_alternative<IdentityColumn>(data);
}

/// The first code that is not below `end`, negative ones included, or nullptr.
template <class Code>
const Code* beyond(std::span<const Code> codes, std::size_t end) {
    using Plain = std::make_unsigned_t<Code>;
    if (end > std::numeric_limits<Plain>::max()) return nullptr;
    const auto limit = static_cast<Plain>(end);
    Plain bad = 0;  // no branch a row
    for (const auto code : codes) bad = static_cast<Plain>(bad | (static_cast<Plain>(code) >= limit ? 1 : 0));
    if (bad == 0) return nullptr;
    return &*std::ranges::find_if(codes, [&](Code code) { return static_cast<Plain>(code) >= limit; });
}

// Everything that is used as an index later is proven here, once, so that the kernel need not.
void check_codes(const ColumnData& data, const Column& column, const std::string& where) {
    const auto fail = [&](const std::string& what) { throw EvidenceError(where + ": " + what); };
    if (const auto* words = std::get_if<WordColumn>(&data)) {
        std::visit(
            [&](const auto& codes) {
                const auto words_and_blank = static_cast<std::size_t>(column.words) + 1;
                if (const auto* bad = beyond(codes, words_and_blank))
                    fail("code " + std::to_string(*bad) + " is no word");
            },
            words->codes);
    } else if (const auto* sets = std::get_if<SetColumn>(&data)) {
        if (sets->has.size() != sets->known.size()) fail("sets of different lengths");
        std::visit(
            [&](const auto& codes) {
                if (const auto* bad = beyond(codes, sets->has.size()))
                    fail("code " + std::to_string(*bad) + " is no set");
            },
            sets->codes);
        for (std::size_t i = 0; i < sets->has.size(); ++i)
            if ((sets->has[i] & ~sets->known[i]) != 0) fail("a set has an item that is not known");
    }
}

}  // namespace

void group(TableData& table, std::span<const std::int32_t> person_of_row, std::int64_t persons) {
    if (person_of_row.size() > std::size_t{std::numeric_limits<std::int32_t>::max()})
        throw EvidenceError("more than 2,147,483,647 rows in one table: assess in parts");
    table.rows = static_cast<std::int64_t>(person_of_row.size());
    table.first.assign(static_cast<std::size_t>(persons) + 1, 0);
    bool grouped = true;
    std::int32_t before = 0;
    for (const auto person : person_of_row) {
        if (person >= persons)
            throw EvidenceError("row of person number " + std::to_string(person) + " of " +
                                std::to_string(persons));
        grouped = grouped && person >= before && person >= 0;
        before = person;
        if (person >= 0) ++table.first[static_cast<std::size_t>(person) + 1];
    }
    for (std::size_t p = 1; p < table.first.size(); ++p) table.first[p] += table.first[p - 1];
    table.order.clear();
    if (grouped) return;
    table.order.resize(static_cast<std::size_t>(table.places()));
    auto next = table.first;
    for (std::size_t row = 0; row < person_of_row.size(); ++row) {
        if (person_of_row[row] < 0) continue;
        const auto person = static_cast<std::size_t>(person_of_row[row]);
        table.order[static_cast<std::size_t>(next[person]++)] = static_cast<std::int32_t>(row);
    }
}

void check(const Evidence& evidence, const Framework& framework) {
    if (evidence.tables.size() != framework.tables.size())
        throw EvidenceError("the framework has " + std::to_string(framework.tables.size()) +
                            " tables, the evidence " + std::to_string(evidence.tables.size()));
    for (std::size_t t = 0; t < evidence.tables.size(); ++t) {
        const auto& data = evidence.tables[t];
        const auto& table = framework.tables[t];
        if (!data.supplied) continue;
        if (data.columns.size() != table.columns.size())
            throw EvidenceError("table " + table.id + " has columns that the framework has not");
        if (data.first.size() != static_cast<std::size_t>(evidence.persons) + 1)
            throw EvidenceError("table " + table.id + " is not grouped by these persons");
        for (std::size_t c = 0; c < data.columns.size(); ++c) {
            const auto& column = data.columns[c];
            if (std::holds_alternative<BlankColumn>(column)) continue;
            const auto where = table.id + "." + table.columns[c].id;
            if (!fits(column, table.columns[c])) throw EvidenceError(where + ": of another type");
            if (length(column) != static_cast<std::size_t>(data.rows))
                throw EvidenceError(where + ": " + std::to_string(length(column)) + " rows, not " +
                                    std::to_string(data.rows));
            check_codes(column, table.columns[c], where);
        }
    }
}

Cell cell(const ColumnData& column, std::int64_t row) {
    Cell result;
    result.number = std::numeric_limits<double>::quiet_NaN();
    if (const auto* words = std::get_if<WordColumn>(&column)) {
        result.word = static_cast<int>(words->code(row)) - 1;
    } else if (const auto* sets = std::get_if<SetColumn>(&column)) {
        const auto code = sets->code(row);
        result.has = sets->has[code];
        result.known = sets->known[code];
    } else if (const auto* numbers = std::get_if<NumberColumn>(&column)) {
        result.number = (*numbers)[row];
    }
    return result;
}

Day day(const ColumnData& column, std::int64_t row) {
    const auto* dates = std::get_if<DateColumn>(&column);
    return dates == nullptr ? no_day : (*dates)[row];
}

std::int32_t identity(const ColumnData& column, std::int64_t row) {
    const auto* codes = std::get_if<IdentityColumn>(&column);
    return codes == nullptr ? -1 : codes->codes[static_cast<std::size_t>(row)];
}

}  // namespace tassei
