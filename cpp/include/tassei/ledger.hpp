#pragma once

#include <span>
#include <vector>

#include "tassei/assessment.hpp"
#include "tassei/portion.hpp"

/// Which record counted for what: every record against everything that the sheets ask of its table.
namespace tassei {

/// Something that a sheet asks of the records of a table.
struct Inquiry {
    int sheet = 0;
    int criterion = -1;  ///< of the sheet; -1: what deems the whole sheet met
    int deeming = -1;    ///< of the framework
    int node = -1;       ///< id of the criterion's node
    int nested = -1;     ///< which "of which" of a count; -1: the quantity itself
    Quantity quantity;
    Condition where;
};

/// Why a record does not count certainly. A condition stands with its id.
enum class Why : std::uint8_t {
    nothing = 0,  ///< it counts
    late,         ///< it lies after the as-of date
    old,          ///< it lies before the days that count
    weak,         ///< its verification is weaker than asked, or blank
    undated,      ///< nobody knows its date
    kind,         ///< nobody knows its kind
    failed,       ///< a condition fails
    open,         ///< a condition is open for a blank
};

/// Columns; a row is a record and a inquiry.
struct Ledger {
    std::vector<Inquiry> inquiries;
    std::vector<std::int32_t> person;    ///< place among the persons asked for
    std::vector<std::int32_t> inquiry;
    std::vector<std::int64_t> row;
    std::vector<Truth> counts;           ///< certainly, possibly, not
    std::vector<double> days;            ///< of the record; NaN where nobody knows them
    std::vector<double> low;             ///< what it adds to the quantity beyond earlier records
    std::vector<double> high;
    std::vector<std::int16_t> grade;     ///< 0: none
    std::vector<std::int16_t> possible_grade;
    std::vector<Why> why;
    std::vector<std::int32_t> condition; ///< id; -1: none
};

/// What these sheets ask of records; nothing of tables without records and of other sheets.
[[nodiscard]] std::vector<Inquiry> inquiries(const Framework& framework, std::span<const int> sheets);

/// The ledger of these persons and sheets; by person, by inquiry, records in the order of their rows.
[[nodiscard]] Ledger ledger(const Assessment& assessment, std::span<const std::int64_t> persons,
                            std::span<const int> sheets);

}  // namespace tassei
