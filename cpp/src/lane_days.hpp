#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "tassei/evidence.hpp"
#include "tassei/lane.hpp"

/// Days of one person, for many lanes at once.
namespace tassei {

/// A record's days, and the lanes that it is in.
struct Dated {
    Day start;
    Day end;
    Word certain;
    Word possible;
};

/// Days of neighbouring lanes.
struct LaneDays {
    static constexpr std::size_t lanes = 16;
    std::array<std::uint32_t, lanes> days;
};

/// Sorts a person's records by their start: few as a rule, and often in order.
void sort_by_start(std::span<Dated> records);

/// Days in the union of each lane's records, which are in order of their start; of the lanes from `first` on.
/// `in`: which lanes a record is in, `Dated::certain` or `Dated::possible`.
void unite(std::span<const Dated> records, Word Dated::* in, std::size_t first, LaneDays& found);

/// Days of the longest stretch that a lane's records, in order of their start, cover without a day between.
[[nodiscard]] double longest(std::span<const Dated> records, Word Dated::* in, std::size_t lane);

}  // namespace tassei
