#include "tassei/trend.hpp"

namespace tassei {

Standings::Standings(const Assessment& assessment) {
    kept_.plan = assessment.plan;
    kept_.evidence = assessment.evidence;
    kept_.options = assessment.options;
    kept_.level = assessment.level;
    kept_.possible_level = assessment.possible_level;
    kept_.level_basis = assessment.level_basis;
}

}  // namespace tassei
