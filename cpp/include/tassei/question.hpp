#pragma once

#include "tassei/assessment.hpp"

/// What to ask: the fewest unknowns of one person that could decide a sheet.
namespace tassei {

/// One unknown, with the answers of which any does.
struct Question {
    enum class Kind { word, items, number, start, date, verification, table };
    Kind kind = Kind::word;
    int table = 0;
    std::int64_t row = -1;     ///< -1: the table, that was not supplied
    int column = -1;
    std::vector<int> words;    ///< word, verification: one of these
    std::uint64_t has = 0;     ///< items: with these …
    std::uint64_t has_not = 0; ///< … and without these, whatever the rest
    double low = 0;            ///< number: in this interval
    double high = infinity;
    bool low_open = false;
    bool high_open = false;
    Day first = no_day;        ///< start, date: no earlier, unless no_day
    Day last = no_day;         ///< start, date: no later
    bool full = false;         ///< table: the person has every record in it that could count, or none
};

/// Questions that, answered so, settle a sheet whatever the other unknowns are.
struct Certificate {
    bool found = false;  ///< some answers settle it so
    bool exact = true;   ///< no fewer questions do, or, if not found, none do
    std::vector<Question> questions;
};

struct Questions {
    Truth status = Truth::unknown;
    Certificate met;
    Certificate unmet;
};

/// The smallest certificates of one sheet of one person; beyond `effort` evaluations of the sheet a
/// certificate is one from which no question can be left out, and not `exact`.
[[nodiscard]] Questions questions(const Assessment& assessment, std::int64_t person, int sheet,
                                  std::int64_t effort = 100'000);

}  // namespace tassei
