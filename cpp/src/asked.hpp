#pragma once

#include <algorithm>

#include "supply.hpp"

namespace tassei {

[[nodiscard]] inline Word bit(std::size_t i) { return Word{1} << i; }

/// What is being asked for, of the table's shortage at hand.
struct Supplier::Asked {
    const Shortage& shortage;
    std::vector<AggregateKind> kinds;
    std::vector<int> columns;  // of kinds: the column counted; else -1
    std::vector<WordChoice> choices;
    int* steps = nullptr;

    Asked(const Plan& plan, const Shortage& all) : shortage(all) {
        for (const auto& demand : all.open) {
            const auto& aggregate = plan.aggregates[static_cast<std::size_t>(demand.aggregate)];
            kinds.push_back(aggregate.kind);
            columns.push_back(aggregate.kind == AggregateKind::kinds ? aggregate.column : -1);
        }
    }
    [[nodiscard]] std::size_t size() const { return kinds.size(); }
    [[nodiscard]] bool of_days(std::size_t i) const { return tassei::of_days(kinds[i]); }
    [[nodiscard]] Word days() const {
        Word found = 0;
        for (std::size_t i = 0; i < size(); ++i)
            if (of_days(i)) found |= bit(i);
        return found;
    }
    /// Whether a demand can be answered with the word columns that are chosen.
    [[nodiscard]] bool answerable(std::size_t i) const {
        return columns[i] < 0 || std::ranges::find(choices, columns[i], &WordChoice::column) != choices.end();
    }
};

}  // namespace tassei
