#pragma once

#include <memory>
#include <span>

#include "tassei/assessment.hpp"

namespace tassei {

/// Assesses everybody: levels, sheets and scores. The result does not depend on the number of threads.
[[nodiscard]] Assessment assess(std::shared_ptr<const Plan> plan,
                                std::shared_ptr<const Evidence> evidence, Options options);

/// The criteria of these persons, computed again: they are too many to be kept for everybody.
[[nodiscard]] CriteriaTable criteria(const Assessment& assessment,
                                     std::span<const std::int64_t> persons);

}  // namespace tassei
