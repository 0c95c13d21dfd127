#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "tassei/evidence.hpp"

namespace tassei {

using Periods = std::vector<std::pair<Day, Day>>;  ///< first and last days

/// Calls `act(first, last)` for each stretch that periods cover without a day between, in order.
template <class Act>
void each_stretch(Periods periods, const Act& act) {
    std::ranges::sort(periods);
    for (auto at = periods.begin(); at != periods.end();) {
        auto [first, last] = *at++;
        for (; at != periods.end() && at->first <= std::int64_t{last} + 1; ++at) last = std::max(last, at->second);
        if (first <= last) act(first, last);
    }
}

/// Days of the longest stretch.
[[nodiscard]] inline double longest_days(Periods periods) {
    double days = 0;
    each_stretch(std::move(periods), [&](Day first, Day last) { days = std::max(days, double{1} + last - first); });
    return days;
}

/// Days of the stretch that lasts up to a day; 0 where none does.
[[nodiscard]] inline double days_up_to(Periods periods, Day day) {
    double days = 0;
    each_stretch(std::move(periods), [&](Day first, Day last) {
        if (last == day) days = double{1} + last - first;
    });
    return days;
}

/// Days in the union of periods.
[[nodiscard]] inline double united_days(Periods periods) {
    double days = 0;
    each_stretch(std::move(periods), [&](Day first, Day last) { days += double{1} + last - first; });
    return days;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): all measures of days are of one type
[[nodiscard]] inline double summed_days(Periods periods) {
    double days = 0;
    for (const auto& [start, end] : periods) days += std::max(0.0, double{1} + end - start);
    return days;
}

}  // namespace tassei
