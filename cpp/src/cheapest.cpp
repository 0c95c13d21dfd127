#include "cheapest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tassei {
namespace {

constexpr int most_steps = 20'000;

/// Cost first, then how much has to be filled in.
struct Effort {
    double cost = 0;
    int size = 0;
    auto operator<=>(const Effort&) const = default;
    Effort operator+(const Effort& more) const { return {cost + more.cost, size + more.size}; }
};

// --- items of a set -----------------------------------------------------------------------------

/// At least and at most so many of some items.
struct Bound {
    std::uint64_t items = 0;
    int least = 0;
    int most = 64;
};

/// The cheapest items that keep all bounds.
class ItemPicker {
public:
    ItemPicker(const std::vector<Bound>& bounds, const std::vector<double>& costs)
        : bounds_(bounds), costs_(costs) {
        // items that no bound and no cost tells apart: one of them stands for all
        for (std::size_t i = 0; i < costs.size(); ++i) {
            alike_.push_back(0);
            for (std::size_t j = 0; j < costs.size(); ++j) {
                const bool same = costs[i] == costs[j] && std::ranges::all_of(bounds, [&](const Bound& b) {
                    return ((b.items >> i) & 1) == ((b.items >> j) & 1);
                });
                if (same) alike_[i] |= std::uint64_t{1} << j;
            }
        }
        pick(0, 0, {});
    }

    bool found = false;
    std::uint64_t items = 0;
    Effort effort;

private:
    void pick(std::uint64_t chosen, std::uint64_t banned, Effort so_far) {
        const Bound* lacking = nullptr;
        int lack = 0;
        for (const auto& bound : bounds_) {
            const int has = std::popcount(bound.items & chosen);
            if (has > bound.most) return;
            if (bound.least - has > lack) {
                lack = bound.least - has;
                lacking = &bound;
            }
        }
        if (found && !(so_far < effort)) return;
        if (lacking == nullptr) {
            found = true;
            items = chosen;
            effort = so_far;
            return;
        }
        auto open = lacking->items & ~chosen & ~banned;
        while (std::popcount(open) >= lack) {
            auto best = static_cast<std::size_t>(std::countr_zero(open));
            for (auto rest = open; rest != 0; rest &= rest - 1) {
                const auto i = static_cast<std::size_t>(std::countr_zero(rest));
                if (costs_[i] < costs_[best]) best = i;
            }
            pick(chosen | std::uint64_t{1} << best, banned, so_far + Effort{costs_[best], 1});
            banned |= alike_[best] & ~chosen;  // every choice with one of these has been looked at
            open &= ~banned;
        }
    }

    const std::vector<Bound>& bounds_;
    const std::vector<double>& costs_;
    std::vector<std::uint64_t> alike_;
};

// --- numbers ----------------------------------------------------------------------------------------

/// What is left of the numbers from 0 on.
struct Interval {
    double low = 0;
    double high = infinity;
    bool low_open = false;
    bool high_open = false;

    [[nodiscard]] bool contains(double x) const {
        return std::isfinite(x) && (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
    }
    void narrow(const Between& f) {
        if (f.low > low || (f.low == low && f.low_open)) {
            low = f.low;
            low_open = f.low_open;
        }
        if (f.high < high || (f.high == high && f.high_open)) {
            high = f.high;
            high_open = f.high_open;
        }
    }
    /// The lowest round number inside: whole if there is one, else with as few decimals as will do.
    [[nodiscard]] std::optional<double> round() const {
        if (contains(low)) return low;
        // NOLINTNEXTLINE(bugprone-float-loop-counter): powers of ten this small are exact
        for (double scale = 1; scale <= 1e15; scale *= 10) {
            const double x = (std::floor(low * scale) + 1) / scale;
            if (contains(x)) return x;
        }
        const double middle = low + (high - low) / 2;
        return contains(middle) ? std::optional(middle) : std::nullopt;
    }
};

// --- records ------------------------------------------------------------------------------------------

/// What wishes have left of a column.
struct Left {
    bool asked = false;
    std::vector<int> words;  // rising
    std::vector<Bound> bounds;
    Interval interval;
    std::uint64_t items = 0;
    int word = -1;
    Effort effort;
};

/// So many of the parts from a place on still have to be granted.
struct Choice {
    std::vector<Wish> parts;
    std::size_t from = 0;
    int need = 0;
};

struct State {
    std::vector<Left> columns;
    std::vector<Choice> choices;
    Effort effort;
};

class Search {
public:
    Search(const Table& table, const TableCosts& costs) : table_(table), costs_(costs) {}

