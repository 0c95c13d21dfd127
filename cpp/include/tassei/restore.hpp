#pragma once

#include "tassei/assessment.hpp"

/// What an assessment found once, put together again without assessing.
namespace tassei {

/// `found` holds the columns; throws AssessError where they cannot be results of this plan about so many
/// persons. Nothing is computed: whether they are right is for `assess` to say.
[[nodiscard]] Assessment restore(std::shared_ptr<const Plan> plan, std::shared_ptr<const Evidence> evidence,
                                 Options options, Assessment found);

/// The person of each row; -1 of rejected ones.
[[nodiscard]] std::vector<std::int32_t> persons_of_rows(const TableData& table);

}  // namespace tassei
