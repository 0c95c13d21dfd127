#pragma once

#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "tassei/truth.hpp"

/// What is asked of a record (Condition) and of a person (Criterion), as plain values.
namespace tassei {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

// --- conditions on one record ------------------------------------------------------------

struct Constant {
    bool value = true;
    bool operator==(const Constant&) const = default;
};

/// The word of an ordinal or category column is one of these.
struct OneOf {
    int column = 0;
    std::vector<int> words;  // rising
    bool operator==(const OneOf&) const = default;
};

/// A set column has at least `need` of these items (bit w is word w).
struct Contains {
    int column = 0;
    std::uint64_t items = 0;
    int need = 1;
    bool operator==(const Contains&) const = default;
};

/// A number lies in an interval, whose ends belong to it unless they are open.
struct Between {
    int column = 0;
    double low = -infinity;
    double high = infinity;
    bool low_open = false;
    bool high_open = false;
    bool operator==(const Between&) const = default;
};

struct Condition;

/// At least `need` of the parts hold: "all" with need = size, "any" with need = 1.
struct AtLeast {
    int need = 0;
    std::vector<Condition> of;
};

/// The one part does not hold.
struct Not {
    std::vector<Condition> of;
};

struct Condition {
    std::variant<Constant, OneOf, Contains, Between, AtLeast, Not> form;
    int id = -1;         ///< what the framework file calls this node; -1: nothing of its own
    bool named = false;  ///< explanations stop here and give the name
};

/// A cell as a condition sees it; which members mean something depends on the column's type.
struct Cell {
    int word = -1;             ///< ordinal, category; -1 is blank
    std::uint64_t has = 0;     ///< set: items known to be there
    std::uint64_t known = 0;   ///< set: items known to be there or not to be there
    double number = 0;         ///< number; NaN is blank
};

[[nodiscard]] Truth test(const OneOf& condition, const Cell& cell);
[[nodiscard]] Truth test(const Contains& condition, const Cell& cell);
[[nodiscard]] Truth test(const Between& condition, const Cell& cell);

// --- criteria of one person -----------------------------------------------------------------

/// Some record satisfies the condition.
struct Some {
    int table = 0;
    Condition where;
};

/// Days covered by the records that satisfy the condition: of their union, or added up.
struct Duration {
    int table = 0;
    Condition where;
    double required = 1;
    bool united = true;
};

/// Days of the longest stretch that the records cover without a day between.
struct Longest {
    int table = 0;
    Condition where;
    double required = 1;
};

/// Among the counted records, so many satisfy this condition as well.
struct Nested {
    Condition where;
    double required = 1;
};

/// How many records, by identity, satisfy the condition.
struct Count {
    int table = 0;
    Condition where;
    double required = 1;
    std::vector<Nested> of_which;
};

/// How many different words of a category column the records have.
struct Distinct {
    int table = 0;
    int column = 0;
    Condition where;
    double required = 1;
};

/// Another sheet is met.
struct OtherSheet {
    int sheet = 0;
};

struct Criterion;

struct AtLeastCriteria {
    int need = 0;
    std::vector<Criterion> of;
};

struct NotCriterion {
    std::vector<Criterion> of;
};

struct Criterion {
    std::variant<Constant, Some, Duration, Longest, Count, Distinct, OtherSheet, AtLeastCriteria, NotCriterion>
        form;
    int id = -1;
};

}  // namespace tassei
