#pragma once

#include <string>
#include <vector>

#include "tassei/criterion.hpp"

/// What a standard says, with every name found and every reading chosen.
namespace tassei {

enum class ColumnType { text, date, ordinal, category, set, number };

struct Column {
    std::string id;
    ColumnType type = ColumnType::text;
    int words = 0;  ///< size of the vocabulary
};

/// An evidence table; a role is a column's index, or -1.
struct Table {
    std::string id;
    std::vector<Column> columns;
    int start = -1;
    int end = -1;
    int date = -1;
    int identity = -1;
    int verification = -1;
    bool unique = false;  ///< one row a person, so that no record can be added
};

struct SheetCriterion {
    std::string id;
    Criterion criterion;
    double weight = 1;
};

struct Sheet {
    int specialty = 0;
    int level = 0;
    std::vector<SheetCriterion> criteria;
};

/// Evidence that stands for whole sheets.
struct Deeming {
    Criterion when;
    std::vector<int> sheets;
};

/// What grades a record: the condition of each level, rising.
struct Grade {
    int level = 0;
    Condition condition;
};

struct Specialty {
    std::string id;
    int grade_table = -1;
    std::vector<Grade> grades;
};

struct Framework {
    std::string id;
    std::vector<Table> tables;
    std::vector<Specialty> specialties;
    std::vector<Sheet> sheets;
    std::vector<Deeming> deemings;
    bool cumulative = false;  ///< a level needs every lower sheet as well
    int recency_days = 0;     ///< only so many days up to the as-of date count; 0: all
};

/// Throws FrameworkError where indices point nowhere or a column's type does not fit its test.
void check(const Framework& framework);

/// The sheets in an order in which each comes after those that it refers to; throws on a cycle.
[[nodiscard]] std::vector<int> evaluation_order(const Framework& framework);

}  // namespace tassei
