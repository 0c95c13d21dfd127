#include "tassei/statistics.hpp"

#include <algorithm>

#include "tassei/error.hpp"

namespace tassei {

Distribution distribution(const Assessment& assessment, std::span<const std::int32_t> groups,
                          std::int32_t count) {
    const auto& plan = *assessment.plan;
    const auto specialties = plan.ladder.size();
    const auto persons = static_cast<std::size_t>(assessment.evidence->persons);
    if (groups.size() != persons)
        throw AssessError(std::to_string(groups.size()) + " groups for " + std::to_string(persons) +
                          " people");
    Distribution result;
    result.levels.push_back(0);
    for (const auto& sheet : plan.sheets) result.levels.push_back(sheet.level);
    std::ranges::sort(result.levels);
    result.levels.erase(std::unique(result.levels.begin(), result.levels.end()), result.levels.end());
    const auto levels = result.levels.size();
    result.people.resize(static_cast<std::size_t>(count));
    result.certain.resize(result.people.size() * specialties * levels);
    result.possible.resize(result.certain.size());
    const auto place = [&](std::int32_t level) {
        return static_cast<std::size_t>(std::ranges::lower_bound(result.levels, level) -
                                        result.levels.begin());
    };
    for (std::size_t p = 0; p < persons; ++p) {
        if (groups[p] < 0 || groups[p] >= count)
            throw AssessError("no group number " + std::to_string(groups[p]));
        const auto group = static_cast<std::size_t>(groups[p]);
        ++result.people[group];
        for (std::size_t s = 0; s < specialties; ++s) {
            const auto base = (group * specialties + s) * levels;
            ++result.certain[base + place(assessment.level[p * specialties + s])];
            ++result.possible[base + place(assessment.possible_level[p * specialties + s])];
        }
    }
    return result;
}

}  // namespace tassei
