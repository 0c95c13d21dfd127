#include "tassei/restore.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tassei/error.hpp"

namespace tassei {
namespace {

void check_levels(const Plan& plan, const std::vector<std::int32_t>& levels, const char* what) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto& ladder = plan.ladder[i % plan.ladder.size()];
        const auto is = [&](int sheet) { return plan.sheets[static_cast<std::size_t>(sheet)].level == levels[i]; };
        if (levels[i] != 0 && std::ranges::none_of(ladder, is))
            throw AssessError(std::string(what) + " " + std::to_string(levels[i]) + " is none of the framework");
    }
}

}  // namespace

Assessment restore(std::shared_ptr<const Plan> plan, std::shared_ptr<const Evidence> evidence, Options options,
                   Assessment found) {
    check(*evidence, plan->framework);
    const auto n = static_cast<std::size_t>(evidence->persons);
    const auto standings = n * plan->ladder.size();
    const auto sheets = n * plan->sheets.size();
    if (found.level.size() != standings || found.possible_level.size() != standings ||
        found.level_basis.size() != standings || found.status.size() != sheets || found.basis.size() != sheets ||
        static_cast<std::size_t>(found.score.size()) != sheets)
        throw AssessError("results of other persons, specialties or sheets");
    check_levels(*plan, found.level, "the level");
    check_levels(*plan, found.possible_level, "the possible level");
    const auto basis = [](Basis one) { return one <= Basis::deemed; };
    if (!std::ranges::all_of(found.status, [](Truth one) { return one <= Truth::yes; }) ||
        !std::ranges::all_of(found.basis, basis) || !std::ranges::all_of(found.level_basis, basis))
        throw AssessError("a status or basis that there is not");
    found.plan = std::move(plan);
    found.evidence = std::move(evidence);
    found.options = std::move(options);
    return found;
}

std::vector<std::int32_t> persons_of_rows(const TableData& table) {
    std::vector<std::int32_t> persons(static_cast<std::size_t>(table.rows), -1);
    for (std::size_t p = 0; p + 1 < table.first.size(); ++p)
        for (auto place = table.first[p]; place < table.first[p + 1]; ++place)
            persons[static_cast<std::size_t>(table.row(place))] = static_cast<std::int32_t>(p);
    return persons;
}

}  // namespace tassei
