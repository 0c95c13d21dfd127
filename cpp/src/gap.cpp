#include "tassei/gap.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>

#include "day_cost.hpp"
#include "person.hpp"
#include "shares.hpp"
#include "supply.hpp"
#include "tassei/error.hpp"

namespace tassei {
namespace {

constexpr double tolerance = 1e-9;
constexpr std::size_t most_ways = 200;

bool of_days(AggregateKind kind) {
    return kind == AggregateKind::united_days || kind == AggregateKind::summed_days;
}

/// What is asked for: sheets that all have to be met, and their demands.
struct Target {
    std::vector<int> sheets;
    std::vector<int> demands;
};

struct Found {
    Way way;
    bool found = false;
};

bool better(const Way& a, const Way& b) {
    const auto records = [](const Way& way) {
        int count = 0;
        for (const auto& addition : way.additions) count += addition.count;
        return count;
    };
    if (std::abs(a.cost - b.cost) > tolerance) return a.cost < b.cost;
    return records(a) < records(b);
}

/// Gaps of one person after the other; of one thread.
class Finder {
public:
    Finder(const Assessment& assessment, const Demands& demands, const Lookup& lookup, const Costs& costs)
        : a_(assessment),
          plan_(*assessment.plan),
          demands_(demands),
          evaluator_(plan_, *assessment.evidence, assessment.options, lookup),
          supplier_(plan_, demands, costs, assessment.options.min_verification),
          targets_(plan_.sheets.size()) {}

    void look(std::int64_t person) {
        person_ = person;
        evaluator_.read(person, person + 1);
        evaluator_.evaluate(person);
    }

