#include "asked.hpp"

#include <algorithm>
#include <bit>
#include <queue>
#include <tuple>

#include "tassei/watch.hpp"

namespace tassei {
namespace {

constexpr std::size_t most_work = 20'000'000;  // records appended to lists × demands, of one shortage
constexpr std::size_t few_sets = 16;           // of so many each may take that much

std::uint64_t as_bits(double x) { return std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x); }

/// Adds what a record can carry; of two of which one can carry all of the other, the larger stays.
void add_carrier(std::vector<Word>& carriers, Word more) {
    if (more == 0 || std::ranges::any_of(carriers, [&](Word c) { return (more & ~c) == 0; })) return;
    std::erase_if(carriers, [&](Word c) { return (c & ~more) == 0; });
    carriers.insert(std::ranges::lower_bound(carriers, more), more);
}

bool all_covered(const std::vector<Word>& carriers, Word demands) {
    for (const auto c : carriers) demands &= ~c;
    return demands == 0;
}

bool dominates(const std::vector<Word>& more, const std::vector<Word>& less) {
    return std::ranges::all_of(less, [&](Word l) {
        return std::ranges::any_of(more, [&](Word m) { return (l & ~m) == 0; });
    });
}

}  // namespace

std::size_t Supplier::KeyHash::operator()(const Key& key) const {
    std::uint64_t hash = 0x9e3779b97f4a7c15ULL;
    for (const auto word : key) {
        hash ^= word + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
        hash *= 0xff51afd7ed558ccdULL;
        hash ^= hash >> 32;
    }
    return static_cast<std::size_t>(hash);
}

Supplier::Supplier(const Plan& plan, const Demands& demands, const Costs& costs,
                   const std::vector<int>& min_verification)
    : plan_(plan), demands_(demands) {
    const auto& tables = plan.framework.tables;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        costs_.push_back(completed(costs, t, tables[t]));
        auto& verified = verified_.emplace_back();
        if (t >= min_verification.size() || min_verification[t] < 0 || tables[t].verification < 0) continue;
        OneOf enough{tables[t].verification, {}};
        const int words = tables[t].columns[static_cast<std::size_t>(tables[t].verification)].words;
        for (int w = min_verification[t]; w < words; ++w) enough.words.push_back(w);
        verified.emplace().form = std::move(enough);
    }
}

int Supplier::keep(NewRecord record) {
    Key key{static_cast<std::uint64_t>(record.table)};
    for (const auto& cell : record.cells) {
        key.push_back(static_cast<std::uint64_t>(cell.column));
        key.push_back(static_cast<std::uint64_t>(cell.word + 1));
        key.push_back(cell.items);
        key.push_back(as_bits(cell.number));
    }
    const auto [at, fresh] = places_.try_emplace(std::move(key), static_cast<int>(records_.size()));
    if (fresh) records_.push_back(std::move(record));
    return at->second;
}

int Supplier::keep(const Kind& kind, const std::vector<int>& words) {
    auto record = kind.record;
    for (std::size_t c = 0; c < kind.choices.size(); ++c)
        std::ranges::find(record.cells, kind.choices[c].column, &FilledCell::column)->word = words[c];
    return keep(std::move(record));
}

Word Supplier::word_for(const Kind& kind, const std::vector<int>& words, int column) {
    const auto choice = std::ranges::find(kind.choices, column, &WordChoice::column);
    return bit(static_cast<std::size_t>(words[static_cast<std::size_t>(choice - kind.choices.begin())]));
}

bool Supplier::allowed(const NewRecord& record, std::span<const int> frozen) const {
    const auto& verified = verified_[static_cast<std::size_t>(record.table)];
    return (!verified || truth(*verified, record) == Truth::yes) && std::ranges::all_of(frozen, [&](int a) {
               return plan_.aggregates[static_cast<std::size_t>(a)].table != record.table ||
                      truth(demands_.where[static_cast<std::size_t>(a)], record) == Truth::no;
           });
}

const Supplies& Supplier::operator()(const Shortage& shortage) {
    Key key{static_cast<std::uint64_t>(shortage.table), shortage.open.size(), shortage.frozen.size()};
    for (const auto& demand : shortage.open) {
        key.push_back(static_cast<std::uint64_t>(demand.aggregate));
        key.push_back(static_cast<std::uint64_t>(demand.missing));
        key.push_back(demand.seen);
    }
    for (const int a : shortage.frozen) key.push_back(static_cast<std::uint64_t>(a));
    std::vector<Word> running;
    for (const auto word : shortage.running) add_carrier(running, word);
    key.insert(key.end(), running.begin(), running.end());
    // what is found must not hang on what was asked before: with less work allowed the search ends sooner
    const auto known = supplies_.find(key);
    if (known != supplies_.end() && known->second.work <= most_work_) return known->second;
    auto cut_short = key;
    cut_short.insert(cut_short.end(), {~std::uint64_t{0}, most_work_});  // no demands are as many
    const auto cut = supplies_.find(cut_short);
    if (cut != supplies_.end()) return cut->second;
    auto found = search(shortage);
    auto& place = supplies_[std::move(found.work > most_work_ ? cut_short : key)];
    return place = std::move(found);
}

