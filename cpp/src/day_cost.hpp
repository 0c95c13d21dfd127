#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Days shared out over records, so that each demand gets its number from the records that serve it.
namespace tassei {

struct SpentDays {
    std::vector<double> days;  ///< by carrier
    bool possible = true;
    bool exact = true;         ///< no fewer days will do
};

/// The fewest days in all. `carriers`: the demands that each record serves; `missing`: days by demand.
[[nodiscard]] SpentDays spread_days(std::span<const std::uint64_t> carriers, std::span<const double> missing);

}  // namespace tassei
