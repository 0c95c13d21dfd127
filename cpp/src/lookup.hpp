#pragma once

#include <cstdint>
#include <vector>

#include "tassei/assessment.hpp"

/// From the cells of a record to the lanes that it is in, by tables made for the evidence at hand.
namespace tassei {

/// A word of what certainly and a word of what possibly holds.
struct WordPair {
    Word certain = ~Word{0};
    Word possible = ~Word{0};

    WordPair& operator&=(const WordPair& other) {
        certain &= other.certain;
        possible &= other.possible;
        return *this;
    }
};

/// What some columns of a bank together decide. The cell of each column is worth a step; the steps add up
/// to a place in `lanes`: the lanes that these columns leave open.
struct Factor {
    struct Part {
        /// A number from which on the step is another one.
        struct Cut {
            double at = 0;
            std::int64_t step = 0;  ///< by so much
        };
        std::size_t column = 0;            ///< of the bank
        std::vector<std::uint16_t> steps;  ///< by code; of a number column: blank, below all cuts
        std::vector<Cut> cuts;
    };
    std::vector<Part> parts;
    std::vector<WordPair> lanes;
};

struct Lookup {
    struct OfBank {
        /// A record is in the lanes that every factor leaves open. None: their tables would be too large,
        /// and the columns' terms are looked up instead.
        std::vector<Factor> factors;
        /// By column of the bank, by code: the terms that survive.
        std::vector<std::vector<WordPair>> survivors;
    };
    std::vector<OfBank> banks;

    Lookup(const Plan& plan, const Evidence& evidence, const Options& options);
};

/// The factors of a bank, given what survives each cell of its columns.
[[nodiscard]] std::vector<Factor> factors(const Bank& bank,
                                          const std::vector<std::vector<WordPair>>& survivors);

}  // namespace tassei