    void run(std::span<const Wish> wishes, std::span<const WordChoice> choices) {
        State state;
        state.columns.resize(table_.columns.size());
        for (const auto& choice : choices) {
            std::vector<int> words;
            for (auto rest = choice.words; rest != 0; rest &= rest - 1) words.push_back(std::countr_zero(rest));
            if (!keep_words(state, choice.column, words, true)) return;
        }
        grant(std::move(state), {wishes.begin(), wishes.end()});
    }

    std::optional<State> best;
    bool exact = true;

private:
    std::size_t at(int column) const { return static_cast<std::size_t>(column); }

    void grant(State state, std::vector<Wish> wishes) {
        if (++steps_ > most_steps) {
            exact = false;
            return;
        }
        while (!wishes.empty()) {
            const auto wish = wishes.back();
            wishes.pop_back();
            const auto& form = wish.condition->form;
            if (const auto* constant = std::get_if<Constant>(&form)) {
                if (constant->value != wish.holds) return;
            } else if (const auto* negation = std::get_if<Not>(&form)) {
                wishes.push_back({&negation->of.front(), !wish.holds});
            } else if (const auto* group = std::get_if<AtLeast>(&form)) {
                const int size = static_cast<int>(group->of.size());
                const int need = wish.holds ? group->need : size - group->need + 1;
                if (need <= 0) continue;
                if (need > size) return;
                std::vector<Wish> parts;
                for (const auto& part : group->of) parts.push_back({&part, wish.holds});
                if (need == size) wishes.insert(wishes.end(), parts.rbegin(), parts.rend());
                else state.choices.push_back({std::move(parts), 0, need});
            } else if (const auto* word = std::get_if<OneOf>(&form)) {
                if (!keep_words(state, word->column, word->words, wish.holds)) return;
            } else if (const auto* items = std::get_if<Contains>(&form)) {
                if (!bound(state, *items, wish.holds)) return;
            } else if (const auto* number = std::get_if<Between>(&form)) {
                if (!wish.holds) return outside(std::move(state), std::move(wishes), *number);
                if (!inside(state, *number)) return;
            }
        }
        if (best && !(state.effort < best->effort)) return;
        if (state.choices.empty()) {
            best = std::move(state);
            return;
        }
        auto choice = std::move(state.choices.back());
        state.choices.pop_back();
        const auto part = choice.parts[choice.from++];
        const int left = static_cast<int>(choice.parts.size() - choice.from);
        auto with = state;
        if (choice.need > 1) {
            with.choices.push_back(choice);
            --with.choices.back().need;
        }
        grant(std::move(with), {part});
        if (left < choice.need) return;
        state.choices.push_back(std::move(choice));
        grant(std::move(state), {});
    }

    void update(State& state, Left& left, Effort effort) {
        state.effort.cost += effort.cost - left.effort.cost;
        state.effort.size += effort.size - left.effort.size;
        left.effort = effort;
        left.asked = true;
    }

