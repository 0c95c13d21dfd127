#include "gap_finder.hpp"

#include <algorithm>
#include <cmath>

#include "day_cost.hpp"
#include "days.hpp"

namespace tassei {
namespace {

/// Makes sure that some record carries each stretch whole: days on several are not one stretch.
void keep_whole(std::span<const Word> carriers, std::span<const double> stretches, std::vector<double>& days) {
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        if (stretches[i] <= 0) continue;
        std::size_t most = carriers.size();
        for (std::size_t c = 0; c < carriers.size(); ++c)
            if (((carriers[c] >> i) & 1) && (most == carriers.size() || days[c] > days[most])) most = c;
        if (most < carriers.size()) days[most] = std::max(days[most], stretches[i]);
    }
}

}  // namespace

bool cheaper(const Way& a, const Way& b) {
    const auto records = [](const Way& way) {
        int count = 0;
        for (const auto& addition : way.additions) count += addition.count;
        return count;
    };
    if (std::abs(a.cost - b.cost) > tolerance) return a.cost < b.cost;
    return records(a) < records(b);
}

void GapFinder::look(std::int64_t person) {
    person_ = person;
    evaluator_.read(person, person + 1);
    evaluator_.evaluate(person);
}

GapFinder::Found GapFinder::best(int sheet) {
    const auto& target = this->target(sheet);
    hold(target);
    const auto& sets = smallest_sets(sheet, target);
    supplier_.share_work(sets.sets.size());
    const auto frozen = this->frozen(target);
    auto found = cheapest_of(sets, frozen);
    if (!frozen.empty() && found.way.exact) {
        const auto free = cheapest_of(sets, {});
        // a record that a negation minds might be bearable: then nobody has looked
        found.way.exact = !free.found || (found.found && found.way.cost <= free.way.cost + tolerance);
    }
    found.way.exact = found.way.exact && sets.exact;
    return found;
}

const GapFinder::Target& GapFinder::target(int sheet) {
    auto& target = targets_[static_cast<std::size_t>(sheet)];
    if (target.sheets.empty()) {
        const auto& wanted = plan_.sheets[static_cast<std::size_t>(sheet)];
        for (const int s : plan_.ladder[static_cast<std::size_t>(wanted.specialty)])
            if (s == sheet || (plan_.framework.cumulative &&
                               plan_.sheets[static_cast<std::size_t>(s)].level < wanted.level))
                target.sheets.push_back(s);
        target.demands = demands_.under(target.sheets);
    }
    return target;
}

void GapFinder::lacks(int sheet, std::vector<std::int32_t>& criteria, std::vector<double>& missing) {
    for (const int s : target(sheet).sheets) {
        if (evaluator_.status()[static_cast<std::size_t>(s)] == Truth::yes) continue;
        const auto& asked = plan_.sheets[static_cast<std::size_t>(s)];
        for (int c = asked.first_criterion; c < asked.first_criterion + asked.criteria; ++c) {
            const double lack = this->missing(c);
            if (lack <= 0) continue;
            criteria.push_back(c);
            missing.push_back(lack);
        }
    }
}

double GapFinder::missing(int criterion) const {
    const auto& found = evaluator_.criteria()[static_cast<std::size_t>(criterion)];
    if (found.truth == Truth::yes) return 0;
    const auto& asked = plan_.criteria[static_cast<std::size_t>(criterion)];
    const auto& node = plan_.nodes[static_cast<std::size_t>(asked.node)];
    if (node.kind != PlanNode::Kind::aggregate) return 1;
    double most = node.required - found.range.low;
    for (int i = 0; i < node.children; ++i) {
        const auto& part = plan_.nodes[static_cast<std::size_t>(
            plan_.children[static_cast<std::size_t>(node.first_child + i)])];
        most = std::max(most, part.required - quantity(part.index).low);
    }
    return most;
}

Range GapFinder::quantity(int aggregate) const {
    return evaluator_.quantities()[static_cast<std::size_t>(aggregate)];
}

void GapFinder::hold(const Target& target) {
    holds_.assign(demands_.demands.size(), false);
    for (const int d : target.demands) {
        const auto range = quantity(demand(d).aggregate);
        const auto truth = reaches(range, demand(d).required);
        holds_[static_cast<std::size_t>(d)] = truth == (demand(d).reaches ? Truth::yes : Truth::no);
    }
}

