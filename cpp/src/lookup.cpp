#include "lookup.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace tassei {
namespace {

constexpr std::size_t largest = 1 << 14;  // entries of a table that several columns need
constexpr std::size_t handy = 1 << 10;    // entries up to which tables are joined

/// Columns that are looked up together, and the clauses and single terms that they decide.
struct Group {
    Word columns = 0;
    Word clauses = 0;
    Word terms = 0;  // of its clauses
};

class Factoring {
public:
    Factoring(const Bank& bank, const std::vector<std::vector<WordPair>>& survivors)
        : bank_(bank) {
        for (std::size_t c = 0; c < bank.columns.size(); ++c) {
            auto& terms = terms_of_column_.emplace_back();
            for (const auto& test : bank.columns[c].tests) terms |= test.term;
            auto& pairs = distinct_.emplace_back();
            auto& places = place_of_code_.emplace_back();
            std::map<std::pair<Word, Word>, std::size_t> known;
            for (const auto& pair : survivors[c]) {
                const auto [at, is_new] = known.try_emplace({pair.certain, pair.possible}, pairs.size());
                if (is_new) pairs.push_back(pair);
                places.push_back(at->second);
            }
        }
    }

    std::vector<Factor> make() {
        std::vector<Group> groups;
        for (std::size_t i = 0; i < bank_.terms_of_clause.size(); ++i) {
            const Word terms = bank_.terms_of_clause[i];
            const auto columns = columns_of(terms);
            if (std::has_single_bit(terms)) {
                // an AND: each of its columns decides for itself
                for (Word left = columns; left != 0; left &= left - 1)
                    join(groups, {left & -left, Word{1} << i, terms});
            } else {
                join(groups, {columns, Word{1} << i, terms});
            }
        }
        for (const auto& group : groups)
            if (size(group) > largest) return {};
        while (const auto pair = closest(groups)) {
            groups[pair->first] = both(groups[pair->first], groups[pair->second]);
            groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(pair->second));
        }
        std::vector<Factor> made;
        for (const auto& group : groups) made.push_back(factor(group));
        if (made.empty()) made.push_back({{}, {{bank_.all(), bank_.all()}}});  // nothing is asked
        return made;
    }

private:
    using Classes = std::vector<WordPair>;

    [[nodiscard]] Word columns_of(Word terms) const {
        Word columns = 0;
        for (std::size_t c = 0; c < terms_of_column_.size(); ++c)
            if (terms_of_column_[c] & terms) columns |= Word{1} << c;
        return columns;
    }

    static Group both(const Group& a, const Group& b) {
        return {a.columns | b.columns, a.clauses | b.clauses, a.terms | b.terms};
    }

    static void join(std::vector<Group>& groups, const Group& one) {
        const auto at = std::ranges::find(groups, one.columns, &Group::columns);
        if (at == groups.end()) groups.push_back(one);
        else *at = both(*at, one);
    }

    /// What a group sees of a pair of a column.
    [[nodiscard]] WordPair seen(const Group& group, std::size_t column, const WordPair& pair) const {
        const Word terms = group.terms & terms_of_column_[column];
        return {pair.certain | ~terms, pair.possible | ~terms};
    }

    /// The cells of a column that a group tells apart, as what survives them.
    [[nodiscard]] Classes classes(const Group& group, std::size_t column) const {
        Classes found;
        for (const auto& pair : distinct_[column]) {
            const auto own = seen(group, column, pair);
            if (place(found, own) == found.size()) found.push_back(own);
        }
        if (found.empty()) found.push_back({});
        return found;
    }

    static std::size_t place(const Classes& classes, const WordPair& pair) {
        return static_cast<std::size_t>(
            std::ranges::find_if(classes, [&](const auto& other) {
                return other.certain == pair.certain && other.possible == pair.possible;
            }) - classes.begin());
    }

    [[nodiscard]] std::size_t size(const Group& group) const {
        std::size_t product = 1;
        for (std::size_t c = 0; c < distinct_.size(); ++c)
            if ((group.columns >> c) & 1) product = std::min(product * classes(group, c).size(), 2 * largest);
        return product;
    }

