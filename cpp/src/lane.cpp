#include "tassei/lane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "tassei/error.hpp"

namespace tassei {
namespace {

constexpr std::size_t most_alternatives = 4096;

template <class Pool, class Value>
int place_in(Pool& pool, Value value) {
    const auto at = std::ranges::find(pool, value);
    if (at == pool.end()) {
        pool.push_back(std::move(value));
        return static_cast<int>(pool.size()) - 1;
    }
    return static_cast<int>(at - pool.begin());
}

template <class Pool, class Values>
std::size_t size_with(const Pool& pool, const Values& values) {
    std::size_t size = pool.size();
    for (const auto& value : values) size += std::ranges::find(pool, value) == pool.end() ? 1 : 0;
    return size;
}

Word bit(int i) { return Word{1} << i; }

/// Tables that map each byte of a word to the OR of what its bits stand for.
std::vector<ByteTable> byte_tables(const std::vector<Word>& meaning_of_bit) {
    std::vector<ByteTable> tables((meaning_of_bit.size() + 7) / 8, ByteTable{});
    for (std::size_t b = 0; b < meaning_of_bit.size(); ++b)
        for (std::size_t value = 0; value < 256; ++value)
            if ((value >> (b % 8)) & 1) tables[b / 8][value] |= meaning_of_bit[b];
    return tables;
}

/// Every class of numbers that the cuts tell apart, by code; code 0 is blank.
std::vector<Cell> cells_of_cuts(const std::vector<double>& cuts) {
    std::vector<Cell> cells;
    const auto add = [&](double x) { cells.push_back({.word = -1, .has = 0, .known = 0, .number = x}); };
    // some number between two ends, which may be infinite
    const auto between = [](double low, double high) {
        if (low == -infinity) return std::nextafter(high, low);
        return high == infinity ? std::nextafter(low, high) : std::midpoint(low, high);
    };
    add(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        add(between(i == 0 ? -infinity : cuts[i - 1], cuts[i]));
        add(cuts[i]);
    }
    add(cuts.empty() ? infinity : between(cuts.back(), infinity));
    return cells;
}

}  // namespace

int Literal::column() const {
    return std::visit([](const auto& t) { return t.column; }, test);
}

Truth Literal::truth(const Cell& cell) const {
    const auto truth = std::visit([&](const auto& t) { return tassei::test(t, cell); }, test);
    return negated ? !truth : truth;
}

void ColumnTests::survivors(const Cell& cell, Word& certainly, Word& possibly) const {
    certainly = possibly = ~Word{0};
    for (const auto& [term, literal] : tests) {
        const auto truth = literal.truth(cell);
        if (truth != Truth::yes) certainly &= ~term;
        if (truth == Truth::no) possibly &= ~term;
    }
}

// --- normal forms ------------------------------------------------------------------------------

/// A condition without negations and counts.
struct LaneCompiler::Expression {
    enum class Kind { literal, all, any };
    Kind kind = Kind::all;
    int literal = -1;
    std::vector<Expression> of;  // all of none is true, any of none is false

