#pragma once

#include <vector>

#include "tassei/lane.hpp"

/// A framework compiled for speed: lanes, what is aggregated over them, and the trees above.
namespace tassei {

enum class AggregateKind { some, united_days, summed_days, longest_days, count, kinds };

/// Whether a quantity is a number of days.
[[nodiscard]] constexpr bool of_days(AggregateKind kind) {
    return kind == AggregateKind::united_days || kind == AggregateKind::summed_days ||
           kind == AggregateKind::longest_days;
}

/// A quantity of one person over the records of a lane.
struct Aggregate {
    AggregateKind kind = AggregateKind::some;
    int table = 0;
    int bank = 0;
    int lane = 0;
    int column = -1;       ///< of kinds
    double most = 1;       ///< the high end when nothing is known
    bool operator==(const Aggregate&) const = default;
};

/// A node of a criterion; children follow their parent in `Plan::children`.
struct PlanNode {
    enum class Kind { always, never, aggregate, other_sheet, at_least, negate };
    Kind kind = Kind::always;
    int index = -1;        ///< aggregate or sheet
    double required = 1;
    int need = 0;
    int first_child = 0;   ///< nested counts too: their parts
    int children = 0;
};

struct PlanCriterion {
    int node = 0;
    double required = 1;
};

struct PlanSheet {
    int specialty = 0;
    int level = 0;
    int first_criterion = 0;
    int criteria = 0;
    std::vector<int> deemed_by;  ///< nodes
};

struct Plan {
    Framework framework;
    std::vector<Bank> banks;
    std::vector<Aggregate> aggregates;
    std::vector<PlanNode> nodes;
    std::vector<int> children;
    std::vector<PlanCriterion> criteria;  ///< of all sheets, in their order
    std::vector<double> weights;          ///< of criteria
    std::vector<PlanSheet> sheets;
    std::vector<int> order;               ///< of evaluating sheets
    std::vector<std::vector<int>> ladder; ///< by specialty: its sheets, levels rising
};

/// Compiles a framework; throws FrameworkError where it cannot.
[[nodiscard]] Plan compile(Framework framework);

}  // namespace tassei
