#include <algorithm>
#include <array>
#include <bit>

#include "gap_finder.hpp"
#include "tassei/watch.hpp"

/// Every way of one person to a sheet, and what would do as well in the cells of its records.
namespace tassei {
namespace {

constexpr std::size_t most_ways = 200;

}  // namespace

Ways GapFinder::all(int sheet) {
    const auto& target = this->target(sheet);
    hold(target);
    const auto frozen = this->frozen(target);
    Ways ways;
    std::vector<std::vector<Part>> asked;  // by set
    const auto& sets = smallest_sets(sheet, target).sets;
    supplier_.share_work(sets.size());
    for (const auto& set : sets) {
        heed();
        bool exact = true;
        asked.push_back(parts(set, frozen, exact));
        for (auto& way : ways_of(asked.back(), exact)) {
            for (const auto& addition : way.additions) way.leeway.push_back(leeway(addition, set, frozen));
            ways.ways.push_back(std::move(way));
        }
    }
    std::ranges::stable_sort(ways.ways, cheaper);
    keep_minimal(ways.ways);
    if (ways.ways.size() > most_ways) ways.ways.resize(most_ways);
    std::erase_if(ways.ways, [&](const Way& way) { return in_vain(way, asked); });
    ways.exact = best(sheet).way.exact;
    lacks(sheet, ways.criteria, ways.missing);
    ways.records = supplier_.records();
    return ways;
}

std::vector<Way> GapFinder::ways_of(const std::vector<Part>& parts, bool exact) {
    std::vector<Way> ways(1);
    ways.front().exact = exact;
    for (const auto& part : parts) {
        if (part.hopeless) return {};
        auto own = ways_of(part);
        if (!part.rows.empty()) {
            auto anew = part;
            anew.rows.clear();
            anew.shortage.running.clear();
            std::ranges::move(ways_of(anew), std::back_inserter(own));
        }
        std::vector<Way> joined;
        for (const auto& way : ways)
            for (const auto& more : own) {
                if (joined.size() >= most_ways) break;
                joined.push_back(way);
                join(joined.back(), more);
            }
        ways = std::move(joined);
    }
    return ways;
}

std::vector<Way> GapFinder::ways_of(const Part& part) {
    const auto& supplies = supplier_(part.shortage);
    std::vector<Way> ways;
    for (const auto& supply : supplies.ways) {
        auto found = spread(part, supply);
        if (!found.found) continue;
        found.way.exact = found.way.exact && supplies.exact;
        ways.push_back(std::move(found.way));
    }
    return ways;
}

std::vector<Leeway> GapFinder::leeway(const Addition& addition, const DemandSet& set,
                                      const std::vector<int>& frozen) const {
    std::vector<Leeway> found;
    if (addition.record < 0) return found;
    const auto& record = supplier_.records()[static_cast<std::size_t>(addition.record)];
    std::vector<const Aggregate*> answered;
    std::vector<const Condition*> conditions;
    for (const int d : set) {
        const auto& where = demands_.where[static_cast<std::size_t>(demand(d).aggregate)];
        const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(demand(d).aggregate)];
        if (aggregate.table != record.table || truth(where, record) != Truth::yes) continue;
        answered.push_back(&aggregate);
        conditions.push_back(&where);
    }
    const auto& columns = plan_.framework.tables[static_cast<std::size_t>(record.table)].columns;
    for (std::size_t c = 0; c < record.cells.size(); ++c) {
        auto other = record;
        auto& cell = other.cells[c];
        const auto own = cell;
        const auto& column = columns[static_cast<std::size_t>(own.column)];
        const auto will_do = [&] {
            return supplier_.allowed(other, frozen) && std::ranges::all_of(conditions, [&](const Condition* where) {
                       return truth(*where, other) == Truth::yes;
                   });
        };
        const auto cost = [&](int w) { return supplier_.word_cost(record.table, own.column, w); };
        Leeway leeway{own.column, {}, own.items, false, false};
        if (column.type == ColumnType::number) {
            leeway.more = std::ranges::all_of(std::array{1.0, 1e3, 1e6, 1e12}, [&](double more) {
                cell.number = own.number + more;
                return will_do();
            });
        } else if (column.type == ColumnType::set) {
            for (int w = 0; w < column.words; ++w) {
                const auto item = std::uint64_t{1} << w;
                bool swaps = own.items != 0 && !(own.items & item);
                each_bit(own.items, [&](std::size_t i) {
                    cell.items = (own.items & ~(std::uint64_t{1} << i)) | item;
                    swaps = swaps && cost(w) <= cost(static_cast<int>(i)) && will_do();
                });
                if (swaps) leeway.items |= item;
            }
        } else {
            Word seen_words = 0;
            for (const auto* aggregate : answered)
                if (aggregate->kind == AggregateKind::kinds && aggregate->column == own.column) {
                    leeway.distinct = true;
                    seen_words |= seen(*aggregate);
                }
            for (int w = 0; w < column.words; ++w) {
                cell.word = w;
                const bool fresh = w == own.word || !leeway.distinct || !((seen_words >> w) & 1);
                if (fresh && cost(w) <= cost(own.word) && will_do()) leeway.words.push_back(w);
            }
        }
        found.push_back(std::move(leeway));
    }
    return found;
}

