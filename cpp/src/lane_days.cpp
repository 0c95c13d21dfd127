#include "lane_days.hpp"

#include <algorithm>

#include "wide.hpp"

namespace tassei {

void sort_by_start(std::span<Dated> records) {
    constexpr std::size_t few = 32;
    if (records.size() > few) {
        std::ranges::sort(records, {}, &Dated::start);
        return;
    }
    for (std::size_t i = 1; i < records.size(); ++i) {
        const auto record = records[i];
        auto at = i;
        for (; at > 0 && records[at - 1].start > record.start; --at) records[at] = records[at - 1];
        records[at] = record;
    }
}

TASSEI_WIDE void unite(std::span<const Dated> records, Word Dated::* in, std::size_t first, LaneDays& found) {
    constexpr auto lanes = LaneDays::lanes;
    std::array<std::uint32_t, lanes> bit{};
    std::array<std::uint32_t, lanes> days{};
    std::array<Day, lanes> latest{};
    for (std::size_t k = 0; k < lanes; ++k) bit[k] = 1U << k;
    latest.fill(no_day);
    for (const auto& record : records) {
        const auto member = static_cast<std::uint32_t>(record.*in >> first);
        const Day before_start = record.start - 1;
        const Day end = record.end;
        // no branch: one instruction does this for several lanes
        for (std::size_t k = 0; k < lanes; ++k) {
            const Day before = std::max(latest[k], before_start);
            const std::uint32_t outside = (member & bit[k]) == 0 ? ~0U : 0U;
            const std::uint32_t later = end > before ? ~0U : 0U;
            const std::uint32_t adds = later & ~outside;
            days[k] += adds & (static_cast<std::uint32_t>(end) - static_cast<std::uint32_t>(before));
            latest[k] = static_cast<Day>((adds & static_cast<std::uint32_t>(end)) |
                                         (~adds & static_cast<std::uint32_t>(latest[k])));
        }
    }
    found.days = days;
}

double longest(std::span<const Dated> records, Word Dated::* in, std::size_t lane) {
    std::int64_t days = 0;
    std::int64_t first = 0;
    std::int64_t latest = no_day - std::int64_t{2};
    for (const auto& record : records) {
        if (((record.*in >> lane) & 1) == 0) continue;
        if (record.start > latest + 1) first = record.start;
        latest = std::max(latest, std::int64_t{record.end});
        days = std::max(days, latest - first + 1);
    }
    return static_cast<double>(days);
}

}  // namespace tassei