const DemandSets& GapFinder::smallest_sets(int sheet, const Target& target) {
    std::vector<Word> key{static_cast<Word>(sheet)};
    for (std::size_t i = 0; i < target.demands.size(); ++i) {
        if (i % bits == 0) key.push_back(0);
        if (holds_[static_cast<std::size_t>(target.demands[i])]) key.back() |= Word{1} << (i % bits);
    }
    const auto [at, fresh] = sets_.try_emplace(std::move(key));
    if (fresh) at->second = smallest(demands_, target.sheets, holds_);
    return at->second;
}

std::vector<int> GapFinder::frozen(const Target& target) const {
    std::vector<int> found;
    for (const int d : target.demands)
        if (!demand(d).reaches && holds_[static_cast<std::size_t>(d)]) found.push_back(demand(d).aggregate);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

GapFinder::Found GapFinder::cheapest_of(const DemandSets& sets, const std::vector<int>& frozen) {
    Found found;
    bool exact = true;
    for (const auto& set : sets.sets) {
        const auto [way, reached] = cheapest(set, frozen);
        exact = exact && way.exact;
        if (!reached || (found.found && !cheaper(way, found.way))) continue;
        found = {way, true};
    }
    found.way.exact = exact;
    if (!found.found) found.way.cost = infinity;
    return found;
}

std::vector<GapFinder::Part> GapFinder::parts(const DemandSet& set, const std::vector<int>& frozen,
                                              bool& exact) {
    std::map<int, std::vector<int>> by_table;
    for (const int d : set)
        by_table[plan_.aggregates[static_cast<std::size_t>(demand(d).aggregate)].table].push_back(d);
    std::vector<Part> parts;
    for (const auto& [table, demands] : by_table) {
        if (demands.size() > most_open) exact = false;
        for (std::size_t from = 0; from < demands.size(); from += most_open) {
            const auto to = std::min(demands.size(), from + most_open);
            parts.push_back(part(table, std::span(demands).subspan(from, to - from), frozen));
            auto& added = parts.back();
            for (std::size_t i = 0; i < added.days.size() && demands.size() > most_open; ++i)
                added.days[i] = std::max(added.days[i], added.stretches[i]);
        }
    }
    return parts;
}

GapFinder::Part GapFinder::part(int table, std::span<const int> wanted, const std::vector<int>& frozen) {
    Part part;
    part.shortage.table = table;
    for (const int a : frozen)
        if (plan_.aggregates[static_cast<std::size_t>(a)].table == table) part.shortage.frozen.push_back(a);
    bool days = false;
    for (const int d : wanted) {
        const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(demand(d).aggregate)];
        OpenDemand open{demand(d).aggregate, 1, 0};
        double lack = std::ceil(demand(d).required - quantity(open.aggregate).low - tolerance);
        part.stretches.push_back(0);
        if (aggregate.kind == AggregateKind::longest_days) {
            part.stretches.back() = std::ceil(demand(d).required - tolerance);
            lack = std::ceil(demand(d).required - days_up_to_now(aggregate) - tolerance);
        }
        part.days.push_back(of_days(aggregate.kind) ? lack : 0);
        if (of_days(aggregate.kind)) days = true;
        else if (aggregate.kind != AggregateKind::some) {
            if (lack > 1e6) part.hopeless = true;
            else open.missing = static_cast<int>(lack);
        }
        if (aggregate.kind == AggregateKind::kinds) {
            open.seen = seen(aggregate);
            if (demand(d).required > aggregate.most) part.hopeless = true;
        }
        part.shortage.open.push_back(open);
    }
    if (days) run_on(part);
    return part;
}

Word GapFinder::seen(const Aggregate& aggregate) const {
    const auto& data = a_.evidence->tables[static_cast<std::size_t>(aggregate.table)];
    Word words = 0;
    if (!data.supplied) return words;
    const auto p = static_cast<std::size_t>(person_);
    for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
        const auto lanes = evaluator_.lanes(static_cast<std::size_t>(aggregate.bank), place);
        if (!((lanes.certain >> aggregate.lane) & 1)) continue;
        const int word = cell(data.columns[static_cast<std::size_t>(aggregate.column)], data.row(place)).word;
        if (word >= 0) words |= Word{1} << word;
    }
    return words;
}

double GapFinder::days_up_to_now(const Aggregate& aggregate) const {
    const auto t = static_cast<std::size_t>(aggregate.table);
    const auto& data = a_.evidence->tables[t];
    if (!data.supplied) return 0;
    const Clock clock(plan_.framework, t, data, a_.options);
    Periods periods;
    const auto p = static_cast<std::size_t>(person_);
    for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
        const auto lanes = evaluator_.lanes(static_cast<std::size_t>(aggregate.bank), place);
        if (!((lanes.certain >> aggregate.lane) & 1)) continue;
        const auto [start, end] = clock.dates(data.row(place));
        const auto standing = clock(start, end);
        if (standing.start != no_day) periods.emplace_back(standing.start, standing.end);
    }
    return days_up_to(std::move(periods), a_.options.as_of);
}

