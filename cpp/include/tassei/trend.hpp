#pragma once

#include "tassei/assessment.hpp"
#include "tassei/statistics.hpp"

/// What is kept of an assessment where many are made: everybody's levels, and nothing else.
namespace tassei {

class Standings {
public:
    explicit Standings(const Assessment& assessment);

    [[nodiscard]] const std::vector<std::int32_t>& level() const { return kept_.level; }
    [[nodiscard]] const std::vector<std::int32_t>& possible_level() const { return kept_.possible_level; }
    [[nodiscard]] const std::vector<Basis>& basis() const { return kept_.level_basis; }
    [[nodiscard]] std::int64_t persons() const { return kept_.evidence->persons; }
    [[nodiscard]] std::size_t specialties() const { return kept_.plan->ladder.size(); }

    [[nodiscard]] Distribution distribution(std::span<const std::int32_t> groups, std::int32_t count) const {
        return tassei::distribution(kept_, groups, count);
    }

private:
    Assessment kept_;  // without what it found of sheets
};

}  // namespace tassei
