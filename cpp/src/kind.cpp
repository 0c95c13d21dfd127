#include <algorithm>
#include <bit>

#include "asked.hpp"
#include "tassei/watch.hpp"

/// Kinds of records: the cheapest record for each set of demands that one record can answer.
namespace tassei {
namespace {

constexpr int most_kinds = 5'000;  // steps of finding kinds of records, of one shortage

/// Every test of words of a column in a condition.
void word_tests(const Condition& condition, int column, std::vector<const OneOf*>& found) {
    if (const auto* f = std::get_if<OneOf>(&condition.form); f != nullptr && f->column == column)
        found.push_back(f);
    if (const auto* f = std::get_if<Not>(&condition.form)) word_tests(f->of.front(), column, found);
    if (const auto* f = std::get_if<AtLeast>(&condition.form))
        for (const auto& part : f->of) word_tests(part, column, found);
}

}  // namespace

/// Words of a column that no condition, no cost tells apart.
std::vector<WordChoice> Supplier::classes(const Asked& asked, int column) const {
    const auto t = static_cast<std::size_t>(asked.shortage.table);
    std::vector<const OneOf*> tests;
    for (const auto& demand : asked.shortage.open)
        word_tests(demands_.where[static_cast<std::size_t>(demand.aggregate)], column, tests);
    for (const int a : asked.shortage.frozen)
        word_tests(demands_.where[static_cast<std::size_t>(a)], column, tests);
    const int words = plan_.framework.tables[t].columns[static_cast<std::size_t>(column)].words;
    std::map<std::vector<double>, Word> alike;
    std::vector<std::vector<double>> order;
    for (int w = 0; w < words; ++w) {
        std::vector<double> marks{costs_[t].words[static_cast<std::size_t>(column)][static_cast<std::size_t>(w)]};
        for (const auto* f : tests) marks.push_back(std::ranges::binary_search(f->words, w) ? 1 : 0);
        if (!alike.contains(marks)) order.push_back(marks);
        alike[marks] |= bit(static_cast<std::size_t>(w));
    }
    std::vector<WordChoice> found;
    for (const auto& marks : order) found.push_back({column, alike[marks]});
    return found;
}

const std::optional<NewRecord>& Supplier::solve(const Asked& asked, Word chosen, bool& exact) {
    const auto& shortage = asked.shortage;
    Key key{static_cast<std::uint64_t>(shortage.table), shortage.frozen.size()};
    for (const int a : shortage.frozen) key.push_back(static_cast<std::uint64_t>(a));
    for (const auto& choice : asked.choices) {
        key.push_back(static_cast<std::uint64_t>(choice.column));
        key.push_back(choice.words);
    }
    key.push_back(~std::uint64_t{0});
    for (std::size_t i = 0; i < asked.size(); ++i)
        if (chosen & bit(i)) key.push_back(static_cast<std::uint64_t>(shortage.open[i].aggregate));
    const auto [at, fresh] = solved_.try_emplace(std::move(key));
    if (fresh) {
        std::vector<Wish> wishes;
        const auto& verified = verified_[static_cast<std::size_t>(shortage.table)];
        if (verified) wishes.push_back({&*verified, true});
        for (const int a : shortage.frozen) wishes.push_back({&demands_.where[static_cast<std::size_t>(a)], false});
        for (std::size_t i = 0; i < asked.size(); ++i)
            if (chosen & bit(i))
                wishes.push_back({&demands_.where[static_cast<std::size_t>(shortage.open[i].aggregate)], true});
        at->second.second = true;
        at->second.first = cheapest(plan_.framework, shortage.table, wishes, asked.choices,
                                    costs_[static_cast<std::size_t>(shortage.table)], at->second.second);
    }
    exact = exact && at->second.second;
    return at->second.first;
}

/// Lets the record answer one demand after the other, or not.
void Supplier::grow(const Asked& asked, std::size_t next, Word chosen, const NewRecord& record, Kinds& found) {
    heed();
    if (++*asked.steps > most_kinds) {
        found.exact = false;
        return;
    }
    const auto answers = [&](std::size_t i) {
        const auto a = static_cast<std::size_t>(asked.shortage.open[i].aggregate);
        return asked.answerable(i) && truth(demands_.where[a], record) == Truth::yes;
    };
    while (next < asked.size() && (!asked.answerable(next) || answers(next))) ++next;
    if (next < asked.size()) {
        // records that answer much come first, should the search be cut short
        const auto& more = solve(asked, chosen | bit(next), found.exact);
        if (more) grow(asked, next + 1, chosen | bit(next), *more, found);
        grow(asked, next + 1, chosen, record, found);
        return;
    }
    Kind kind{record, 0, asked.choices};
    for (std::size_t i = 0; i < asked.size(); ++i)
        if (answers(i)) kind.answers |= bit(i);
    for (const auto& choice : asked.choices) {
        bool used = false;
        for (std::size_t i = 0; i < asked.size(); ++i)
            used = used || ((kind.answers & bit(i)) && asked.columns[i] == choice.column);
        if (!used) return;  // the same is found without the choice
    }
    if (kind.answers != 0) found.kinds.push_back(std::move(kind));
}

const Supplier::Kinds& Supplier::kinds(const Shortage& shortage) {
    Key key{static_cast<std::uint64_t>(shortage.table), shortage.open.size()};
    for (const auto& demand : shortage.open) key.push_back(static_cast<std::uint64_t>(demand.aggregate));
    for (const int a : shortage.frozen) key.push_back(static_cast<std::uint64_t>(a));
    const auto [at, fresh] = kinds_.try_emplace(std::move(key));
    auto& found = at->second;
    if (!fresh || plan_.framework.tables[static_cast<std::size_t>(shortage.table)].unique) return found;

    Asked asked(plan_, shortage);
    std::vector<std::vector<WordChoice>> by_column;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto known = [&](const auto& choices) { return choices.front().column == asked.columns[i]; };
        if (asked.columns[i] >= 0 && std::ranges::none_of(by_column, known))
            by_column.push_back(classes(asked, asked.columns[i]));
    }
    int steps = 0;
    asked.steps = &steps;
    const auto with_choices = [&](const auto& self, std::size_t column) -> void {
        if (column < by_column.size()) {
            self(self, column + 1);
            for (const auto& choice : by_column[column]) {
                asked.choices.push_back(choice);
                self(self, column + 1);
                asked.choices.pop_back();
            }
            return;
        }
        const auto& blank = solve(asked, 0, found.exact);
        if (blank) grow(asked, 0, 0, *blank, found);
        // each demand alone, should the search be cut short
        for (std::size_t i = 0; i < asked.size() && !found.exact; ++i)
            if (const auto& one = solve(asked, bit(i), found.exact); asked.answerable(i) && one)
                found.kinds.push_back({*one, bit(i), asked.choices});
    };
    with_choices(with_choices, 0);

    const auto needless = [&](const Kind& less, const Kind& more) {
        return (less.answers & ~more.answers) == 0 && more.record.cost <= less.record.cost &&
               std::ranges::all_of(less.choices, [&](const WordChoice& choice) {
                   return std::ranges::find(more.choices, choice) != more.choices.end();
               });
    };
    std::vector<Kind> kept;
    for (std::size_t i = 0; i < found.kinds.size(); ++i) {
        bool drop = false;
        for (std::size_t j = 0; j < found.kinds.size() && !drop; ++j)
            drop = i != j && needless(found.kinds[i], found.kinds[j]) &&
                   (j < i || !needless(found.kinds[j], found.kinds[i]));
        if (!drop) kept.push_back(found.kinds[i]);
    }
    std::ranges::stable_sort(kept, [](const Kind& a, const Kind& b) {
        return a.record.cost != b.record.cost ? a.record.cost < b.record.cost
                                              : std::popcount(a.answers) > std::popcount(b.answers);
    });
    found.kinds = std::move(kept);
    return found;
}

}  // namespace tassei
