#pragma once

#include <algorithm>
#include <cstdint>

namespace tassei {

/// Kleene's three values, ordered so that "and" is the minimum and "or" the maximum.
enum class Truth : std::uint8_t { no = 0, unknown = 1, yes = 2 };

[[nodiscard]] constexpr Truth operator&(Truth a, Truth b) { return std::min(a, b); }
[[nodiscard]] constexpr Truth operator|(Truth a, Truth b) { return std::max(a, b); }
[[nodiscard]] constexpr Truth operator!(Truth a) {
    return static_cast<Truth>(2 - static_cast<int>(a));
}

/// At least `need` of some parts, of which `certain` hold and `possible` may hold (certain included).
[[nodiscard]] constexpr Truth at_least(int need, int certain, int possible) {
    return certain >= need ? Truth::yes : possible < need ? Truth::no : Truth::unknown;
}

/// A quantity known to lie between two ends.
struct Range {
    double low = 0;
    double high = 0;
};

/// Met when even the low end suffices, unmet when not even the high end does.
[[nodiscard]] constexpr Truth reaches(Range quantity, double required) {
    return quantity.low >= required   ? Truth::yes
           : quantity.high < required ? Truth::no
                                      : Truth::unknown;
}

/// The range of a yes-or-no quantity.
[[nodiscard]] constexpr Range as_range(Truth truth) {
    return {truth == Truth::yes ? 1.0 : 0.0, truth == Truth::no ? 0.0 : 1.0};
}

}  // namespace tassei
