#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tassei/gap.hpp"

/// The cheapest record that conditions are true of.
namespace tassei {

/// A condition that has to be certainly true, or certainly false, of a record.
struct Wish {
    const Condition* condition = nullptr;
    bool holds = true;
};

/// A word column that has to have one of these words.
struct WordChoice {
    int column = 0;
    Word words = 0;
    bool operator==(const WordChoice&) const = default;
};

/// The costs of a table, completed for columns and words that nobody named.
[[nodiscard]] TableCosts completed(const Costs& costs, std::size_t index, const Table& table);

/// The cheapest record, of equals the one with the fewest cells and items, then the first. None if there is
/// no such record. `exact` turns false where the search was cut short.
[[nodiscard]] std::optional<NewRecord> cheapest(const Framework& framework, int table,
                                                std::span<const Wish> wishes,
                                                std::span<const WordChoice> choices,
                                                const TableCosts& costs, bool& exact);

/// What a record to be says to a condition; all its other cells are blank.
[[nodiscard]] Truth truth(const Condition& condition, const NewRecord& record);

}  // namespace tassei
