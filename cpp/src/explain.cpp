#include "tassei/explain.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

#include "days.hpp"
#include "tassei/error.hpp"

namespace tassei {
namespace {

void gather(const Condition& condition, const TableData& table, std::int64_t row, int depth,
            std::vector<Obstacle>& obstacles) {
    const auto here = truth(condition, table, row);
    if (here == Truth::yes) return;
    obstacles.push_back({condition.id, depth, here});
    // parts that hold, or that are less in doubt than the whole, are not to blame
    if (const auto* group = std::get_if<AtLeast>(&condition.form))
        for (const auto& part : group->of)
            if (truth(part, table, row) == here) gather(part, table, row, depth + 1, obstacles);
}

/// The fewest tests that would have to turn out otherwise for the condition to hold.
int shortfall(const Condition& condition, const TableData& table, std::int64_t row) {
    const auto* group = std::get_if<AtLeast>(&condition.form);
    if (group == nullptr) return truth(condition, table, row) == Truth::yes ? 0 : 1;
    std::vector<int> parts;
    for (const auto& part : group->of) parts.push_back(shortfall(part, table, row));
    std::ranges::sort(parts);
    const auto needed = std::min(parts.size(), static_cast<std::size_t>(std::max(group->need, 0)));
    return std::accumulate(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(needed), 0);
}

class Explainer {
public:
    Explainer(const Assessment& assessment, std::int64_t person)
        : framework_(assessment.plan->framework),
          evidence_(*assessment.evidence),
          options_(assessment.options),
          assessment_(assessment),
          person_(person) {}

    SheetFinding sheet(int index) const {
        SheetFinding finding;
        const auto& sheet = framework_.sheets[static_cast<std::size_t>(index)];
        for (const auto& item : sheet.criteria)
            finding.criteria.push_back(criterion(item.criterion, sheet.specialty));
        for (const auto& deeming : framework_.deemings)
            if (std::ranges::find(deeming.sheets, index) != deeming.sheets.end())
                finding.deemings.push_back(criterion(deeming.when, sheet.specialty));
        auto evidenced = Truth::yes;
        for (const auto& part : finding.criteria) evidenced = evidenced & part.truth;
        auto deemed = Truth::no;
        for (const auto& part : finding.deemings) deemed = deemed | part.truth;
        finding.truth = evidenced | deemed;
        finding.basis = evidenced == Truth::yes ? Basis::evidenced
                        : deemed == Truth::yes  ? Basis::deemed
                                                : Basis::none;
        return finding;
    }

private:
    CriterionFinding criterion(const Criterion& criterion, int specialty) const {
        auto finding = std::visit([&](const auto& form) { return of(form, specialty); }, criterion.form);
        finding.id = criterion.id;
        return finding;
    }

    static CriterionFinding plain(Truth truth) {
        CriterionFinding finding;
        finding.truth = truth;
        finding.found = as_range(truth);
        return finding;
    }

    CriterionFinding of(const Constant& f, int) const { return plain(f.value ? Truth::yes : Truth::no); }

    CriterionFinding of(const OtherSheet& f, int) const {
        const auto sheets = framework_.sheets.size();
        return plain(assessment_.status[static_cast<std::size_t>(person_) * sheets +
                                        static_cast<std::size_t>(f.sheet)]);
    }

    CriterionFinding of(const AtLeastCriteria& f, int specialty) const {
        std::vector<CriterionFinding> parts;
        int certain = 0;
        int possible = 0;
        for (const auto& part : f.of) {
            parts.push_back(criterion(part, specialty));
            certain += parts.back().truth == Truth::yes ? 1 : 0;
            possible += parts.back().truth != Truth::no ? 1 : 0;
        }
        auto finding = plain(at_least(f.need, certain, possible));
        finding.parts = std::move(parts);
        return finding;
    }

    CriterionFinding of(const NotCriterion& f, int specialty) const {
        auto part = criterion(f.of.front(), specialty);
        auto finding = plain(!part.truth);
        finding.parts.push_back(std::move(part));
        return finding;
    }

    CriterionFinding of(const Some& f, int specialty) const {
        auto finding = asked(quantity_of(framework_, f), f.where, 1, 1, specialty);
        for (const auto& record : finding.records) {
            if (record.truth == Truth::yes) finding.found.low = 1;
            if (record.truth != Truth::no) finding.found.high = 1;
        }
        return judged(std::move(finding));
    }

    CriterionFinding of(const Duration& f, int specialty) const {
        return days(f, f.united ? &united_days : &summed_days, specialty);
    }

    CriterionFinding of(const Longest& f, int specialty) const { return days(f, &longest_days, specialty); }

    template <class Form>
    CriterionFinding days(const Form& f, double (*measure)(Periods), int specialty) const {
        auto finding = asked(quantity_of(framework_, f), f.where, f.required, infinity, specialty);
        Periods certain;
        Periods possible;
        bool undated = false;
        for (const auto& record : finding.records) {
            if (record.truth == Truth::no) continue;
            if (record.standing.start == no_day) {
                undated = true;
                continue;
            }
            possible.emplace_back(record.standing.start, record.standing.end);
            if (record.truth == Truth::yes) certain.push_back(possible.back());
        }
        if (supplied(f.table)) {
            finding.found = {measure(std::move(certain)), measure(std::move(possible))};
            if (undated) finding.found.high = infinity;
        }
        return judged(std::move(finding));
    }

    CriterionFinding of(const Count& f, int specialty) const {
        auto finding = counted(quantity_of(framework_, f), f.where, f.required, specialty);
        for (const auto& nested : f.of_which) {
            Condition both;
            both.id = nested.where.id;
            both.form = AtLeast{2, {f.where, nested.where}};
            finding.parts.push_back(counted(quantity_of(framework_, f), both, nested.required, specialty));
            finding.truth = finding.truth & finding.parts.back().truth;
        }
        return finding;
    }