    /// The two groups whose common table is the smallest, if it is a handy one, or no larger than theirs.
    [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> closest(
        const std::vector<Group>& groups) const {
        std::optional<std::pair<std::size_t, std::size_t>> best;
        std::size_t least = 2 * largest;
        for (std::size_t i = 0; i < groups.size(); ++i)
            for (std::size_t j = i + 1; j < groups.size(); ++j) {
                const auto joined = size(both(groups[i], groups[j]));
                if (joined >= least || joined > std::max(handy, size(groups[i]) + size(groups[j]))) continue;
                best = {i, j};
                least = joined;
            }
        return best;
    }

    [[nodiscard]] WordPair lanes(const Group& group, const WordPair& terms) const {
        WordPair open{bank_.all(), bank_.all()};
        for (std::size_t i = 0; i < bank_.terms_of_clause.size(); ++i) {
            if (((group.clauses >> i) & 1) == 0) continue;
            if ((terms.certain & bank_.terms_of_clause[i]) == 0) open.certain &= ~bank_.lanes_of_clause[i];
            if ((terms.possible & bank_.terms_of_clause[i]) == 0) open.possible &= ~bank_.lanes_of_clause[i];
        }
        return open;
    }

    [[nodiscard]] Factor factor(const Group& group) const {
        Factor made;
        std::vector<WordPair> terms{{}};
        for (std::size_t c = 0; c < distinct_.size(); ++c) {
            if (((group.columns >> c) & 1) == 0) continue;
            const auto found = classes(group, c);
            const auto stride = terms.size();
            auto& part = made.parts.emplace_back();
            part.column = c;
            std::vector<std::uint16_t> steps;
            for (const auto& pair : distinct_[c])
                steps.push_back(static_cast<std::uint16_t>(stride * place(found, seen(group, c, pair))));
            for (const auto at : place_of_code_[c]) part.steps.push_back(steps[at]);
            if (bank_.columns[c].type == ColumnType::number && part.steps.size() > 1) cut(part);
            std::vector<WordPair> more;
            for (const auto& own : found)
                for (const auto& before : terms)
                    more.push_back({before.certain & own.certain, before.possible & own.possible});
            terms = std::move(more);
        }
        for (const auto& pair : terms) made.lanes.push_back(lanes(group, pair));
        return made;
    }

    /// Codes of a number column are blank, then by turns below a cut and on it; equal steps need no cut.
    /// What is above a number starts with the next one.
    void cut(Factor::Part& part) const {
        const auto& cuts = bank_.columns[part.column].cuts;
        for (std::size_t i = 0; i < cuts.size(); ++i)
            for (const bool above : {false, true}) {
                const std::size_t after = 2 * i + 2 + (above ? 1 : 0);
                if (part.steps[after] != part.steps[after - 1])
                    part.cuts.push_back({above ? std::nextafter(cuts[i], infinity) : cuts[i],
                                         std::int64_t{part.steps[after]} - part.steps[after - 1]});
            }
        part.steps.resize(2);
    }

    const Bank& bank_;
    std::vector<Word> terms_of_column_;
    std::vector<Classes> distinct_;                       // by column
    std::vector<std::vector<std::size_t>> place_of_code_;  // by column, by code: its distinct pair
};

}  // namespace

std::vector<Factor> factors(const Bank& bank, const std::vector<std::vector<WordPair>>& survivors) {
    return Factoring(bank, survivors).make();
}

Lookup::Lookup(const Plan& plan, const Evidence& evidence, const Options& options) {
    for (const auto& bank : plan.banks) {
        auto& of_bank = banks.emplace_back();
        of_bank.survivors.resize(bank.columns.size());
        const auto& data = evidence.tables[static_cast<std::size_t>(bank.table)];
        if (!data.supplied) continue;
        for (std::size_t c = 0; c < bank.columns.size(); ++c) {
            const auto& tests = bank.columns[c];
            const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
            auto& alive = of_bank.survivors[c];
            if (const auto* sets = std::get_if<SetColumn>(&column)) {
                for (std::size_t i = 0; i < sets->has.size(); ++i) {
                    const Cell cell{.word = -1, .has = sets->has[i], .known = sets->known[i], .number = 0};
                    auto& [certain, possible] = alive.emplace_back();
                    tests.survivors(cell, certain, possible);
                }
            } else if (std::holds_alternative<BlankColumn>(column)) {
                auto& [certain, possible] = alive.emplace_back();
                tests.survivors(cell(column, 0), certain, possible);
            } else {
                for (std::size_t code = 0; code < tests.certain.size(); ++code)
                    alive.push_back({tests.certain[code], tests.possible[code]});
            }
            if (options.takes_as_filled(bank.table, tests.column))
                for (auto& pair : alive) pair.certain = pair.possible;
        }
        of_bank.factors = tassei::factors(bank, of_bank.survivors);
    }
}

}  // namespace tassei
