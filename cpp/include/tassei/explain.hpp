#pragma once

#include <vector>

#include "tassei/assessment.hpp"
#include "tassei/portion.hpp"

/// Why: one person's sheet, evaluated again by the plainest means, node by node and record by record.
namespace tassei {

/// A node of a condition that keeps a record from counting certainly.
struct Obstacle {
    int id = -1;     ///< of the condition
    int depth = 0;   ///< below the criterion's own condition; nodes come before their parts
    Truth truth = Truth::no;
};

/// What a record means to a criterion.
struct RecordFinding {
    std::int64_t row = 0;
    Truth truth = Truth::no;     ///< satisfies what is asked, dates and verification too
    Truth counts = Truth::no;    ///< for the quantity: not certainly where nobody knows days or kind
    Range added;                 ///< what it adds to the quantity beyond earlier records
    Truth condition = Truth::no; ///< what its cells say, whatever its dates and verification
    Standing standing;           ///< what its dates and verification say
    bool weakly_verified = false;
    double days = 0;             ///< that its period covers; infinite where nobody knows the start
    std::int32_t grade = 0;      ///< the highest level that it certainly, possibly matches
    std::int32_t possible_grade = 0;
    std::vector<Obstacle> obstacles;
    int shortfall = 0;           ///< how many tests of cells would have to turn out otherwise
};

/// A node of a criterion: what was found and what is needed.
struct CriterionFinding {
    int id = -1;
    Truth truth = Truth::unknown;
    Range found;
    double required = 1;
    int table = -1;                        ///< whose records were asked; -1: none
    std::vector<RecordFinding> records;    ///< of the person, in the order of their rows
    std::vector<CriterionFinding> parts;   ///< parts, and nested counts
};

struct SheetFinding {
    Truth truth = Truth::unknown;
    Basis basis = Basis::none;
    std::vector<CriterionFinding> criteria;
    std::vector<CriterionFinding> deemings;
};

/// Explains one sheet of one person.
[[nodiscard]] SheetFinding explain(const Assessment& assessment, std::int64_t person, int sheet);

/// What a row says to a condition.
[[nodiscard]] Truth truth(const Condition& condition, const TableData& table, std::int64_t row);

}  // namespace tassei