    bool keep_words(State& state, int column, const std::vector<int>& words, bool holds) {
        auto& left = state.columns[at(column)];
        if (!left.asked)
            for (int w = 0; w < table_.columns[at(column)].words; ++w) left.words.push_back(w);
        std::erase_if(left.words, [&](int w) { return std::ranges::binary_search(words, w) != holds; });
        if (left.words.empty()) return false;
        const auto& costs = costs_.words[at(column)];
        left.word = *std::ranges::min_element(left.words, {}, [&](int w) { return costs[at(w)]; });
        update(state, left, {costs[at(left.word)], 1});
        return true;
    }

    bool bound(State& state, const Contains& f, bool holds) {
        // what blanks cannot change needs no cell
        if (f.need <= 0 || f.need > std::popcount(f.items)) return (f.need <= 0) == holds;
        auto& left = state.columns[at(f.column)];
        left.bounds.push_back(holds ? Bound{f.items, f.need, 64} : Bound{f.items, 0, f.need - 1});
        const ItemPicker picker(left.bounds, costs_.words[at(f.column)]);
        if (!picker.found) return false;
        left.items = picker.items;
        update(state, left, {picker.effort.cost, std::max(1, picker.effort.size)});
        return true;
    }

    bool inside(State& state, const Between& f) {
        auto& left = state.columns[at(f.column)];
        left.interval.narrow(f);
        if (!left.interval.round()) return false;
        update(state, left, {0, 1});
        return true;
    }

    void outside(State state, std::vector<Wish> wishes, const Between& f) {
        const Between below{f.column, -infinity, f.low, false, !f.low_open};
        const Between above{f.column, f.high, infinity, !f.high_open, false};
        if (auto low = state; f.low > -infinity && inside(low, below)) grant(std::move(low), wishes);
        if (f.high < infinity && inside(state, above)) grant(std::move(state), std::move(wishes));
    }

    const Table& table_;
    const TableCosts& costs_;
    int steps_ = 0;
};

}  // namespace

TableCosts completed(const Costs& costs, std::size_t index, const Table& table) {
    auto found = index < costs.tables.size() ? costs.tables[index] : TableCosts{};
    found.words.resize(table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c)
        found.words[c].resize(static_cast<std::size_t>(table.columns[c].words));
    return found;
}

std::optional<NewRecord> cheapest(const Framework& framework, int table, std::span<const Wish> wishes,
                                  std::span<const WordChoice> choices, const TableCosts& costs,
                                  bool& exact) {
    const auto& model = framework.tables[static_cast<std::size_t>(table)];
    Search search(model, costs);
    search.run(wishes, choices);
    exact = exact && search.exact;
    if (!search.best) return std::nullopt;
    NewRecord record{table, {}, costs.record + search.best->effort.cost};
    for (std::size_t c = 0; c < model.columns.size(); ++c) {
        const auto& left = search.best->columns[c];
        if (!left.asked) continue;
        FilledCell cell{static_cast<int>(c), left.word, left.items, 0};
        if (model.columns[c].type == ColumnType::number) cell.number = *left.interval.round();
        record.cells.push_back(cell);
    }
    return record;
}

Truth truth(const Condition& condition, const NewRecord& record) {
    const auto at = [&](int column) {
        Cell cell;
        cell.number = std::numeric_limits<double>::quiet_NaN();
        const auto found = std::ranges::find(record.cells, column, &FilledCell::column);
        if (found == record.cells.end()) return cell;
        return Cell{found->word, found->items, ~std::uint64_t{0}, found->number};
    };
    if (const auto* f = std::get_if<Constant>(&condition.form)) return f->value ? Truth::yes : Truth::no;
    if (const auto* f = std::get_if<OneOf>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Contains>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Between>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Not>(&condition.form)) return !truth(f->of.front(), record);
    const auto& group = std::get<AtLeast>(condition.form);
    int certain = 0;
    int possible = 0;
    for (const auto& part : group.of) {
        const auto holds = truth(part, record);
        certain += holds == Truth::yes ? 1 : 0;
        possible += holds != Truth::no ? 1 : 0;
    }
    return at_least(group.need, certain, possible);
}

}  // namespace tassei