void GapFinder::run_on(Part& part) const {
    const auto t = static_cast<std::size_t>(part.shortage.table);
    const auto& table = plan_.framework.tables[t];
    const auto& data = a_.evidence->tables[t];
    if (!data.supplied || table.end < 0) return;
    const auto in = [&](int aggregate, std::int64_t place, bool certainly) {
        const auto& which = plan_.aggregates[static_cast<std::size_t>(aggregate)];
        const auto lanes = evaluator_.lanes(static_cast<std::size_t>(which.bank), place);
        return (((certainly ? lanes.certain : lanes.possible) >> which.lane) & 1) != 0;
    };
    const auto p = static_cast<std::size_t>(person_);
    for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
        const auto row = data.row(place);
        const auto start = day(data.columns[static_cast<std::size_t>(table.start)], row);
        const auto end = day(data.columns[static_cast<std::size_t>(table.end)], row);
        if (start == no_day || (end != no_day && end <= a_.options.as_of)) continue;
        if (std::ranges::any_of(part.shortage.frozen, [&](int a) { return in(a, place, false); })) continue;
        Word serves = 0;
        for (std::size_t i = 0; i < part.shortage.open.size(); ++i)
            if (part.days[i] > 0 && in(part.shortage.open[i].aggregate, place, true)) serves |= Word{1} << i;
        if (serves == 0) continue;
        part.shortage.running.push_back(serves);
        part.rows.push_back(row);
    }
}

GapFinder::Found GapFinder::spread(const Part& part, const Supply& supply) {
    const int table = part.shortage.table;
    const double price = supplier_.day_cost(table);
    auto carriers = supply.carries;
    carriers.insert(carriers.end(), part.shortage.running.begin(), part.shortage.running.end());
    auto spent = spread_days(carriers, part.days);
    Found found;
    if (!spent.possible) return found;
    const bool stretches = std::ranges::any_of(part.stretches, [](double days) { return days > 0; });
    if (stretches && std::ranges::count_if(spent.days, [](double days) { return days > 0; }) > 1) {
        // which of them goes on from today is not known: each stretch begins anew
        keep_whole(carriers, part.stretches, spent.days);
        spent.exact = false;
    }
    found.found = true;
    found.way.exact = spent.exact;
    for (std::size_t r = 0; r < supply.records.size(); ++r) {
        const auto& record = supplier_.records()[static_cast<std::size_t>(supply.records[r])];
        Addition addition{table, supply.records[r], -1, spent.days[r], 1, record.cost + price * spent.days[r]};
        const auto alike = std::ranges::find_if(found.way.additions, [&](const Addition& other) {
            return other.record == addition.record && other.days == 0 && addition.days == 0;
        });
        if (alike == found.way.additions.end()) {
            found.way.additions.push_back(addition);
        } else {
            ++alike->count;
            alike->cost += addition.cost;
        }
    }
    for (std::size_t r = 0; r < part.rows.size(); ++r) {
        const double days = spent.days[supply.records.size() + r];
        if (days > 0) found.way.additions.push_back({table, -1, part.rows[r], days, 1, price * days});
    }
    for (const auto& addition : found.way.additions) {
        found.way.cost += addition.cost;
        // days that pass push old ones out of those that count
        if (addition.days > 0 && plan_.framework.recency_days > 0) found.way.exact = false;
    }
    return found;
}

GapFinder::Found GapFinder::cheapest(const DemandSet& set, const std::vector<int>& frozen) {
    Found whole;
    whole.found = true;
    for (const auto& part : parts(set, frozen, whole.way.exact)) {
        Found best;
        bool exact = true;
        if (!part.hopeless) {
            const auto& supplies = supplier_(part.shortage);
            exact = supplies.exact;
            for (const auto& supply : supplies.ways) {
                if (best.found && supply.cost > best.way.cost + tolerance) break;
                const auto found = spread(part, supply);
                if (!found.found) continue;
                exact = exact && found.way.exact;
                if (!best.found || cheaper(found.way, best.way)) best = found;
            }
        }
        whole.way.exact = whole.way.exact && exact;
        if (!best.found) {
            whole.found = false;
            continue;
        }
        join(whole.way, best.way);
    }
    return whole;
}

void GapFinder::join(Way& way, const Way& more) {
    way.additions.insert(way.additions.end(), more.additions.begin(), more.additions.end());
    way.cost += more.cost;
    way.exact = way.exact && more.exact;
}

}  // namespace tassei
