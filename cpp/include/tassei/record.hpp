#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "tassei/assessment.hpp"

/// When a record counts: the as-of date, recency and verification, whatever else it says.
namespace tassei {

/// The days of a record that count. `start` is no_day where nobody knows it.
struct Standing {
    Truth counts = Truth::yes;
    Day start = no_day;
    Day end = no_day;  ///< inclusive
};

/// Neighbouring records: at the places from `first` on, grouped by person, or rows as they lie.
struct Records {
    const TableData& data;
    std::int64_t first = 0;
    std::size_t size = 0;
    const std::int32_t* order = nullptr;  ///< the row of each of them; nullptr: first, first + 1, …

    static Records at_places(const TableData& data, std::int64_t first, std::size_t size) {
        return {data, first, size, data.order.empty() ? nullptr : data.order.data() + first};
    }
    [[nodiscard]] std::int64_t row(std::size_t i) const {
        return order == nullptr ? first + static_cast<std::int64_t>(i) : order[i];
    }
};

/// Starts, or dates, and ends of records, no_day where they are blank; no ends: those are the starts.
struct Dates {
    std::vector<Day> start;
    std::vector<Day> end;

    [[nodiscard]] std::pair<Day, Day> operator[](std::size_t i) const {
        return {start[i], end.empty() ? start[i] : end[i]};
    }
};

/// The first day that counts as of a day, or no_day where all do.
[[nodiscard]] Day oldest_day(const Framework& framework, Day as_of);

/// What decides on the standing of a table's records, found once a table.
struct Clock {
    Clock(const Framework& framework, std::size_t table, const TableData& data,
          const Options& options);

    [[nodiscard]] Standing operator()(std::int64_t row) const;

    /// The dates of records.
    void read(const Records& records, Dates& dates) const;

    /// Whether each of the records, which have these dates, counts.
    void counts(const Records& records, const Dates& dates, std::span<Truth> found) const;

    /// The start, or date, and the end of a record, no_day where they are blank.
    [[nodiscard]] std::pair<Day, Day> dates(std::int64_t row) const;

    /// What these dates alone say.
    [[nodiscard]] Standing operator()(Day start, Day end) const {
        Standing standing;
        const bool recent_only = oldest_ != no_day;
        const auto undated = recent_only && !dates_filled_ ? Truth::unknown : Truth::yes;
        if (has_period_) {
            standing.start = start;
            standing.end = end == no_day ? as_of_ : std::min(end, as_of_);
            if (start != no_day && start > as_of_) standing.counts = Truth::no;
            if (recent_only) {
                if (end != no_day && end < oldest_) standing.counts = Truth::no;
                else if (start == no_day) standing.counts = std::min(standing.counts, undated);
                else standing.start = std::max(start, oldest_);
            }
        } else if (has_date_) {
            standing.start = standing.end = start;
            if (start == no_day) standing.counts = undated;
            else if (start > as_of_ || (recent_only && start < oldest_)) standing.counts = Truth::no;
        }
        return standing;
    }

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
