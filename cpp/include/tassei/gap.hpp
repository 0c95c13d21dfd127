#pragma once

#include <span>
#include <vector>

#include "tassei/assessment.hpp"

/// What is missing: the cheapest additions to a person's evidence after which a sheet is certainly met.
namespace tassei {

/// What additions to a table cost, in one unit for all tables.
struct TableCosts {
    double record = 1;                       ///< of each new record
    double day = 1;                          ///< of each new day
    std::vector<std::vector<double>> words;  ///< by column, by word or item chosen; empty: nothing
};

/// By table; tables that are left out cost 1 a record and 1 a day.
struct Costs {
    std::vector<TableCosts> tables;
};

/// A cell of a record that does not exist yet; which member means something depends on the column's type.
struct FilledCell {
    int column = 0;
    int word = -1;
    std::uint64_t items = 0;  ///< all that the set has
    double number = 0;
    bool operator==(const FilledCell&) const = default;
};

/// A record to be: the cells that matter, columns rising. All others may stay blank.
struct NewRecord {
    int table = 0;
    std::vector<FilledCell> cells;
    double cost = 0;  ///< without days
};

/// New records, or more days of a running one. New days lie after the as-of date, one after the other.
struct Addition {
    int table = 0;
    int record = -1;       ///< a new record: which of the list beside it; -1: a running record goes on
    std::int64_t row = -1; ///< of the running record
    double days = 0;       ///< in all; 0: how long it takes does not matter
    int count = 1;         ///< records alike
    double cost = 0;       ///< of all of them, with their days
};

/// What would do as well in a cell of a new record, at no more cost and with its other cells as they are.
struct Leeway {
    int column = 0;
    std::vector<int> words;   ///< rising, the cell's own among them
    std::uint64_t items = 0;  ///< any of these, as many as the cell has; its own among them
    bool more = false;        ///< larger numbers too
    bool distinct = false;    ///< records of a way each need another word
};

/// One set of additions that suffices.
struct Way {
    std::vector<Addition> additions;
    double cost = 0;
    bool exact = true;  ///< nothing cheaper meets the same demands
    std::vector<std::vector<Leeway>> leeway;  ///< by addition, by cell; of `gap` alone
};

/// All ways to one sheet, cheapest first; none where nothing will do.
struct Ways {
    std::vector<NewRecord> records;
    std::vector<Way> ways;
    bool exact = true;  ///< the first is the cheapest of all
    std::vector<std::int32_t> criteria;  ///< that are open
    std::vector<double> missing;         ///< by open criterion
};

/// For everybody: gaps, their open criteria and the additions that close them, each as columns.
struct GapTable {
    std::vector<std::int64_t> person;
    std::vector<std::int32_t> specialty;
    std::vector<std::int32_t> sheet;
    std::vector<double> cost;  ///< infinite: nothing will do
    std::vector<std::uint8_t> exact;

    std::vector<std::int64_t> criterion_gap;  ///< place of the gap
    std::vector<std::int32_t> criterion;
    std::vector<double> missing;

    std::vector<std::int64_t> addition_gap;
    std::vector<Addition> additions;
    std::vector<NewRecord> records;
};

/// What these persons lack to the next level of each specialty, or to a target level that they are below.
[[nodiscard]] GapTable gaps(const Assessment& assessment, const Costs& costs,
                            std::span<const std::int64_t> persons, int target = 0);

/// Every minimal way of one person to one sheet; the empty way where it is met.
[[nodiscard]] Ways gap(const Assessment& assessment, const Costs& costs, std::int64_t person, int sheet);

}  // namespace tassei