void Supplier::share_work(std::size_t sets) {
    most_work_ = most_work;
    for (auto rest = few_sets; rest < sets; rest *= 2) most_work_ /= 2;
}

/// Uniform-cost search over what is still missing and over what days could be spent on.
Supplies Supplier::search(const Shortage& shortage) {
    const auto& all = kinds(shortage);
    const Asked asked(plan_, shortage);
    const auto size = asked.size();
    const auto days = asked.days();

    // a state: by demand what is missing, or the words seen, all of them once that is enough; then carriers
    struct Node {
        Key state;
        double cost = 0;
        int added = 0;
        int parent = -1;
        int kind = -1;
        std::vector<int> words;
    };
    std::vector<Node> nodes;
    std::unordered_map<Key, std::pair<double, int>, KeyHash> best;
    using Entry = std::tuple<double, int, int>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    const auto push = [&](Node node) {
        const auto [at, fresh] = best.try_emplace(node.state, node.cost, node.added);
        auto& [cost, added] = at->second;
        if (!fresh && std::tie(node.cost, node.added) >= std::tie(cost, added)) return;
        cost = node.cost;
        added = node.added;
        queue.emplace(node.cost, node.added, static_cast<int>(nodes.size()));
        nodes.push_back(std::move(node));
    };
    const auto carriers_of = [&](const Key& state) {
        return std::vector<Word>(state.begin() + static_cast<std::ptrdiff_t>(size), state.end());
    };

    Node first;
    std::vector<Word> running;
    for (const auto word : shortage.running) add_carrier(running, word);
    for (std::size_t i = 0; i < size; ++i) {
        const auto& demand = shortage.open[i];
        first.state.push_back(asked.columns[i] >= 0 ? demand.seen
                              : asked.of_days(i)    ? 0
                                                    : static_cast<std::uint64_t>(demand.missing));
    }
    first.state.insert(first.state.end(), running.begin(), running.end());
    push(std::move(first));

    std::vector<Word> ideal = running;  // what any list could carry at best
    for (const auto& kind : all.kinds) add_carrier(ideal, kind.answers & days);

    Supplies found;
    found.exact = all.exact;
    std::size_t tries = 0;
    std::vector<std::vector<Word>> reached;
    while (!queue.empty()) {
        const auto [cost, added, index] = queue.top();
        queue.pop();
        const auto at = static_cast<std::size_t>(index);
        if (best[nodes[at].state] < std::pair(cost, added)) continue;
        heed();
        const auto work = tries * (size + 1);
        const bool cut = work > most_work_;
        if (cut && found.ways.empty()) found = greedy(shortage, all);
        found.work = work;
        if (cut) {
            found.exact = false;
            return found;
        }
        const auto state = nodes[at].state;
        const auto carriers = carriers_of(state);
        bool done = all_covered(carriers, days);
        for (std::size_t i = 0; i < size && done; ++i)
            done = asked.columns[i] >= 0 ? state[i] == ~Word{0} : state[i] == 0;
        if (done && std::ranges::none_of(reached, [&](const auto& r) { return dominates(r, carriers); })) {
            Supply supply;
            supply.cost = cost;
            for (int n = index; nodes[static_cast<std::size_t>(n)].parent >= 0;
                 n = nodes[static_cast<std::size_t>(n)].parent) {
                const auto& node = nodes[static_cast<std::size_t>(n)];
                const auto& kind = all.kinds[static_cast<std::size_t>(node.kind)];
                supply.records.insert(supply.records.begin(), keep(kind, node.words));
                supply.carries.insert(supply.carries.begin(), kind.answers & days);
            }
            found.ways.push_back(std::move(supply));
            reached.push_back(carriers);
            if (dominates(carriers, ideal)) return found;
        }

        for (std::size_t k = 0; k < all.kinds.size(); ++k) {
            const auto& kind = all.kinds[k];
            std::vector<int> words;
            const auto apply = [&] {
                ++tries;
                Node next{state, cost + kind.record.cost, added + 1, index, static_cast<int>(k), words};
                for (std::size_t i = 0; i < size; ++i) {
                    if (!(kind.answers & bit(i)) || asked.of_days(i)) continue;
                    auto& left = next.state[i];
                    if (asked.columns[i] < 0) {
                        left -= left > 0 ? 1 : 0;
                    } else if (left != ~Word{0}) {
                        left |= word_for(kind, words, asked.columns[i]);
                        const auto fresh = std::popcount(left) - std::popcount(shortage.open[i].seen);
                        if (fresh >= shortage.open[i].missing) left = ~Word{0};
                    }
                }
                auto more = carriers;
                add_carrier(more, kind.answers & days);
                next.state.resize(size);
                next.state.insert(next.state.end(), more.begin(), more.end());
                if (next.state != state) push(std::move(next));
            };
            // of words that have been seen by the same demands, the first stands for all
            const auto choose = [&](const auto& self, std::size_t c) -> void {
                if (c == kind.choices.size()) return apply();
                std::vector<Word> patterns;
                for (auto rest = kind.choices[c].words; rest != 0; rest &= rest - 1) {
                    const auto w = static_cast<std::size_t>(std::countr_zero(rest));
                    Word pattern = 0;
                    for (std::size_t i = 0; i < size; ++i)
                        if (asked.columns[i] == kind.choices[c].column && (state[i] & bit(w))) pattern |= bit(i);
                    if (std::ranges::find(patterns, pattern) != patterns.end()) continue;
                    patterns.push_back(pattern);
                    words.push_back(static_cast<int>(w));
                    self(self, c + 1);
                    words.pop_back();
                }
            };
            choose(choose, 0);
        }
    }
    return found;
}

