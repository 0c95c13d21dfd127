#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "tassei/criterion.hpp"
#include "tassei/framework.hpp"
#include "tassei/values.hpp"

/// What is known about people: columns that somebody else owns, seen without a copy.
namespace tassei {

using Day = std::int32_t;  ///< days since 1970-01-01

/// Nothing is known: every cell is blank.
struct BlankColumn {};

inline constexpr Day no_day = std::numeric_limits<Day>::min();

/// Days, or parts of days, since 1970-01-01.
class DateColumn {
public:
    DateColumn() = default;
    explicit DateColumn(std::span<const Day> days, Validity valid = {}) : DateColumn(Values(days, valid)) {}
    /// `ticks`: units in a day.
    explicit DateColumn(Values values, std::int64_t ticks = 1)
        : values_(std::move(values)), ticks_(ticks), days_(ticks == 1 ? values_.plain<Day>() : nullptr) {
        if (days_ != nullptr) valid_ = values_.pieces().front().valid;
    }

    [[nodiscard]] const Values& values() const { return values_; }
    [[nodiscard]] std::int64_t ticks() const { return ticks_; }

    /// The day of a row, or no_day where it is blank.
    [[nodiscard]] Day operator[](std::int64_t row) const {
        if (days_ != nullptr) return valid_[row] ? days_[row] : no_day;
        return values_.at(row, no_day, [&](auto value) { return day(value); });
    }

    /// The days of the rows from `first` on, no_day where they are blank.
    void read(std::int64_t first, std::span<Day> days) const {
        values_.spans(first, days.size(), [&](const auto* values, const Validity& valid, std::int64_t from,
                                              std::size_t at, std::size_t count) {
            auto* const own = days.data() + at;
            values += from;
            const auto each = [&](const auto& day_of) {
                for (std::size_t i = 0; i < count; ++i) own[i] = day_of(values[i]);
            };
            if (ticks_ == 1) each([](auto value) { return in_range(value); });
            else each([this](auto value) { return day(value); });
            each_blank(valid, from, count, [&](std::size_t i) { own[i] = no_day; });
        });
    }

    /// The day that a value lies in; days that no Day can hold become the outermost ones.
    template <class T>
    [[nodiscard]] Day day(T value) const {
        auto ticks = static_cast<std::int64_t>(value);
        if (ticks_ != 1) ticks = ticks / ticks_ - (ticks % ticks_ < 0 ? 1 : 0);
        return in_range(ticks);
    }

private:
    template <class T>
    static Day in_range(T day) {
        // the one Day that stands for a blank is the day after it where it is a value
        if constexpr (std::is_same_v<T, Day>) return std::max(day, no_day + 1);
        constexpr std::int64_t last = std::numeric_limits<Day>::max();
        return static_cast<Day>(std::clamp(static_cast<std::int64_t>(day), -last, last));
    }

    Values values_;
    std::int64_t ticks_ = 1;
    const Day* days_ = nullptr;  // where they lie in one piece
    Validity valid_;
};

/// The code of a row, whatever their width.
[[nodiscard]] inline std::size_t code_at(const auto& codes, std::int64_t row) {
    return std::visit(
        [row](const auto& own) { return static_cast<std::size_t>(own[static_cast<std::size_t>(row)]); }, codes);
}

/// Ordinal and category columns: 0 is blank, word w is w + 1.
struct WordColumn {
    std::variant<std::span<const std::uint8_t>, std::span<const std::uint16_t>> codes;

    [[nodiscard]] std::size_t code(std::int64_t row) const { return code_at(codes, row); }
};

/// Set columns: a code picks one of the distinct cells that occur.
struct SetColumn {
    std::variant<std::span<const std::uint16_t>, std::span<const std::int32_t>> codes;
    std::span<const std::uint64_t> has;
    std::span<const std::uint64_t> known;

    [[nodiscard]] std::size_t code(std::int64_t row) const { return code_at(codes, row); }
};

/// Numbers; NaN is blank as well.
class NumberColumn {
public:
    NumberColumn() = default;
    explicit NumberColumn(std::span<const double> numbers, Validity valid = {})
        : NumberColumn(Values(numbers, valid)) {}
    explicit NumberColumn(Values values) : values_(std::move(values)), numbers_(values_.plain<double>()) {
        if (numbers_ != nullptr) valid_ = values_.pieces().front().valid;
    }

    [[nodiscard]] const Values& values() const { return values_; }

    /// The number of a row, or NaN where it is blank.
    [[nodiscard]] double operator[](std::int64_t row) const {
        constexpr double blank = std::numeric_limits<double>::quiet_NaN();
        if (numbers_ != nullptr) return valid_[row] ? numbers_[row] : blank;
        return values_.at(row, blank, [](auto value) { return static_cast<double>(value); });
    }

private:
    Values values_;
    const double* numbers_ = nullptr;
    Validity valid_;
};

/// Rows of one person with the same code are one thing; a negative code is a row of its own.
struct IdentityColumn {
    std::span<const std::int32_t> codes;
    std::shared_ptr<const void> owner = {};
};

using ColumnData =
    std::variant<BlankColumn, DateColumn, WordColumn, SetColumn, NumberColumn, IdentityColumn>;

/// The rows of an evidence table, grouped by person. Rows that were rejected are of no person.
struct TableData {
    bool supplied = false;
    std::int64_t rows = 0;  ///< of the columns, rejected ones too
    std::vector<ColumnData> columns;
    std::vector<std::int64_t> first;  ///< person p has places first[p] to first[p + 1]
    std::vector<std::int32_t> order;  ///< row at each place; empty: place = row

    [[nodiscard]] std::int64_t places() const { return first.empty() ? 0 : first.back(); }
    [[nodiscard]] std::int64_t row(std::int64_t place) const {
        return order.empty() ? place : order[static_cast<std::size_t>(place)];
    }
};

struct Evidence {
    std::int64_t persons = 0;
    std::vector<TableData> tables;  ///< in the framework's order
};

/// Groups rows by person in linear time; rows keep their order within a person. Rows of a negative
/// person belong to nobody.
void group(TableData& table, std::span<const std::int32_t> person_of_row, std::int64_t persons);

/// Throws EvidenceError where columns do not fit the framework's tables.
void check(const Evidence& evidence, const Framework& framework);

/// The cell of one row.
[[nodiscard]] Cell cell(const ColumnData& column, std::int64_t row);

/// The day of one row, or no_day where it is blank.
[[nodiscard]] Day day(const ColumnData& column, std::int64_t row);

/// The identity of one row, or -1.
[[nodiscard]] std::int32_t identity(const ColumnData& column, std::int64_t row);

}  // namespace tassei
