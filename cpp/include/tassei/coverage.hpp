#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tassei/assessment.hpp"

/// Which nodes of a framework a set of evidence ever drives to which truth.
namespace tassei {

/// How often a node was no, unknown and yes.
using Tally = std::array<std::int64_t, 3>;

struct Coverage {
    std::vector<Tally> people;   ///< by id of a criterion, or of a nested count's condition: persons
    std::vector<Tally> records;  ///< by id of a condition: records that may count, whosever they are
};

/// Judges every criterion of every sheet and deeming for everybody, and every condition for every record.
[[nodiscard]] Coverage coverage(const Assessment& assessment);

}  // namespace tassei
