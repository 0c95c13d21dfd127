#pragma once

#include "tassei/assessment.hpp"

/// What to check first: records whose unknowns alone hold a person's certain level back.
namespace tassei {

struct TellingRecord {
    std::int64_t person = 0;
    int table = 0;
    std::int64_t row = 0;
    bool settles = false;  ///< some level rises as high as it can
};

/// Records of which some certain level of their person would rise if all that is unknown about them, cells,
/// dates and verification, were what is best; by person, table and place.
[[nodiscard]] std::vector<TellingRecord> telling_records(const Assessment& assessment);

}  // namespace tassei
