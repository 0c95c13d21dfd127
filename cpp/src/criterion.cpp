#include "tassei/criterion.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tassei {

Truth test(const OneOf& condition, const Cell& cell) {
    if (cell.word < 0) return Truth::unknown;
    return std::ranges::binary_search(condition.words, cell.word) ? Truth::yes : Truth::no;
}

Truth test(const Contains& condition, const Cell& cell) {
    const auto has = std::popcount(condition.items & cell.has);
    const auto blank = std::popcount(condition.items & ~cell.known);
    return at_least(condition.need, has, has + blank);
}

Truth test(const Between& condition, const Cell& cell) {
    const double x = cell.number;
    if (std::isnan(x)) return Truth::unknown;
    const bool above = condition.low_open ? x > condition.low : x >= condition.low;
    const bool below = condition.high_open ? x < condition.high : x <= condition.high;
    return above && below ? Truth::yes : Truth::no;
}

}  // namespace tassei
