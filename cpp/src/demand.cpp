#include "demand.hpp"

#include <algorithm>
#include <map>

#include "tassei/watch.hpp"

namespace tassei {
namespace {

constexpr std::size_t most_sets = 512;
constexpr std::size_t most_joined = 2048;  // before absorption

Formula constant(bool value) { return {Formula::Kind::constant, value, -1, 0, {}}; }

Formula at_least(int need, std::vector<Formula> of) {
    return {Formula::Kind::at_least, true, -1, need, std::move(of)};
}

Formula all(std::vector<Formula> of) {
    const int need = static_cast<int>(of.size());
    return at_least(need, std::move(of));
}

Formula any(std::vector<Formula> of) { return at_least(1, std::move(of)); }

/// Walks criteria beside the plan's nodes that they were compiled to.
class Reader {
public:
    Reader(const Plan& plan, Demands& to) : plan_(plan), to_(to) {}

    Formula read(const Criterion& criterion, int node, bool holds) {
        const auto& at = plan_.nodes[static_cast<std::size_t>(node)];
        const auto child = [&](std::size_t i) {
            return plan_.children[static_cast<std::size_t>(at.first_child) + i];
        };
        const auto parts = [&](const std::vector<Criterion>& of) {
            std::vector<Formula> read_parts;
            for (std::size_t i = 0; i < of.size(); ++i) read_parts.push_back(read(of[i], child(i), holds));
            return read_parts;
        };
        if (const auto* f = std::get_if<Constant>(&criterion.form)) return constant(f->value == holds);
        if (const auto* f = std::get_if<OtherSheet>(&criterion.form))
            return {Formula::Kind::sheet, holds, f->sheet, 0, {}};
        if (const auto* f = std::get_if<NotCriterion>(&criterion.form))
            return read(f->of.front(), child(0), !holds);
        if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form)) {
            const int size = static_cast<int>(f->of.size());
            return at_least(holds ? f->need : size - f->need + 1, parts(f->of));
        }
        if (const auto* f = std::get_if<Some>(&criterion.form)) return demand(at, f->where, holds);
        if (const auto* f = std::get_if<Duration>(&criterion.form)) return demand(at, f->where, holds);
        if (const auto* f = std::get_if<Longest>(&criterion.form)) return demand(at, f->where, holds);
        if (const auto* f = std::get_if<Distinct>(&criterion.form)) return demand(at, f->where, holds);
        const auto& f = std::get<Count>(criterion.form);
        std::vector<Formula> counts{demand(at, f.where, holds)};
        for (std::size_t i = 0; i < f.of_which.size(); ++i) {
            Condition both;
            both.form = AtLeast{2, {f.where, f.of_which[i].where}};
            counts.push_back(demand(plan_.nodes[static_cast<std::size_t>(child(i))], both, holds));
        }
        return holds ? all(std::move(counts)) : any(std::move(counts));
    }

private:
    Formula demand(const PlanNode& node, const Condition& where, bool holds) {
        to_.where[static_cast<std::size_t>(node.index)] = where;
        const Demand wanted{node.index, node.required, holds};
        const auto found = std::ranges::find(to_.demands, wanted);
        const auto at = static_cast<int>(found - to_.demands.begin());
        if (found == to_.demands.end()) to_.demands.push_back(wanted);
        return {Formula::Kind::demand, holds, at, 0, {}};
    }

    const Plan& plan_;
    Demands& to_;
};

class Minimizer {
public:
    Minimizer(const Demands& demands, const std::vector<bool>& holds) : demands_(demands), holds_(holds) {}

    const std::vector<DemandSet>& of_sheet(int sheet, bool met) {
        const auto key = std::pair(sheet, met);
        if (const auto known = sheets_.find(key); known != sheets_.end()) return known->second;
        const auto& formula = (met ? demands_.met : demands_.unmet)[static_cast<std::size_t>(sheet)];
        auto sets = of(formula);
        return sheets_[key] = std::move(sets);
    }

    std::vector<DemandSet> both(const std::vector<DemandSet>& a, const std::vector<DemandSet>& b) {
        std::vector<DemandSet> sets;
        for (const auto& left : a)
            for (const auto& right : b) {
                if (sets.size() == most_joined) {
                    exact = false;
                    return absorbed(std::move(sets));
                }
                DemandSet joined;
                std::ranges::set_union(left, right, std::back_inserter(joined));
                sets.push_back(highest(joined));
            }
        return absorbed(std::move(sets));
    }