    /// The cheapest way, or none.
    Found best(int sheet) {
        const auto& target = this->target(sheet);
        hold(target);
        const auto& sets = smallest_sets(sheet, target);
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

    Ways all(int sheet) {
        const auto& target = this->target(sheet);
        hold(target);
        const auto frozen = this->frozen(target);
        Ways ways;
        for (const auto& set : smallest_sets(sheet, target).sets)
            for (auto& way : ways_of(set, frozen)) {
                for (const auto& addition : way.additions) way.leeway.push_back(leeway(addition, set, frozen));
                ways.ways.push_back(std::move(way));
            }
        std::ranges::stable_sort(ways.ways, better);
        keep_minimal(ways.ways);
        if (ways.ways.size() > most_ways) ways.ways.resize(most_ways);
        ways.exact = best(sheet).way.exact;
        lacks(sheet, ways.criteria, ways.missing);
        ways.records = supplier_.records();
        return ways;
    }

    [[nodiscard]] const Target& target(int sheet) {
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

    /// How much a criterion lacks, in its unit; 0 where it is met.
    [[nodiscard]] double missing(int criterion) const {
        const auto& found = evaluator_.criteria()[static_cast<std::size_t>(criterion)];
        if (found.truth == Truth::yes) return 0;
        const auto& node = plan_.nodes[static_cast<std::size_t>(plan_.criteria[static_cast<std::size_t>(criterion)].node)];
        if (node.kind != PlanNode::Kind::aggregate) return 1;
        double most = node.required - found.range.low;
        for (int i = 0; i < node.children; ++i) {
            const auto& part = plan_.nodes[static_cast<std::size_t>(
                plan_.children[static_cast<std::size_t>(node.first_child + i)])];
            most = std::max(most, part.required - evaluator_.quantities()[static_cast<std::size_t>(part.index)].low);
        }
        return most;
    }

    /// Open criteria of the sheets that are asked for, and what they lack.
    void lacks(int sheet, std::vector<std::int32_t>& criteria, std::vector<double>& missing) {
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

    [[nodiscard]] const Supplier& supplier() const { return supplier_; }

private:
    [[nodiscard]] Range quantity(int aggregate) const {
        return evaluator_.quantities()[static_cast<std::size_t>(aggregate)];
    }
    [[nodiscard]] const Demand& demand(int d) const { return demands_.demands[static_cast<std::size_t>(d)]; }

    void hold(const Target& target) {
        holds_.assign(demands_.demands.size(), false);
        for (const int d : target.demands) {
            const auto range = quantity(demand(d).aggregate);
            const auto truth = reaches(range, demand(d).required);
            holds_[static_cast<std::size_t>(d)] = truth == (demand(d).reaches ? Truth::yes : Truth::no);
        }
    }

    const DemandSets& smallest_sets(int sheet, const Target& target) {
        std::vector<Word> key{static_cast<Word>(sheet)};
        for (std::size_t i = 0; i < target.demands.size(); ++i) {
            if (i % bits == 0) key.push_back(0);
            if (holds_[static_cast<std::size_t>(target.demands[i])]) key.back() |= Word{1} << (i % bits);
        }
        const auto [at, fresh] = sets_.try_emplace(std::move(key));
        if (fresh) at->second = smallest(demands_, target.sheets, holds_);
        return at->second;
    }

    /// Aggregates that must not reach something that they do not reach now.
    [[nodiscard]] std::vector<int> frozen(const Target& target) const {
        std::vector<int> found;
        for (const int d : target.demands)
            if (!demand(d).reaches && holds_[static_cast<std::size_t>(d)]) found.push_back(demand(d).aggregate);
        std::ranges::sort(found);
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

    Found cheapest_of(const DemandSets& sets, const std::vector<int>& frozen) {
        Found found;
        bool exact = true;
        for (const auto& set : sets.sets) {
            const auto [way, reached] = cheapest(set, frozen);
            exact = exact && way.exact;
            if (!reached || (found.found && !better(way, found.way))) continue;
            found = {way, true};
        }
        found.way.exact = exact;
        if (!found.found) found.way.cost = infinity;
        return found;
    }

    /// What a table lacks for a set of demands.
    struct Part {
        Shortage shortage;
        std::vector<double> days;         // by open demand: missing
        std::vector<std::int64_t> rows;   // of the running records
        bool hopeless = false;
    };

    std::vector<Part> parts(const DemandSet& set, const std::vector<int>& frozen, bool& exact) {
        std::map<int, std::vector<int>> by_table;
        for (const int d : set)
            by_table[plan_.aggregates[static_cast<std::size_t>(demand(d).aggregate)].table].push_back(d);
        std::vector<Part> parts;
        for (const auto& [table, demands] : by_table) {
            if (demands.size() > most_open) exact = false;
            for (std::size_t from = 0; from < demands.size(); from += most_open) {
                const auto to = std::min(demands.size(), from + most_open);
                parts.push_back(part(table, std::span(demands).subspan(from, to - from), frozen));
            }
        }
        return parts;
    }

    Part part(int table, std::span<const int> wanted, const std::vector<int>& frozen) {
        Part part;
        part.shortage.table = table;
        for (const int a : frozen)
            if (plan_.aggregates[static_cast<std::size_t>(a)].table == table) part.shortage.frozen.push_back(a);
        bool days = false;
        for (const int d : wanted) {
            const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(demand(d).aggregate)];
            OpenDemand open{demand(d).aggregate, 1, 0};
            const double lack = std::ceil(demand(d).required - quantity(open.aggregate).low - tolerance);
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

    /// Words that certainly count already.
    Word seen(const Aggregate& aggregate) const {
        const auto& data = a_.evidence->tables[static_cast<std::size_t>(aggregate.table)];
        Word words = 0;
        if (!data.supplied) return words;
        const auto p = static_cast<std::size_t>(person_);
        for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
            if (!((evaluator_.lanes(static_cast<std::size_t>(aggregate.bank), place).certain >> aggregate.lane) & 1)) continue;
            const int word = cell(data.columns[static_cast<std::size_t>(aggregate.column)], data.row(place)).word;
            if (word >= 0) words |= Word{1} << word;
        }
        return words;
    }

    /// Running records, each with the demands for days that it serves.
    void run_on(Part& part) const {
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

    /// The additions of one list of records, with days spread over them and over running records.
    Found spread(const Part& part, const Supply& supply) {
        const int table = part.shortage.table;
        const double price = supplier_.day_cost(table);
        auto carriers = supply.carries;
        carriers.insert(carriers.end(), part.shortage.running.begin(), part.shortage.running.end());
        const auto spent = spread_days(carriers, part.days);
        Found found;
        if (!spent.possible) return found;
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

    Found cheapest(const DemandSet& set, const std::vector<int>& frozen) {
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
                    if (!best.found || better(found.way, best.way)) best = found;
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

    static void join(Way& way, const Way& more) {
        way.additions.insert(way.additions.end(), more.additions.begin(), more.additions.end());
        way.cost += more.cost;
        way.exact = way.exact && more.exact;
    }

    /// Every combination of the tables' lists of records, with running records going on or without them.
    std::vector<Way> ways_of(const DemandSet& set, const std::vector<int>& frozen) {
        std::vector<Way> ways(1);
        for (auto& part : parts(set, frozen, ways.front().exact)) {
            if (part.hopeless) return {};
            auto own = ways_of(part);
            if (!part.rows.empty()) {
                part.rows.clear();
                part.shortage.running.clear();
                std::ranges::move(ways_of(part), std::back_inserter(own));
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

    std::vector<Way> ways_of(const Part& part) {
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

    /// What would do as well in each cell of a new record.
    std::vector<Leeway> leeway(const Addition& addition, const DemandSet& set, const std::vector<int>& frozen) const {
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

    /// Drops each way that holds all of one that costs no more.
    static void keep_minimal(std::vector<Way>& ways) {
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

    const Assessment& a_;
    const Plan& plan_;
    const Demands& demands_;
    PersonEvaluator evaluator_;
    Supplier supplier_;
    std::vector<Target> targets_;
    std::map<std::vector<Word>, DemandSets> sets_;
    std::int64_t person_ = 0;
    std::vector<bool> holds_;
};

void check_costs(const Costs& costs) {
    const auto fine = [](double x) { return x >= 0 && std::isfinite(x); };
    for (const auto& table : costs.tables) {
        bool all = fine(table.record) && fine(table.day);
        for (const auto& column : table.words) all = all && std::ranges::all_of(column, fine);
        if (!all) throw AssessError("a cost is a number that is not negative");
    }
}

/// Appends a part of the table; records that both have become one.
void append(GapTable& to, GapTable&& part, std::map<std::vector<double>, int>& places) {
    const auto gaps = static_cast<std::int64_t>(to.person.size());
    const auto add = [](auto& all, auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    add(to.person, part.person);
    add(to.specialty, part.specialty);
    add(to.sheet, part.sheet);
    add(to.cost, part.cost);
    add(to.exact, part.exact);
    for (auto& gap : part.criterion_gap) to.criterion_gap.push_back(gap + gaps);
    add(to.criterion, part.criterion);
    add(to.missing, part.missing);
    for (auto& gap : part.addition_gap) to.addition_gap.push_back(gap + gaps);
    std::vector<int> place(part.records.size(), -1);
    for (auto addition : part.additions) {
        if (addition.record >= 0) {
            auto& at = place[static_cast<std::size_t>(addition.record)];
            if (at < 0) {
                const auto& record = part.records[static_cast<std::size_t>(addition.record)];
                std::vector<double> key{static_cast<double>(record.table)};
                for (const auto& cell : record.cells)
                    key.insert(key.end(), {static_cast<double>(cell.column), static_cast<double>(cell.word),
                                           static_cast<double>(cell.items >> 32),
                                           static_cast<double>(cell.items & 0xffffffffu), cell.number});
                const auto [known, fresh] = places.try_emplace(std::move(key), static_cast<int>(to.records.size()));
                if (fresh) to.records.push_back(record);
                at = known->second;
            }
            addition.record = at;
        }
        to.additions.push_back(addition);
    }
}

}  // namespace

GapTable gaps(const Assessment& assessment, const Costs& costs, std::span<const std::int64_t> persons,
              int target) {
    check_costs(costs);
    for (const auto p : persons)
        if (p < 0 || p >= assessment.evidence->persons)
            throw AssessError("no person number " + std::to_string(p));
    const auto& plan = *assessment.plan;
    const auto specialties = plan.ladder.size();
    const Demands demands(plan);
    const Lookup lookup(plan, *assessment.evidence, assessment.options);
    std::mutex done;
    std::map<std::int64_t, GapTable> shares;
    in_shares(static_cast<std::int64_t>(persons.size()), assessment.options.threads,
              [&](std::int64_t first, std::int64_t last) {
        Finder finder(assessment, demands, lookup, costs);
        GapTable table;
        for (auto i = first; i < last; ++i) {
            const auto p = persons[static_cast<std::size_t>(i)];
            finder.look(p);
            for (std::size_t s = 0; s < specialties; ++s) {
                const int level = assessment.level[static_cast<std::size_t>(p) * specialties + s];
                const auto wanted = std::ranges::find_if(plan.ladder[s], [&](int sheet) {
                    const int at = plan.sheets[static_cast<std::size_t>(sheet)].level;
                    return at > level && (target == 0 || at == target);
                });
                if (wanted == plan.ladder[s].end()) continue;
                const auto gap = static_cast<std::int64_t>(table.person.size());
                const auto found = finder.best(*wanted);
                table.person.push_back(p);
                table.specialty.push_back(static_cast<std::int32_t>(s));
                table.sheet.push_back(*wanted);
                table.cost.push_back(found.way.cost);
                table.exact.push_back(found.way.exact ? 1 : 0);
                finder.lacks(*wanted, table.criterion, table.missing);
                table.criterion_gap.resize(table.criterion.size(), gap);
                for (const auto& addition : found.way.additions) {
                    table.addition_gap.push_back(gap);
                    table.additions.push_back(addition);
                }
            }
        }
        table.records = finder.supplier().records();
        const std::scoped_lock lock(done);
        shares[first] = std::move(table);
    });
    GapTable all;
    std::map<std::vector<double>, int> places;
    for (auto& [first, share] : shares) append(all, std::move(share), places);
    return all;
}

Ways gap(const Assessment& assessment, const Costs& costs, std::int64_t person, int sheet) {
    check_costs(costs);
    if (person < 0 || person >= assessment.evidence->persons)
        throw AssessError("no person number " + std::to_string(person));
    if (sheet < 0 || static_cast<std::size_t>(sheet) >= assessment.plan->sheets.size())
        throw AssessError("no sheet number " + std::to_string(sheet));
    const Demands demands(*assessment.plan);
    const Lookup lookup(*assessment.plan, *assessment.evidence, assessment.options);
    Finder finder(assessment, demands, lookup, costs);
    finder.look(person);
    return finder.all(sheet);
}

}  // namespace tassei