    [[nodiscard]] std::size_t size() const {
        std::size_t size = 1;
        for (const auto& part : of) size += part.size();
        return size;
    }
};

int LaneCompiler::literal(Literal literal) { return place_in(literals_, std::move(literal)); }

LaneCompiler::Expression LaneCompiler::normal(const Condition& condition, bool negated) {
    using Kind = Expression::Kind;
    if (const auto* constant = std::get_if<Constant>(&condition.form))
        return {.kind = constant->value != negated ? Kind::all : Kind::any, .literal = -1, .of = {}};
    if (const auto* negation = std::get_if<Not>(&condition.form))
        return normal(negation->of.front(), !negated);
    if (const auto* group = std::get_if<AtLeast>(&condition.form)) {
        const int size = static_cast<int>(group->of.size());
        // not at least k of n: at least n - k + 1 of the opposites
        const int need = negated ? size - group->need + 1 : group->need;
        if (need <= 0) return {.kind = Kind::all, .literal = -1, .of = {}};
        if (need > size) return {.kind = Kind::any, .literal = -1, .of = {}};
        std::vector<Expression> parts;
        for (const auto& part : group->of) parts.push_back(normal(part, negated));
        if (need == size) return {.kind = Kind::all, .literal = -1, .of = std::move(parts)};
        if (need == 1) return {.kind = Kind::any, .literal = -1, .of = std::move(parts)};
        Expression any{.kind = Kind::any, .literal = -1, .of = {}};
        std::vector<bool> chosen(parts.size(), false);
        std::fill_n(chosen.begin(), need, true);
        std::vector<std::size_t> sizes;
        for (const auto& part : parts) sizes.push_back(part.size());
        std::size_t written = 0;  // combinations of combinations of combinations grow without end
        do {
            Expression all{.kind = Kind::all, .literal = -1, .of = {}};
            for (std::size_t i = 0; i < parts.size(); ++i)
                if (chosen[i]) {
                    all.of.push_back(parts[i]);
                    written += sizes[i];
                }
            any.of.push_back(std::move(all));
            if (any.of.size() > most_alternatives || written > 64 * most_alternatives)
                throw FrameworkError("a condition asks for " + std::to_string(need) + " of " +
                                     std::to_string(size) + " parts: too many combinations");
        } while (std::prev_permutation(chosen.begin(), chosen.end()));
        return any;
    }
    Literal leaf{.test = {}, .negated = negated};
    if (const auto* word = std::get_if<OneOf>(&condition.form)) leaf.test = *word;
    if (const auto* items = std::get_if<Contains>(&condition.form)) leaf.test = *items;
    if (const auto* number = std::get_if<Between>(&condition.form)) leaf.test = *number;
    return {.kind = Kind::literal, .literal = literal(std::move(leaf)), .of = {}};
}

/// Whether, in Kleene's order of truth, the one is never above the other.
bool LaneCompiler::implies(int stronger, int weaker) const {
    if (stronger == weaker) return true;
    const auto& a = literals_[static_cast<std::size_t>(stronger)];
    const auto& b = literals_[static_cast<std::size_t>(weaker)];
    if (a.negated || b.negated || a.column() != b.column() || a.test.index() != b.test.index())
        return false;
    if (const auto* x = std::get_if<OneOf>(&a.test))
        return std::ranges::includes(std::get<OneOf>(b.test).words, x->words);
    if (const auto* x = std::get_if<Contains>(&a.test)) {
        const auto& y = std::get<Contains>(b.test);
        return x->items == y.items && x->need >= y.need;
    }
    const auto& x = std::get<Between>(a.test);
    const auto& y = std::get<Between>(b.test);
    const bool low = x.low > y.low || (x.low == y.low && (x.low_open || !y.low_open));
    const bool high = x.high < y.high || (x.high == y.high && (x.high_open || !y.high_open));
    return low && high;
}

/// Drops each term that holds only where another one does.
void LaneCompiler::absorb(Clause& terms) const {
    std::ranges::sort(terms);
    terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    const auto covers = [&](const Term& weaker, const Term& stronger) {
        return std::ranges::all_of(weaker, [&](int w) {
            return std::ranges::any_of(stronger, [&](int s) { return implies(s, w); });
        });
    };
    Clause kept;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        bool absorbed = false;
        for (std::size_t j = 0; j < terms.size() && !absorbed; ++j)
            absorbed = i != j && covers(terms[j], terms[i]) && (!covers(terms[i], terms[j]) || j < i);
        if (!absorbed) kept.push_back(terms[i]);
    }
    terms = std::move(kept);
}

LaneCompiler::Clause LaneCompiler::alternatives(const Expression& expression) const {
    using Kind = Expression::Kind;
    if (expression.kind == Kind::literal) return {{expression.literal}};
    Clause terms;
    if (expression.kind == Kind::any) {
        for (const auto& part : expression.of) std::ranges::move(alternatives(part), std::back_inserter(terms));
    } else {
        terms = {{}};
        for (const auto& part : expression.of) {
            const auto factors = alternatives(part);
            Clause product;
            if (terms.size() * factors.size() > most_alternatives)
                throw FrameworkError("a condition has more than " + std::to_string(most_alternatives) +
                                     " alternatives");
            for (const auto& left : terms)
                for (const auto& right : factors) {
                    Term both;
                    std::ranges::set_union(left, right, std::back_inserter(both));
                    product.push_back(std::move(both));
                }
            absorb(product);
            terms = std::move(product);
        }
    }
    absorb(terms);
    return terms;
}

LaneCompiler::Form LaneCompiler::form(const Condition& condition) {
    using Kind = Expression::Kind;
    Form clauses;
    Term single;  // tests that every record of the lane passes
    std::vector<Expression> open{normal(condition, false)};
    while (!open.empty()) {
        auto expression = std::move(open.back());
        open.pop_back();
        if (expression.kind == Kind::all) {
            std::ranges::move(expression.of, std::back_inserter(open));
        } else if (expression.kind == Kind::literal) {
            single.push_back(expression.literal);
        } else if (auto terms = alternatives(expression); terms.size() == 1) {
            std::ranges::copy(terms.front(), std::back_inserter(single));
        } else {
            clauses.push_back(std::move(terms));
        }
    }
    if (!single.empty()) {
        std::ranges::sort(single);
        single.erase(std::unique(single.begin(), single.end()), single.end());
        clauses.push_back({std::move(single)});
    }
    // a clause of no terms is never true, and nothing else matters; one empty term asks for nothing
    if (std::ranges::any_of(clauses, &Clause::empty)) return {Clause{}};
    std::erase_if(clauses, [](const Clause& c) { return c.size() == 1 && c.front().empty(); });
    std::ranges::sort(clauses);
    clauses.erase(std::unique(clauses.begin(), clauses.end()), clauses.end());
    return clauses;
}

