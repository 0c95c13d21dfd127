#pragma once

#include <span>

#include "tassei/plan.hpp"
#include "tassei/record.hpp"

/// What each record adds to a quantity of its person.
namespace tassei {

/// What is asked of the records of a table.
struct Quantity {
    AggregateKind kind = AggregateKind::some;
    int table = 0;
    int column = -1;  ///< of kinds: the words that are told apart; of a count: the identity, or -1
    double most = infinity;  ///< kinds that there are
};

/// A record and whether it satisfies a quantity's condition.
struct Weighed {
    std::int64_t row = 0;
    Truth truth = Truth::no;
    Standing standing;
};

/// What the records, all of one person, add to the low and to the high end, beyond the earlier ones:
/// days beyond those of records that started earlier, the first row of an identity, a new kind. Over all
/// records the low ends and the high ends add up to the quantity's own.
void portions(const Quantity& quantity, const TableData& data, std::span<const Weighed> records,
              std::span<Range> added);

/// Whether a record counts certainly, possibly or not: one that satisfies the condition, but of which
/// nobody knows the days or the kind, adds nothing certain and counts possibly.
[[nodiscard]] Truth counts(const Quantity& quantity, const TableData& data, const Weighed& record);

/// The days of a record that count; infinite where nobody knows when it started.
[[nodiscard]] double days_of(const Standing& standing);

[[nodiscard]] Quantity quantity_of(const Framework& framework, const Some& form);
[[nodiscard]] Quantity quantity_of(const Framework& framework, const Duration& form);
[[nodiscard]] Quantity quantity_of(const Framework& framework, const Longest& form);
[[nodiscard]] Quantity quantity_of(const Framework& framework, const Count& form);
[[nodiscard]] Quantity quantity_of(const Framework& framework, const Distinct& form);

}  // namespace tassei