    bool exact = true;

private:
    std::vector<DemandSet> of(const Formula& formula) {
        const auto truth = [](bool value) { return value ? std::vector<DemandSet>{{}} : std::vector<DemandSet>{}; };
        switch (formula.kind) {
            case Formula::Kind::constant: return truth(formula.value);
            case Formula::Kind::sheet: return of_sheet(formula.index, formula.value);
            case Formula::Kind::demand: {
                const auto at = static_cast<std::size_t>(formula.index);
                if (holds_[at] || !demands_.demands[at].reaches) return truth(holds_[at]);
                return {{formula.index}};
            }
            case Formula::Kind::at_least: break;
        }
        if (formula.need <= 0) return truth(true);
        // by number of parts met: the smallest sets that meet so many
        std::vector<std::vector<DemandSet>> meeting(static_cast<std::size_t>(formula.need) + 1);
        meeting[0] = {{}};
        for (std::size_t i = 0; i < formula.of.size(); ++i) {
            const auto own = of(formula.of[i]);
            const auto left = formula.of.size() - i - 1;
            // too few are met already where the parts left are too few
            for (auto met = meeting.size() - 1; met > 0 && met + left + 1 >= meeting.size(); --met) {
                auto more = both(meeting[met - 1], own);
                std::ranges::move(more, std::back_inserter(meeting[met]));
                meeting[met] = absorbed(std::move(meeting[met]));
            }
        }
        return meeting.back();
    }

    /// Of each aggregate the highest demand.
    DemandSet highest(const DemandSet& set) const {
        DemandSet kept;
        for (const int d : set) {
            const auto& one = demands_.demands[static_cast<std::size_t>(d)];
            const bool less = std::ranges::any_of(set, [&](int e) {
                const auto& other = demands_.demands[static_cast<std::size_t>(e)];
                return other.aggregate == one.aggregate && other.required > one.required;
            });
            if (!less) kept.push_back(d);
        }
        return kept;
    }

    /// Whether meeting the one meets the other.
    bool covers(const DemandSet& more, const DemandSet& less) const {
        return std::ranges::all_of(less, [&](int d) {
            const auto& one = demands_.demands[static_cast<std::size_t>(d)];
            return std::ranges::any_of(more, [&](int e) {
                const auto& other = demands_.demands[static_cast<std::size_t>(e)];
                return other.aggregate == one.aggregate && other.required >= one.required;
            });
        });
    }

    std::vector<DemandSet> absorbed(std::vector<DemandSet> sets) {
        if (sets.size() < 2) return sets;
        std::ranges::sort(sets, [](const DemandSet& a, const DemandSet& b) {
            return a.size() != b.size() ? a.size() < b.size() : a < b;
        });
        sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
        std::vector<DemandSet> kept;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            heed();
            // a set of as many higher demands also gives way
            bool needless = false;
            for (std::size_t j = 0; j < sets.size() && !needless && sets[j].size() <= sets[i].size(); ++j)
                needless = i != j && covers(sets[i], sets[j]);
            if (!needless) kept.push_back(sets[i]);
        }
        if (kept.size() > most_sets) {
            kept.resize(most_sets);
            exact = false;
        }
        return kept;
    }

    const Demands& demands_;
    const std::vector<bool>& holds_;
    std::map<std::pair<int, bool>, std::vector<DemandSet>> sheets_;
};

void gather(const Demands& demands, const Formula& formula, std::vector<bool>& seen_sheets,
            std::vector<int>& found) {
    if (formula.kind == Formula::Kind::demand) found.push_back(formula.index);
    if (formula.kind == Formula::Kind::sheet) {
        const auto sheet = static_cast<std::size_t>(formula.index);
        const auto place = 2 * sheet + (formula.value ? 1 : 0);
        if (seen_sheets[place]) return;
        seen_sheets[place] = true;
        gather(demands, (formula.value ? demands.met : demands.unmet)[sheet], seen_sheets, found);
    }
    for (const auto& part : formula.of) gather(demands, part, seen_sheets, found);
}

}  // namespace

Demands::Demands(const Plan& plan) : where(plan.aggregates.size()) {
    Reader reader(plan, *this);
    for (std::size_t s = 0; s < plan.sheets.size(); ++s) {
        const auto& compiled = plan.sheets[s];
        for (const bool holds : {true, false}) {
            std::vector<Formula> criteria;
            for (std::size_t c = 0; c < plan.framework.sheets[s].criteria.size(); ++c)
                criteria.push_back(reader.read(
                    plan.framework.sheets[s].criteria[c].criterion,
                    plan.criteria[static_cast<std::size_t>(compiled.first_criterion) + c].node, holds));
            std::vector<Formula> ways{holds ? all(std::move(criteria)) : any(std::move(criteria))};
            std::size_t place = 0;
            for (const auto& deeming : plan.framework.deemings)
                for (const int deemed : deeming.sheets)
                    if (deemed == static_cast<int>(s))
                        ways.push_back(reader.read(deeming.when, compiled.deemed_by[place++], holds));
            (holds ? met : unmet).push_back(holds ? any(std::move(ways)) : all(std::move(ways)));
        }
    }
}

std::vector<int> Demands::under(std::span<const int> sheets) const {
    std::vector<int> found;
    std::vector<bool> seen(2 * met.size());
    for (const int s : sheets) gather(*this, {Formula::Kind::sheet, true, s, 0, {}}, seen, found);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

DemandSets smallest(const Demands& demands, std::span<const int> sheets, const std::vector<bool>& holds) {
    Minimizer minimizer(demands, holds);
    std::vector<DemandSet> sets{{}};
    for (const int s : sheets) sets = minimizer.both(sets, minimizer.of_sheet(s, true));
    return {std::move(sets), minimizer.exact};
}

}  // namespace tassei
