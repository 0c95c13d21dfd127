#include "tassei/ledger.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "shares.hpp"
#include "tassei/error.hpp"

namespace tassei {
namespace {

struct Verdict {
    Truth truth = Truth::yes;
    int id = -1;  // of the first part that is to blame
};

/// Whether no single part of it can be to blame.
bool is_choice(const Condition& condition) {
    if (std::holds_alternative<Not>(condition.form)) return true;
    const auto* group = std::get_if<AtLeast>(&condition.form);
    return group != nullptr && static_cast<std::size_t>(std::max(group->need, 0)) != group->of.size();
}

Verdict verdict(const Condition& condition, const TableData& table, std::int64_t row);

/// All parts: the first that fails decides, else the first that is open.
Verdict of_all(const Condition& condition, const AtLeast& group, const TableData& table, std::int64_t row) {
    Verdict open;
    for (const auto& part : group.of) {
        auto found = verdict(part, table, row);
        if (found.truth == Truth::yes) continue;
        // a name directly above alternatives or a negation says more than they do
        if (found.id < 0 || (group.of.size() == 1 && is_choice(part))) found.id = condition.id;
        if (found.truth == Truth::no) return found;
        if (open.truth == Truth::yes) open = found;
    }
    return open;
}

/// Some parts: no single one is to blame.
Verdict of_some(const Condition& condition, const AtLeast& group, const TableData& table, std::int64_t row) {
    int certain = 0;
    int possible = 0;
    for (const auto& part : group.of) {
        if (certain >= group.need) break;
        const auto truth = verdict(part, table, row).truth;
        certain += truth == Truth::yes ? 1 : 0;
        possible += truth != Truth::no ? 1 : 0;
    }
    return {at_least(group.need, certain, possible), condition.id};
}

Verdict verdict(const Condition& condition, const TableData& table, std::int64_t row) {
    const auto at = [&](int column) { return cell(table.columns[static_cast<std::size_t>(column)], row); };
    if (const auto* f = std::get_if<AtLeast>(&condition.form)) {
        const bool all = f->need > 0 && static_cast<std::size_t>(f->need) == f->of.size();
        return all ? of_all(condition, *f, table, row) : of_some(condition, *f, table, row);
    }
    auto truth = Truth::unknown;
    if (const auto* f = std::get_if<Constant>(&condition.form)) truth = f->value ? Truth::yes : Truth::no;
    if (const auto* f = std::get_if<OneOf>(&condition.form)) truth = test(*f, at(f->column));
    if (const auto* f = std::get_if<Contains>(&condition.form)) truth = test(*f, at(f->column));
    if (const auto* f = std::get_if<Between>(&condition.form)) truth = test(*f, at(f->column));
    if (const auto* f = std::get_if<Not>(&condition.form)) truth = !verdict(f->of.front(), table, row).truth;
    return {truth, condition.id};
}

/// Gathers what criteria ask of records.
struct Gatherer {
    const Framework& framework;
    std::vector<Inquiry> found;
    Inquiry now;

    template <class Form>
    void add(const Form& form, const Condition& where, int nested = -1) {
        auto inquiry = now;
        inquiry.nested = nested;
        inquiry.quantity = quantity_of(framework, form);
        inquiry.where = where;
        found.push_back(std::move(inquiry));
    }

    void ask(const Criterion& criterion) {
        now.node = criterion.id;
        if (const auto* f = std::get_if<Some>(&criterion.form)) add(*f, f->where);
        if (const auto* f = std::get_if<Duration>(&criterion.form)) add(*f, f->where);
        if (const auto* f = std::get_if<Longest>(&criterion.form)) add(*f, f->where);
        if (const auto* f = std::get_if<Distinct>(&criterion.form)) add(*f, f->where);
        if (const auto* f = std::get_if<Count>(&criterion.form)) {
            add(*f, f->where);
            for (std::size_t i = 0; i < f->of_which.size(); ++i) {
                Condition both;
                both.form = AtLeast{2, {f->where, f->of_which[i].where}};
                add(*f, both, static_cast<int>(i));
            }
        }
        if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
            for (const auto& part : f->of) ask(part);
        if (const auto* f = std::get_if<NotCriterion>(&criterion.form)) ask(f->of.front());
    }
};

/// Grades of one record in one specialty.
struct Grades {
    std::int16_t certain = 0;
    std::int16_t possible = 0;
};

class Writer {
public:
    Writer(const Assessment& assessment, Ledger& ledger)
        : framework_(assessment.plan->framework),
          evidence_(*assessment.evidence),
          ledger_(ledger),
          as_of_(assessment.options.as_of) {
        const auto tables = framework_.tables.size();
        for (std::size_t t = 0; t < tables; ++t)
            clocks_.emplace_back(framework_, t, evidence_.tables[t], assessment.options);
        of_table_.resize(tables);
        for (std::size_t q = 0; q < ledger.inquiries.size(); ++q)
            of_table_[static_cast<std::size_t>(ledger.inquiries[q].quantity.table)].push_back(q);
    }