// --- banks ------------------------------------------------------------------------------------

LaneCompiler::Place LaneCompiler::lane(const Condition& condition, int table) {
    auto clauses = form(condition);
    std::vector<Term> terms;
    for (const auto& clause : clauses)
        for (const auto& term : clause) place_in(terms, term);
    if (terms.size() > bits || clauses.size() > bits)
        throw FrameworkError("a condition on table " +
                             framework_.tables[static_cast<std::size_t>(table)].id + " has " +
                             std::to_string(std::max(terms.size(), clauses.size())) +
                             " alternatives; at most " + std::to_string(bits) +
                             " can be compiled: ask for less at once, or in several criteria");
    for (std::size_t b = 0; b < drafts_.size(); ++b) {
        const auto at = std::ranges::find(drafts_[b].lanes, clauses);
        if (drafts_[b].table == table && at != drafts_[b].lanes.end())
            return {static_cast<int>(b), static_cast<int>(at - drafts_[b].lanes.begin())};
    }
    const auto room = [&](const Draft& draft) {
        return draft.table == table && draft.lanes.size() < bits &&
               size_with(draft.terms, terms) <= bits && size_with(draft.clauses, clauses) <= bits;
    };
    auto at = std::ranges::find_if(drafts_, room);
    if (at == drafts_.end()) {
        drafts_.push_back({.table = table, .terms = {}, .clauses = {}, .lanes = {}});
        at = drafts_.end() - 1;
    }
    for (auto& term : terms) place_in(at->terms, std::move(term));
    for (const auto& clause : clauses) place_in(at->clauses, clause);
    at->lanes.push_back(std::move(clauses));
    return {static_cast<int>(at - drafts_.begin()), static_cast<int>(at->lanes.size()) - 1};
}

std::vector<Bank> LaneCompiler::banks() const {
    std::vector<Bank> banks;
    for (const auto& draft : drafts_) {
        Bank bank;
        bank.table = draft.table;
        bank.lanes = static_cast<int>(draft.lanes.size());

        const auto& columns = framework_.tables[static_cast<std::size_t>(draft.table)].columns;
        for (std::size_t t = 0; t < draft.terms.size(); ++t)
            for (const int index : draft.terms[t]) {
                const auto& literal = literals_[static_cast<std::size_t>(index)];
                const int column = literal.column();
                auto at = std::ranges::find(bank.columns, column, &ColumnTests::column);
                if (at == bank.columns.end()) {
                    ColumnTests tests;
                    tests.column = column;
                    tests.type = columns[static_cast<std::size_t>(column)].type;
                    bank.columns.push_back(std::move(tests));
                    at = bank.columns.end() - 1;
                }
                at->tests.push_back({bit(static_cast<int>(t)), literal});
            }
        for (auto& column : bank.columns) {
            std::vector<Cell> cells;
            if (column.type == ColumnType::number) {
                for (const auto& test : column.tests) {
                    const auto& interval = std::get<Between>(test.literal.test);
                    for (const double end : {interval.low, interval.high})
                        if (std::isfinite(end)) column.cuts.push_back(end);
                }
                std::ranges::sort(column.cuts);
                column.cuts.erase(std::unique(column.cuts.begin(), column.cuts.end()),
                                  column.cuts.end());
                cells = cells_of_cuts(column.cuts);
            } else if (column.type != ColumnType::set) {
                const int words = columns[static_cast<std::size_t>(column.column)].words;
                for (int word = -1; word < words; ++word)
                    cells.push_back({.word = word, .has = 0, .known = 0, .number = 0});
            }
            for (const auto& cell : cells) {
                column.certain.emplace_back();
                column.possible.emplace_back();
                column.survivors(cell, column.certain.back(), column.possible.back());
            }
        }

        std::vector<Word> clauses_of_term(draft.terms.size(), 0);
        auto& lanes_of_clause = bank.lanes_of_clause;
        lanes_of_clause.resize(draft.clauses.size());
        bank.terms_of_clause.resize(draft.clauses.size());
        for (std::size_t c = 0; c < draft.clauses.size(); ++c)
            for (const auto& term : draft.clauses[c]) {
                const auto t = std::ranges::find(draft.terms, term) - draft.terms.begin();
                clauses_of_term[static_cast<std::size_t>(t)] |= bit(static_cast<int>(c));
                bank.terms_of_clause[c] |= bit(static_cast<int>(t));
            }
        for (std::size_t l = 0; l < draft.lanes.size(); ++l)
            for (const auto& clause : draft.lanes[l]) {
                const auto c = std::ranges::find(draft.clauses, clause) - draft.clauses.begin();
                lanes_of_clause[static_cast<std::size_t>(c)] |= bit(static_cast<int>(l));
            }
        bank.opened = byte_tables(clauses_of_term);
        bank.shut = byte_tables(lanes_of_clause);
        banks.push_back(std::move(bank));
    }
    return banks;
}

}  // namespace tassei
