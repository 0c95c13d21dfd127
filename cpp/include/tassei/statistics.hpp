#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "tassei/assessment.hpp"

/// Numbers about many people.
namespace tassei {

/// How far a quantity has come, in [0, 1].
[[nodiscard]] inline double progress_of(double low, double required) {
    return low >= required ? 1.0 : low > 0 ? low / required : 0.0;
}

/// Head counts of certain and of possible levels.
struct Distribution {
    std::vector<std::int32_t> levels;  ///< 0 and every level of the framework, rising
    /// groups × specialties × levels, the last running fastest
    std::vector<std::int64_t> certain;
    std::vector<std::int64_t> possible;
    std::vector<std::int64_t> people;  ///< of each group
};

/// Counts people by level; `groups` gives each person's group, 0 to `count` − 1.
[[nodiscard]] Distribution distribution(const Assessment& assessment,
                                        std::span<const std::int32_t> groups, std::int32_t count);

}  // namespace tassei