    /// How many rows a person has.
    [[nodiscard]] std::int64_t size(std::int64_t person) const {
        std::int64_t rows = 0;
        for (std::size_t t = 0; t < of_table_.size(); ++t)
            rows += records(t, person) * static_cast<std::int64_t>(of_table_[t].size());
        return rows;
    }

    /// Writes a person's rows from `at` on.
    void write(std::int64_t person, std::int32_t number, std::size_t at) {
        for (std::size_t t = 0; t < of_table_.size(); ++t) {
            if (of_table_[t].empty() || records(t, person) == 0) continue;
            look(t, person);
            for (const auto q : of_table_[t]) {
                answer(ledger_.inquiries[q], number, static_cast<std::int32_t>(q), at);
                at += weighed_.size();
            }
        }
    }

private:
    [[nodiscard]] std::int64_t records(std::size_t table, std::int64_t person) const {
        const auto& data = evidence_.tables[table];
        const auto p = static_cast<std::size_t>(person);
        return data.supplied ? data.first[p + 1] - data.first[p] : 0;
    }

    /// What does not depend on the inquiry: standing, verification and grades of a person's records.
    void look(std::size_t table, std::int64_t person) {
        const auto& data = evidence_.tables[table];
        const auto size = static_cast<std::size_t>(records(table, person));
        const auto specialties = framework_.specialties.size();
        weighed_.resize(size);
        added_.resize(size);
        weak_.resize(size);
        grades_.assign(size * specialties, {});
        for (std::size_t i = 0; i < size; ++i) {
            auto& record = weighed_[i];
            record.row = data.row(data.first[static_cast<std::size_t>(person)] + static_cast<std::int64_t>(i));
            record.standing = clocks_[table](record.row);
            weak_[i] = clocks_[table].weakly_verified(record.row);
            for (std::size_t s = 0; s < specialties; ++s) {
                const auto& specialty = framework_.specialties[s];
                if (specialty.grade_table != static_cast<int>(table)) continue;
                auto& grades = grades_[i * specialties + s];
                for (const auto& grade : specialty.grades) {
                    const auto level = static_cast<std::int16_t>(grade.level);
                    const auto truth = verdict(grade.condition, data, record.row).truth;
                    if (truth == Truth::yes) grades.certain = std::max(grades.certain, level);
                    if (truth != Truth::no) grades.possible = std::max(grades.possible, level);
                }
            }
        }
    }

    void answer(const Inquiry& inquiry, std::int32_t person, std::int32_t number, std::size_t at) {
        const auto& data = evidence_.tables[static_cast<std::size_t>(inquiry.quantity.table)];
        const auto specialty =
            static_cast<std::size_t>(framework_.sheets[static_cast<std::size_t>(inquiry.sheet)].specialty);
        for (std::size_t i = 0; i < weighed_.size(); ++i) {
            auto& record = weighed_[i];
            const auto found = verdict(inquiry.where, data, record.row);
            record.truth = found.truth & record.standing.counts;
            const auto counted = counts(inquiry.quantity, data, record);
            const auto& grades = grades_[i * framework_.specialties.size() + specialty];
            const double days = record.standing.counts == Truth::no ? 0 : days_of(record.standing);
            const auto k = at + i;
            ledger_.person[k] = person;
            ledger_.inquiry[k] = number;
            ledger_.row[k] = record.row;
            ledger_.counts[k] = counted;
            ledger_.days[k] = days == infinity ? std::numeric_limits<double>::quiet_NaN() : days;
            ledger_.grade[k] = grades.certain;
            ledger_.possible_grade[k] = grades.possible;
            ledger_.why[k] = why(inquiry, i, found.truth, counted);
            ledger_.condition[k] =
                ledger_.why[k] == Why::failed || ledger_.why[k] == Why::open ? found.id : -1;
        }
        portions(inquiry.quantity, data, weighed_, added_);
        for (std::size_t i = 0; i < added_.size(); ++i) {
            ledger_.low[at + i] = added_[i].low;
            ledger_.high[at + i] = added_[i].high;
        }
    }

