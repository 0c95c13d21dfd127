#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "tassei/framework.hpp"

/// Conditions on records, compiled to one bit each.
///
/// Every condition that some criterion asks of a record becomes a lane. A lane is an AND of clauses, a
/// clause an OR of terms, a term an AND of tests of single columns. A column's code looks up which terms
/// it lets live; the terms' bytes look up which clauses they open; the clauses' bytes look up which lanes
/// stay shut. All of it is monotone, so that the same tables, run on the certain and on the possible
/// bits, give Kleene's two words.
namespace tassei {

inline constexpr int bits = 64;  ///< lanes, clauses and terms of one bank, at most

using Word = std::uint64_t;
using ByteTable = std::array<Word, 256>;

/// A test of one column, negated or not.
struct Literal {
    std::variant<OneOf, Contains, Between> test;
    bool negated = false;
    bool operator==(const Literal&) const = default;

    [[nodiscard]] int column() const;
    [[nodiscard]] Truth truth(const Cell& cell) const;
};

/// The terms of a bank that one column can end.
struct ColumnTests {
    struct TermTest {
        Word term = 0;  ///< the term's bit
        Literal literal;
    };
    int column = 0;
    ColumnType type = ColumnType::category;
    std::vector<TermTest> tests;
    std::vector<double> cuts;      ///< number columns: the ends of all intervals, rising
    std::vector<Word> certain;     ///< by code; sets have their table made from the evidence
    std::vector<Word> possible;

    /// The terms that survive this cell: certainly, possibly.
    void survivors(const Cell& cell, Word& certainly, Word& possibly) const;
};

/// Up to 64 lanes of one table.
struct Bank {
    int table = 0;
    int lanes = 0;
    std::vector<ColumnTests> columns;
    std::vector<Word> terms_of_clause;
    std::vector<Word> lanes_of_clause;
    std::vector<ByteTable> opened;  ///< by byte of the terms: clauses
    std::vector<ByteTable> shut;    ///< by byte of the clauses that are not open: lanes

    // which lanes feed which kind of aggregate
    Word some = 0;
    Word united = 0;
    Word summed = 0;
    Word longest = 0;
    Word counted = 0;
    Word kinds = 0;

    /// Lanes of which days are asked.
    [[nodiscard]] Word timed() const { return united | summed | longest; }

    [[nodiscard]] Word all() const { return lanes == bits ? ~Word{0} : (Word{1} << lanes) - 1; }

    /// The lanes that a record with these terms is in.
    [[nodiscard]] Word lanes_of(Word terms) const {
        Word clauses = 0;
        for (const auto& of_byte : opened) {
            clauses |= of_byte[terms & 255];
            terms >>= 8;
        }
        Word closed = 0;
        clauses = ~clauses;
        for (const auto& of_byte : shut) {
            closed |= of_byte[clauses & 255];
            clauses >>= 8;
        }
        return ~closed & all();
    }
};

/// A condition as clauses of terms of literals, all by number in the pools of a compiler.
class LaneCompiler {
public:
    struct Place {
        int bank = 0;
        int lane = 0;
    };

    explicit LaneCompiler(const Framework& framework) : framework_(framework) {}

    /// The lane of a condition on records of a table; equal conditions share one.
    Place lane(const Condition& condition, int table);

    /// The banks with their tables filled in.
    [[nodiscard]] std::vector<Bank> banks() const;

private:
    using Term = std::vector<int>;      // literals, rising
    using Clause = std::vector<Term>;   // terms, rising
    using Form = std::vector<Clause>;   // clauses, rising
    struct Draft {
        int table = 0;
        std::vector<Term> terms;
        std::vector<Clause> clauses;
        std::vector<Form> lanes;
    };

    struct Expression;
    [[nodiscard]] Expression normal(const Condition& condition, bool negated);
    [[nodiscard]] Clause alternatives(const Expression& expression) const;
    [[nodiscard]] Form form(const Condition& condition);
    [[nodiscard]] bool implies(int stronger, int weaker) const;
    void absorb(Clause& terms) const;
    int literal(Literal literal);

    const Framework& framework_;
    std::vector<Literal> literals_;
    std::vector<Draft> drafts_;
};

}  // namespace tassei
