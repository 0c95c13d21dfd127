#pragma once

#include <span>
#include <utility>

#include "tassei/assessment.hpp"

/// When a record counts: the as-of date, recency and verification, whatever else it says.
namespace tassei {

/// The days of a record that count. `start` is no_day where nobody knows it.
struct Standing {
    Truth counts = Truth::yes;
    Day start = no_day;
    Day end = no_day;  ///< inclusive
};

/// The first day that counts as of a day, or no_day where all do.
[[nodiscard]] Day oldest_day(const Framework& framework, Day as_of);

/// What decides on the standing of a table's records, found once a table.
struct Clock {
    Clock(const Framework& framework, std::size_t table, const TableData& data,
          const Options& options);

    [[nodiscard]] Standing operator()(std::int64_t row) const;

    /// Whether each of the records at the places from `first` on counts.
    void counts(const TableData& data, std::int64_t first, std::span<Truth> found) const;

    /// The start, or date, and the end of a record, no_day where they are blank.
    [[nodiscard]] std::pair<Day, Day> dates(std::int64_t row) const;

    /// What these dates alone say.
    [[nodiscard]] Standing operator()(Day start, Day end) const;

    /// Sees the records as of another day, when days before `oldest` do not count; no_day: all do.
    void move_to(Day as_of, Day oldest) {
        as_of_ = as_of;
        oldest_ = oldest;
    }

    /// Whether the record's verification is weaker than asked, or blank.
    [[nodiscard]] bool weakly_verified(std::int64_t row) const;

private:
    bool has_period_ = false;
    bool has_end_ = false;
    bool has_date_ = false;
    const DateColumn* start_ = nullptr;  // nullptr, here and below: blank throughout
    const DateColumn* end_ = nullptr;
    const DateColumn* date_ = nullptr;
    const ColumnData* verification_ = nullptr;
    Day as_of_ = 0;
    Day oldest_ = no_day;  ///< the first day that counts
    int enough_ = -1;      ///< the verification asked for
    bool dates_filled_ = false;
    bool verification_filled_ = false;
};

}  // namespace tassei