    /// Only what could turn the record is named: nothing open where something fails.
    [[nodiscard]] Why why(const Inquiry& inquiry, std::size_t i, Truth condition, Truth counted) const {
        const auto& standing = weighed_[i].standing;
        if (counted == Truth::yes) return Why::nothing;
        if (standing.counts == Truth::no) return standing.start > as_of_ ? Why::late : Why::old;
        if (condition == Truth::no) return Why::failed;
        if (weak_[i]) return Why::weak;
        const bool timed = of_days(inquiry.quantity.kind);
        if (standing.counts == Truth::unknown || (timed && standing.start == no_day)) return Why::undated;
        return condition == Truth::unknown ? Why::open : Why::kind;
    }

    const Framework& framework_;
    const Evidence& evidence_;
    Ledger& ledger_;
    const Day as_of_;
    std::vector<Clock> clocks_;
    std::vector<std::vector<std::size_t>> of_table_;
    std::vector<Weighed> weighed_;
    std::vector<Range> added_;
    std::vector<bool> weak_;
    std::vector<Grades> grades_;
};

}  // namespace

std::vector<Inquiry> inquiries(const Framework& framework, std::span<const int> sheets) {
    Gatherer gatherer{framework, {}, {}};
    for (const int s : sheets) {
        if (s < 0 || static_cast<std::size_t>(s) >= framework.sheets.size())
            throw AssessError("no sheet number " + std::to_string(s));
        const auto& sheet = framework.sheets[static_cast<std::size_t>(s)];
        for (std::size_t c = 0; c < sheet.criteria.size(); ++c) {
            gatherer.now = {.sheet = s, .criterion = static_cast<int>(c), .quantity = {}, .where = {}};
            gatherer.ask(sheet.criteria[c].criterion);
        }
        for (std::size_t d = 0; d < framework.deemings.size(); ++d) {
            const auto& deeming = framework.deemings[d];
            if (std::ranges::find(deeming.sheets, s) == deeming.sheets.end()) continue;
            gatherer.now = {.sheet = s, .deeming = static_cast<int>(d), .quantity = {}, .where = {}};
            gatherer.ask(deeming.when);
        }
    }
    return std::move(gatherer.found);
}

Ledger ledger(const Assessment& assessment, std::span<const std::int64_t> persons,
              std::span<const int> sheets) {
    for (const auto p : persons)
        if (p < 0 || p >= assessment.evidence->persons)
            throw AssessError("no person number " + std::to_string(p));
    Ledger result;
    result.inquiries = inquiries(assessment.plan->framework, sheets);
    std::vector<std::size_t> first{0};
    {
        const Writer counter(assessment, result);
        for (const auto p : persons) first.push_back(first.back() + static_cast<std::size_t>(counter.size(p)));
    }
    const auto rows = first.back();
    result.person.resize(rows);
    result.inquiry.resize(rows);
    result.row.resize(rows);
    result.counts.resize(rows);
    result.days.resize(rows);
    result.low.resize(rows);
    result.high.resize(rows);
    result.grade.resize(rows);
    result.possible_grade.resize(rows);
    result.why.resize(rows);
    result.condition.resize(rows);
    in_shares(static_cast<std::int64_t>(persons.size()), assessment.options.threads,
              [&](std::int64_t from, std::int64_t to) {
                  Writer writer(assessment, result);
                  for (auto i = from; i < to; ++i, pulse()) {
                      const auto at = static_cast<std::size_t>(i);
                      writer.write(persons[at], static_cast<std::int32_t>(i), first[at]);
                  }
              });
    return result;
}

}  // namespace tassei
