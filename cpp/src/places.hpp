#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "lookup.hpp"
#include "tassei/record.hpp"

/// Where the cells of records lead to in the tables of a bank.
namespace tassei {

/// Calls `act(i, code)` for records and their codes.
template <class Code, class Act>
void each_code(const Records& records, const Code* codes, const Act& act) {
    if (records.order == nullptr) {
        codes += records.first;
        for (std::size_t i = 0; i < records.size; ++i) act(i, codes[i]);
    } else {
        for (std::size_t i = 0; i < records.size; ++i) act(i, codes[records.order[i]]);
    }
}

/// Calls `act(i, code)` for the codes of words and sets; a blank column is code 0 throughout.
template <class Act>
void each_code(const Records& records, const ColumnData& column, const Act& act) {
    const auto of = [&](const auto& codes) { each_code(records, codes.data(), act); };
    if (const auto* words = std::get_if<WordColumn>(&column)) std::visit(of, words->codes);
    else if (const auto* sets = std::get_if<SetColumn>(&column)) std::visit(of, sets->codes);
    else
        for (std::size_t i = 0; i < records.size; ++i) act(i, std::uint8_t{0});
}

/// Finds places in the tables of factors; holds scratch memory.
class PlaceFinder {
public:
    /// The place of each record in a factor's table; good until the next call.
    std::span<const std::uint16_t> operator()(const Factor& factor, const Bank& bank, const Records& records);

private:
    std::vector<std::uint16_t> places_;
    std::vector<std::int64_t> steps_;
};

/// What the evaluation needs of rows that are not grouped by person, found row by row as they lie in memory:
/// then only this is fetched from here and there, and not each of the columns.
struct Sight {
    std::size_t width = 0;              ///< numbers of a row: its place in each factor's table, whether it counts
    std::vector<std::uint16_t> places;  ///< by row, by number

    [[nodiscard]] const std::uint16_t* operator[](std::int64_t row) const {
        return places.data() + static_cast<std::size_t>(row) * width;
    }
};

/// By bank: its sight, or an empty one where rows are grouped or there are no factors.
[[nodiscard]] std::vector<Sight> see(const Plan& plan, const Evidence& evidence, const Options& options,
                                     const Lookup& lookup);

}  // namespace tassei
