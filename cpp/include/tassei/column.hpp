#pragma once

#include "tassei/evidence.hpp"
#include "tassei/text_index.hpp"

/// Passes over whole columns on their way into the evidence.
namespace tassei {

using Rows = std::vector<std::int64_t>;

/// What each row's number looks up; rows without one get `blank`.
template <class T, class Number>
void recode(std::span<const Number> numbers, std::span<const T> table, T blank, std::span<T> out) {
    const T* const from = table.data();
    const auto size = table.size();
    T* const to = out.data();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto number = static_cast<std::size_t>(numbers[i]);  // a negative one is beyond every table
        to[i] = number < size ? from[number] : blank;
    }
}

/// Rows with a day before `first` or after `last`.
[[nodiscard]] Rows outside(const DateColumn& dates, Day first, Day last);

/// Rows with a number that no quantity can be: negative or infinite.
[[nodiscard]] Rows uncountable(const NumberColumn& numbers);

/// Rows that end before they start.
[[nodiscard]] Rows ends_before_start(const DateColumn& start, const DateColumn& end);

/// Blank cells, NaN among them; of the rows that are `good`, where that is not empty.
[[nodiscard]] std::int64_t blank_cells(const Values& values, std::span<const bool> good);

/// Blank texts, white space among them, likewise.
[[nodiscard]] std::int64_t blank_cells(const TextColumn& texts, std::span<const bool> good);

/// Sets from lists of words: bit `word_of[number]` of every item's number; whether each cell is filled.
/// An item of no word (a negative one) is left out.
void unite_items(const ArrowColumn& lists, std::span<const std::int32_t> numbers,
                 std::span<const std::int32_t> word_of, std::span<std::uint64_t> has, std::span<std::uint8_t> filled);

/// Of each row, a number that rows of one person share when their texts are equal; -1: blank, or nobody's.
[[nodiscard]] std::vector<std::int32_t> identities(const TextColumn& texts, const TableData& table);

/// By code of a category: the first row that has it, or -1.
[[nodiscard]] Rows first_rows(const Values& codes);

/// Rows that say the same in every column as an earlier row of their person.
[[nodiscard]] Rows duplicates(const TableData& table);

}  // namespace tassei