    CriterionFinding counted(const Quantity& quantity, const Condition& where, double required,
                             int specialty) const {
        auto finding = asked(quantity, where, required, infinity, specialty);
        const auto [table, column] = std::pair{quantity.table, quantity.column};
        std::map<std::int32_t, Truth> by_identity;
        const auto add = [&](Truth truth) {
            finding.found.low += truth == Truth::yes ? 1 : 0;
            finding.found.high += truth != Truth::no ? 1 : 0;
        };
        for (const auto& record : finding.records) {
            const auto id = column < 0 ? -1 : identity(data(table).columns[static_cast<std::size_t>(column)],
                                                       record.row);
            if (id < 0) add(record.truth);
            else by_identity[id] = by_identity[id] | record.truth;
        }
        for (const auto& [id, truth] : by_identity) add(truth);
        return judged(std::move(finding));
    }

    CriterionFinding of(const Distinct& f, int specialty) const {
        const auto& table = framework_.tables[static_cast<std::size_t>(f.table)];
        const double most = table.columns[static_cast<std::size_t>(f.column)].words;
        auto finding = asked(quantity_of(framework_, f), f.where, f.required, most, specialty);
        if (!supplied(f.table)) return judged(std::move(finding));
        std::uint64_t certain = 0;
        std::uint64_t possible = 0;
        double blank = 0;
        for (const auto& record : finding.records) {
            if (record.truth == Truth::no) continue;
            const int word = cell(data(f.table).columns[static_cast<std::size_t>(f.column)], record.row).word;
            if (word < 0) {
                blank += 1;
                continue;
            }
            possible |= std::uint64_t{1} << word;
            if (record.truth == Truth::yes) certain |= std::uint64_t{1} << word;
        }
        finding.found = {static_cast<double>(std::popcount(certain)),
                         std::min(std::popcount(possible) + blank, most)};
        return judged(std::move(finding));
    }

    [[nodiscard]] const TableData& data(int table) const {
        return evidence_.tables[static_cast<std::size_t>(table)];
    }
    [[nodiscard]] bool supplied(int table) const { return data(table).supplied; }

    static CriterionFinding judged(CriterionFinding finding) {
        finding.truth = reaches(finding.found, finding.required);
        return finding;
    }

    /// All records of the person, each against the condition; `most` is the high end without a table.
    CriterionFinding asked(const Quantity& quantity, const Condition& where, double required, double most,
                           int specialty) const {
        const int table = quantity.table;
        CriterionFinding finding;
        finding.required = required;
        finding.table = table;
        if (!supplied(table)) {
            finding.found.high = most;
            return finding;
        }
        const auto& rows = data(table);
        const Clock clock(framework_, static_cast<std::size_t>(table), rows, options_);
        std::vector<Weighed> weighed;
        const auto p = static_cast<std::size_t>(person_);
        for (auto place = rows.first[p]; place < rows.first[p + 1]; ++place) {
            RecordFinding record;
            record.row = rows.row(place);
            record.condition = truth(where, rows, record.row);
            record.standing = clock(record.row);
            record.weakly_verified = clock.weakly_verified(record.row);
            record.truth = record.condition & record.standing.counts;
            record.days = days_of(record.standing);
            gather(where, rows, record.row, 0, record.obstacles);
            record.shortfall = shortfall(where, rows, record.row);
            const auto& grading = framework_.specialties[static_cast<std::size_t>(specialty)];
            if (grading.grade_table == table)
                for (const auto& grade : grading.grades) {
                    const auto holds = truth(grade.condition, rows, record.row);
                    if (holds == Truth::yes) record.grade = std::max(record.grade, grade.level);
                    if (holds != Truth::no)
                        record.possible_grade = std::max(record.possible_grade, grade.level);
                }
            weighed.push_back({record.row, record.truth, record.standing});
            record.counts = counts(quantity, rows, weighed.back());
            finding.records.push_back(std::move(record));
        }
        std::vector<Range> added(weighed.size());
        portions(quantity, rows, weighed, added);
        for (std::size_t i = 0; i < added.size(); ++i) finding.records[i].added = added[i];
        return finding;
    }

    const Framework& framework_;
    const Evidence& evidence_;
    const Options& options_;
    const Assessment& assessment_;
    std::int64_t person_;
};

}  // namespace

Truth truth(const Condition& condition, const TableData& table, std::int64_t row) {
    const auto at = [&](int column) {
        return cell(table.columns[static_cast<std::size_t>(column)], row);
    };
    if (const auto* f = std::get_if<Constant>(&condition.form)) return f->value ? Truth::yes : Truth::no;
    if (const auto* f = std::get_if<OneOf>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Contains>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Between>(&condition.form)) return test(*f, at(f->column));
    if (const auto* f = std::get_if<Not>(&condition.form)) return !truth(f->of.front(), table, row);
    const auto& group = std::get<AtLeast>(condition.form);
    int certain = 0;
    int possible = 0;
    for (const auto& part : group.of) {
        const auto holds = truth(part, table, row);
        certain += holds == Truth::yes ? 1 : 0;
        possible += holds != Truth::no ? 1 : 0;
    }
    return at_least(group.need, certain, possible);
}

SheetFinding explain(const Assessment& assessment, std::int64_t person, int sheet) {
    if (person < 0 || person >= assessment.evidence->persons)
        throw AssessError("no person number " + std::to_string(person));
    if (sheet < 0 || static_cast<std::size_t>(sheet) >= assessment.plan->framework.sheets.size())
        throw AssessError("no sheet number " + std::to_string(sheet));
    return Explainer(assessment, person).sheet(sheet);
}

}  // namespace tassei
