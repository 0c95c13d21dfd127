#pragma once

#include <span>
#include <vector>

#include "tassei/plan.hpp"

/// What sheets demand of a person's aggregates, and the smallest sets of demands that meet them.
namespace tassei {

/// An aggregate certainly reaches a number, or certainly does not.
struct Demand {
    int aggregate = 0;
    double required = 1;
    bool reaches = true;
    bool operator==(const Demand&) const = default;
};

/// When a sheet is certainly met, without negations: those are demands not to reach something.
struct Formula {
    enum class Kind { constant, demand, sheet, at_least };
    Kind kind = Kind::constant;
    bool value = true;  ///< of a constant; of a sheet: met, or certainly not met
    int index = -1;     ///< demand or sheet
    int need = 0;
    std::vector<Formula> of;
};

struct Demands {
    explicit Demands(const Plan& plan);

    std::vector<Condition> where;      ///< by aggregate
    std::vector<Demand> demands;
    std::vector<Formula> met, unmet;   ///< by sheet: when it certainly is

    /// Every demand under these sheets, rising.
    [[nodiscard]] std::vector<int> under(std::span<const int> sheets) const;
};

/// Demands by number: of one aggregate only the highest.
using DemandSet = std::vector<int>;

struct DemandSets {
    std::vector<DemandSet> sets;  ///< no one holds another one; none: nothing helps
    bool exact = true;            ///< these are all
};

/// The smallest sets of open demands after which all of these sheets are met. Demands that hold ask for
/// nothing; demands not to reach something cannot be opened.
[[nodiscard]] DemandSets smallest(const Demands& demands, std::span<const int> sheets,
                                  const std::vector<bool>& holds);

}  // namespace tassei