/// Some list that will do, where there is too much to look at: always what answers most for its cost.
Supplies Supplier::greedy(const Shortage& shortage, const Kinds& all) {
    const Asked asked(plan_, shortage);
    const auto days = asked.days();
    std::vector<int> missing;
    std::vector<Word> seen;
    for (const auto& demand : shortage.open) {
        missing.push_back(demand.missing);
        seen.push_back(demand.seen);
    }
    Word uncarried = days;
    for (const auto word : shortage.running) uncarried &= ~word;
    Supplies found;
    found.exact = false;
    Supply supply;
    for (;;) {
        bool done = uncarried == 0;
        for (std::size_t i = 0; i < asked.size(); ++i) done = done && (asked.of_days(i) || missing[i] <= 0);
        if (done) break;
        const Kind* chosen = nullptr;
        std::vector<int> chosen_words;
        double most = 0;
        for (const auto& kind : all.kinds) {
            std::vector<int> words;
            double helped = std::popcount(kind.answers & uncarried);
            for (const auto& choice : kind.choices) {
                // the word that is new to the most demands
                int best_word = std::countr_zero(choice.words);
                int best_new = -1;
                for (auto rest = choice.words; rest != 0; rest &= rest - 1) {
                    int fresh = 0;
                    for (std::size_t i = 0; i < asked.size(); ++i)
                        fresh += (kind.answers & bit(i)) && asked.columns[i] == choice.column && missing[i] > 0 &&
                                         !((seen[i] >> std::countr_zero(rest)) & 1)
                                     ? 1
                                     : 0;
                    if (fresh > best_new) {
                        best_new = fresh;
                        best_word = std::countr_zero(rest);
                    }
                }
                words.push_back(best_word);
                helped += best_new;
            }
            for (std::size_t i = 0; i < asked.size(); ++i) {
                const bool counted = asked.columns[i] < 0 && !asked.of_days(i);
                helped += (kind.answers & bit(i)) && counted && missing[i] > 0 ? 1 : 0;
            }
            const double worth = helped / (kind.record.cost + 1e-9);
            if (helped > 0 && worth > most) {
                most = worth;
                chosen = &kind;
                chosen_words = words;
            }
        }
        if (chosen == nullptr) return found;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            if (!(chosen->answers & bit(i)) || asked.of_days(i)) continue;
            if (asked.columns[i] < 0) {
                --missing[i];
                continue;
            }
            const auto word = word_for(*chosen, chosen_words, asked.columns[i]);
            if (!(seen[i] & word)) --missing[i];
            seen[i] |= word;
        }
        uncarried &= ~chosen->answers;
        supply.cost += chosen->record.cost;
        supply.carries.push_back(chosen->answers & days);
        supply.records.push_back(keep(*chosen, chosen_words));
    }
    found.ways.push_back(std::move(supply));
    return found;
}

}  // namespace tassei