bool GapFinder::in_vain(const Way& way, const std::vector<std::vector<Part>>& asked) const {
    heed();
    auto fewer = way.additions;
    for (auto& addition : fewer) {
        --addition.count;
        const bool enough = std::ranges::any_of(asked, [&](const std::vector<Part>& parts) {
            return std::ranges::all_of(parts, [&](const Part& part) { return answered(part, fewer); });
        });
        ++addition.count;
        if (enough) return true;
    }
    return false;
}

bool GapFinder::answered(const Part& part, const std::vector<Addition>& additions) const {
    if (part.hopeless) return false;
    for (std::size_t i = 0; i < part.shortage.open.size(); ++i) {
        const auto& open = part.shortage.open[i];
        const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(open.aggregate)];
        const auto& where = demands_.where[static_cast<std::size_t>(open.aggregate)];
        int records = 0;
        double days = 0;
        double stretch = 0;
        Word words = open.seen;
        for (const auto& addition : additions) {
            if (addition.table != part.shortage.table || addition.count == 0) continue;
            if (addition.record < 0) {
                const auto row = std::ranges::find(part.rows, addition.row) - part.rows.begin();
                const auto& running = part.shortage.running;
                const auto at = static_cast<std::size_t>(row);
                if (at < running.size() && ((running[at] >> i) & 1)) days += addition.days;
                continue;
            }
            const auto& record = supplier_.records()[static_cast<std::size_t>(addition.record)];
            if (truth(where, record) != Truth::yes) continue;
            records += addition.count;
            days += addition.days;
            stretch = std::max(stretch, addition.days);
            for (const auto& cell : record.cells)
                if (cell.column == aggregate.column) words |= Word{1} << cell.word;
        }
        const bool enough = aggregate.kind == AggregateKind::longest_days ? stretch >= part.stretches[i]
                            : of_days(aggregate.kind)                     ? days >= part.days[i]
                            : aggregate.kind == AggregateKind::kinds
                                ? std::popcount(words) - std::popcount(open.seen) >= open.missing
                                : records >= open.missing;
        if (!enough) return false;
    }
    return true;
}

void GapFinder::keep_minimal(std::vector<Way>& ways) {
    const auto less = [](const Way& a, const Way& b) {
        return std::ranges::all_of(a.additions, [&](const Addition& x) {
            int count = 0;
            for (const auto& y : b.additions)
                if (y.table == x.table && y.record == x.record && y.row == x.row) count += y.count;
            for (const auto& y : a.additions)
                if (y.table == x.table && y.record == x.record && y.row == x.row) count -= y.count;
            return count >= 0;
        });
    };
    std::vector<Way> kept;
    for (const auto& way : ways)
        if (std::ranges::none_of(kept, [&](const Way& k) { return less(k, way); })) kept.push_back(way);
    ways = std::move(kept);
}

}  // namespace tassei
