#include "tassei/compare.hpp"

#include <algorithm>

#include "tassei/error.hpp"

namespace tassei {
namespace {

std::size_t place(std::int64_t i) { return static_cast<std::size_t>(i); }

void check(const Assessment& a, std::span<const std::int64_t> persons,
           std::span<const std::int32_t> specialties) {
    for (const auto p : persons)
        if (p < 0 || p >= a.evidence->persons) throw AssessError("no person number " + std::to_string(p));
    for (const auto s : specialties)
        if (s < 0 || place(s) >= a.plan->ladder.size())
            throw AssessError("no specialty number " + std::to_string(s));
}

void check(const Assessment& before, const Assessment& after, const Pairing& pairing) {
    if (pairing.before.size() != pairing.after.size() ||
        pairing.specialty_before.size() != pairing.specialty_after.size())
        throw AssessError("pairs need two sides each");
    check(before, pairing.before, pairing.specialty_before);
    check(after, pairing.after, pairing.specialty_after);
}

/// Calls `act(pair, specialty, cell before, cell after)` for every pair and specialty.
template <class Act>
void each_cell(const Assessment& before, const Assessment& after, const Pairing& pairing, const Act& act) {
    const auto width_before = before.plan->ladder.size();
    const auto width_after = after.plan->ladder.size();
    for (std::size_t i = 0; i < pairing.before.size(); ++i)
        for (std::size_t s = 0; s < pairing.specialty_before.size(); ++s)
            act(i, s, place(pairing.before[i]) * width_before + place(pairing.specialty_before[s]),
                place(pairing.after[i]) * width_after + place(pairing.specialty_after[s]));
}

}  // namespace

Transitions transitions(const Assessment& before, const Assessment& after, const Pairing& pairing,
                        std::span<const std::int32_t> groups, std::int32_t count) {
    check(before, after, pairing);
    if (groups.size() != pairing.before.size())
        throw AssessError(std::to_string(groups.size()) + " groups for " +
                          std::to_string(pairing.before.size()) + " people");
    for (const auto group : groups)
        if (group < 0 || group >= count) throw AssessError("no group number " + std::to_string(group));
    Transitions result;
    result.levels.push_back(0);
    for (const auto* plan : {before.plan.get(), after.plan.get()})
        for (const auto& sheet : plan->sheets) result.levels.push_back(sheet.level);
    std::ranges::sort(result.levels);
    result.levels.erase(std::unique(result.levels.begin(), result.levels.end()), result.levels.end());
    const auto depth = result.levels.size();
    const auto specialties = pairing.specialty_before.size();
    result.certain.resize(place(count) * specialties * depth * depth);
    result.possible.resize(result.certain.size());
    const auto rank = [&](std::int32_t level) {
        return place(std::ranges::lower_bound(result.levels, level) - result.levels.begin());
    };
    each_cell(before, after, pairing, [&](std::size_t i, std::size_t s, std::size_t b, std::size_t a) {
        const auto base = (place(groups[i]) * specialties + s) * depth;
        ++result.certain[(base + rank(before.level[b])) * depth + rank(after.level[a])];
        ++result.possible[(base + rank(before.possible_level[b])) * depth + rank(after.possible_level[a])];
    });
    return result;
}

Moves moves(const Assessment& before, const Assessment& after, const Pairing& pairing) {
    check(before, after, pairing);
    Moves result;
    each_cell(before, after, pairing, [&](std::size_t i, std::size_t s, std::size_t b, std::size_t a) {
        if (before.level[b] == after.level[a] && before.possible_level[b] == after.possible_level[a]) return;
        result.pair.push_back(static_cast<std::int64_t>(i));
        result.specialty.push_back(static_cast<std::int32_t>(s));
    });
    return result;
}

}  // namespace tassei
