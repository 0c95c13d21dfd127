#pragma once

#include <optional>

#include "tassei/assessment.hpp"

/// When: the first day on which a sheet holds if running records go on and nothing else changes.
namespace tassei {

inline constexpr Day last_day = 2932896;  ///< 9999-12-31, the last day that calendars write

/// Persons × specialties.
struct Forecast {
    std::vector<std::int32_t> sheet;  ///< the target; -1: there is none
    std::vector<Day> date;            ///< the target certainly holds; no_day: time alone never does it
    std::vector<Day> possible_date;   ///< it holds or may hold
};

/// The first days, from the as-of date of an assessment to `until`, as of which another assessment of the
/// same evidence would find the target met. The target is the sheet of `level`, or each person's next
/// above the certain level; where levels are cumulative it needs every sheet below it as well.
[[nodiscard]] Forecast forecast(const Assessment& assessment, std::span<const std::int64_t> persons,
                                std::optional<int> level = {}, Day until = last_day);

}  // namespace tassei
