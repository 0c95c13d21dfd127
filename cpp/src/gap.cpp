#include "tassei/gap.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "gap_finder.hpp"
#include "shares.hpp"
#include "tassei/error.hpp"

namespace tassei {
namespace {

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
        GapFinder finder(assessment, demands, lookup, costs);
        GapTable table;
        for (auto i = first; i < last; ++i, pulse()) {
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
    GapFinder finder(assessment, demands, lookup, costs);
    finder.look(person);
    return finder.all(sheet);
}

}  // namespace tassei
