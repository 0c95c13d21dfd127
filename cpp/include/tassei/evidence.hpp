#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <variant>
#include <vector>

#include "tassei/criterion.hpp"
#include "tassei/framework.hpp"

/// What is known about people: columns that somebody else owns, seen without a copy.
namespace tassei {

using Day = std::int32_t;  ///< days since 1970-01-01

/// Arrow's validity bitmap: a set bit is a value, a clear bit a blank; no bitmap: no blanks.
struct Validity {
    const std::uint8_t* bits = nullptr;
    std::int64_t offset = 0;

    [[nodiscard]] bool operator[](std::int64_t i) const {
        const auto at = offset + i;
        return bits == nullptr || ((bits[at >> 3] >> (at & 7)) & 1) != 0;
    }
};

/// Nothing is known: every cell is blank.
struct BlankColumn {};

struct DateColumn {
    std::span<const Day> days;
    Validity valid;
};

/// Ordinal and category columns: 0 is blank, word w is w + 1.
struct WordColumn {
    std::variant<std::span<const std::uint8_t>, std::span<const std::uint16_t>> codes;
};

/// Set columns: a code picks one of the distinct cells that occur.
struct SetColumn {
    std::span<const std::int32_t> codes;
    std::span<const std::uint64_t> has;
    std::span<const std::uint64_t> known;
};

/// Numbers; NaN is blank as well.
struct NumberColumn {
    std::span<const double> values;
    Validity valid;
};

/// Rows of one person with the same code are one thing; a negative code is a row of its own.
struct IdentityColumn {
    std::span<const std::int32_t> codes;
};

using ColumnData =
    std::variant<BlankColumn, DateColumn, WordColumn, SetColumn, NumberColumn, IdentityColumn>;

/// The rows of an evidence table, grouped by person.
struct TableData {
    bool supplied = false;
    std::int64_t rows = 0;
    std::vector<ColumnData> columns;
    std::vector<std::int64_t> first;  ///< person p has places first[p] to first[p + 1]
    std::vector<std::int32_t> order;  ///< row at each place; empty: place = row

    [[nodiscard]] std::int64_t row(std::int64_t place) const {
        return order.empty() ? place : order[static_cast<std::size_t>(place)];
    }
};

struct Evidence {
    std::int64_t persons = 0;
    std::vector<TableData> tables;  ///< in the framework's order
};

/// Groups rows by person in linear time; rows keep their order within a person.
void group(TableData& table, std::span<const std::int32_t> person_of_row, std::int64_t persons);

/// Throws EvidenceError where columns do not fit the framework's tables.
void check(const Evidence& evidence, const Framework& framework);

/// The cell of one row.
[[nodiscard]] Cell cell(const ColumnData& column, std::int64_t row);

/// The day of one row, or no_day where it is blank.
inline constexpr Day no_day = std::numeric_limits<Day>::min();
[[nodiscard]] Day day(const ColumnData& column, std::int64_t row);

/// The identity of one row, or -1.
[[nodiscard]] std::int32_t identity(const ColumnData& column, std::int64_t row);

}  // namespace tassei
