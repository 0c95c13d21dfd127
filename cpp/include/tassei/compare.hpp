#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tassei/assessment.hpp"

/// The same people in two assessments: who moved from which level to which.
namespace tassei {

/// What stands for the same thing in both: persons by their places, specialties by their numbers.
struct Pairing {
    std::span<const std::int64_t> before;
    std::span<const std::int64_t> after;
    std::span<const std::int32_t> specialty_before;
    std::span<const std::int32_t> specialty_after;
};

/// Head counts of moves between levels.
struct Transitions {
    std::vector<std::int32_t> levels;  ///< 0 and every level of either framework, rising
    /// groups × specialties × levels before × levels after, the last running fastest
    std::vector<std::int64_t> certain;
    std::vector<std::int64_t> possible;
};

/// Counts pairs by level before and after; `groups` gives each pair's group, 0 to `count` − 1.
[[nodiscard]] Transitions transitions(const Assessment& before, const Assessment& after,
                                      const Pairing& pairing, std::span<const std::int32_t> groups,
                                      std::int32_t count);

/// Pairs and specialties whose certain or possible level differs, in the order of the pairs.
struct Moves {
    std::vector<std::int64_t> pair;
    std::vector<std::int32_t> specialty;
};

[[nodiscard]] Moves moves(const Assessment& before, const Assessment& after, const Pairing& pairing);

}  // namespace tassei
