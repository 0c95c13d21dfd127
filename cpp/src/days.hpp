#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "tassei/evidence.hpp"

namespace tassei {

using Periods = std::vector<std::pair<Day, Day>>;  ///< first and last days

/// Days in the union of periods, by a running latest end.
[[nodiscard]] inline double united_days(Periods periods) {
    std::ranges::sort(periods);
    double days = 0;
    std::int64_t latest = no_day;
    for (const auto& [start, end] : periods) {
        const auto from = std::max(std::int64_t{start}, latest + 1);
        days += static_cast<double>(std::max<std::int64_t>(0, end - from + 1));
        latest = std::max(latest, std::int64_t{end});
    }
    return days;
}

[[nodiscard]] inline double summed_days(Periods periods) {
    double days = 0;
    for (const auto& [start, end] : periods) days += std::max(0.0, double{1} + end - start);
    return days;
}

}  // namespace tassei
