#include "tassei/coverage.hpp"

#include <algorithm>
#include <numeric>

#include "shares.hpp"
#include "tassei/assess.hpp"
#include "tassei/explain.hpp"

namespace tassei {
namespace {

constexpr std::int64_t at_once = 1 << 15;  // persons whose criteria are kept at a time

/// A condition that is asked of every record of a table.
struct Asked {
    int table = 0;
    const Condition* where = nullptr;
};

/// Every criterion on its own, whatever stands above it.
struct Spread {
    std::vector<SheetCriterion> criteria;
    std::vector<int> ids;
    std::vector<Asked> asked;

    void add(Criterion criterion, int id) {
        criteria.push_back({"", std::move(criterion), 0});
        ids.push_back(id);
    }
    void visit(const Criterion& criterion) {
        add(criterion, criterion.id);
        std::visit([this](const auto& form) { of(form); }, criterion.form);
    }

private:
    void of(const Constant&) {}
    void of(const OtherSheet&) {}
    void of(const Some& f) { asked.push_back({f.table, &f.where}); }
    void of(const Duration& f) { asked.push_back({f.table, &f.where}); }
    void of(const Longest& f) { asked.push_back({f.table, &f.where}); }
    void of(const Distinct& f) { asked.push_back({f.table, &f.where}); }
    void of(const Count& f) {
        asked.push_back({f.table, &f.where});
        for (const auto& nested : f.of_which) {
            asked.push_back({f.table, &nested.where});
            Condition both;
            both.form = AtLeast{2, {f.where, nested.where}};
            Criterion alone;
            alone.form = Count{f.table, std::move(both), nested.required, {}};
            add(std::move(alone), nested.where.id);
        }
    }
    void of(const AtLeastCriteria& f) {
        for (const auto& part : f.of) visit(part);
    }
    void of(const NotCriterion& f) { visit(f.of.front()); }
};

void note(std::vector<Tally>& tallies, int id, Truth truth) {
    if (id < 0) return;
    const auto at = static_cast<std::size_t>(id);
    if (at >= tallies.size()) tallies.resize(at + 1);
    ++tallies[at][static_cast<std::size_t>(truth)];
}

/// The truth of a condition, each node of which is noted.
Truth judge(const Condition& condition, const TableData& table, std::int64_t row, std::vector<Tally>& tallies) {
    auto result = Truth::no;
    if (const auto* group = std::get_if<AtLeast>(&condition.form)) {
        int certain = 0;
        int possible = 0;
        for (const auto& part : group->of) {
            const auto holds = judge(part, table, row, tallies);
            certain += holds == Truth::yes ? 1 : 0;
            possible += holds != Truth::no ? 1 : 0;
        }
        result = at_least(group->need, certain, possible);
    } else if (const auto* negated = std::get_if<Not>(&condition.form)) {
        result = !judge(negated->of.front(), table, row, tallies);
    } else {
        result = truth(condition, table, row);
    }
    note(tallies, condition.id, result);
    return result;
}

void join(std::vector<Tally>& all, const std::vector<Tally>& more) {
    if (all.size() < more.size()) all.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i)
        for (std::size_t truth = 0; truth < 3; ++truth) all[i][truth] += more[i][truth];
}

void count_people(const Assessment& assessment, Spread spread, std::vector<Tally>& tallies) {
    const auto& own = assessment.plan->framework;
    auto framework = own;
    std::size_t first = 0;
    for (const auto& sheet : own.sheets) first += sheet.criteria.size();
    Sheet extra;
    extra.level = std::numeric_limits<int>::max();
    extra.criteria = std::move(spread.criteria);
    framework.sheets.push_back(std::move(extra));
    const Assessment probe{std::make_shared<const Plan>(compile(std::move(framework))), assessment.evidence,
                           assessment.options, {}, {}, {}, {}, {}, {}};
    for (std::int64_t from = 0; from < assessment.evidence->persons; from += at_once) {
        std::vector<std::int64_t> persons(
            static_cast<std::size_t>(std::min(at_once, assessment.evidence->persons - from)));
        std::iota(persons.begin(), persons.end(), from);
        const auto table = criteria(probe, persons);
        const auto width = probe.plan->criteria.size();
        for (std::size_t p = 0; p < persons.size(); ++p)
            for (std::size_t c = 0; c < spread.ids.size(); ++c)
                note(tallies, spread.ids[c], table.status[p * width + first + c]);
    }
}

void count_records(const Assessment& assessment, const std::vector<Asked>& asked, std::vector<Tally>& tallies) {
    const auto& evidence = *assessment.evidence;
    for (std::size_t t = 0; t < evidence.tables.size(); ++t) {
        const auto& data = evidence.tables[t];
        if (!data.supplied) continue;
        const Clock clock(assessment.plan->framework, t, data, assessment.options);
        const auto blocks = (data.places() + at_once - 1) / at_once;
        std::vector<std::vector<Tally>> found(static_cast<std::size_t>(blocks));
        in_shares(blocks, assessment.options.threads, [&](std::int64_t first, std::int64_t last) {
            for (auto b = first; b < last; ++b, pulse())
                for (auto place = b * at_once; place < std::min((b + 1) * at_once, data.places()); ++place) {
                    const auto row = data.row(place);
                    if (clock(row).counts == Truth::no) continue;
                    for (const auto& [table, where] : asked)
                        if (static_cast<std::size_t>(table) == t)
                            judge(*where, data, row, found[static_cast<std::size_t>(b)]);
                }
        });
        for (const auto& part : found) join(tallies, part);
    }
}

}  // namespace

Coverage coverage(const Assessment& assessment) {
    const auto& framework = assessment.plan->framework;
    Spread spread;
    for (const auto& sheet : framework.sheets)
        for (const auto& item : sheet.criteria) spread.visit(item.criterion);
    for (const auto& deeming : framework.deemings) spread.visit(deeming.when);
    Coverage result;
    count_records(assessment, spread.asked, result.records);
    count_people(assessment, std::move(spread), result.people);
    return result;
}

}  // namespace tassei
