#pragma once

#include <map>
#include <set>

#include "tassei/assessment.hpp"
#include "tassei/explain.hpp"
#include "tassei/statistics.hpp"

/// What an assessment means, said once more by obvious loops: record by record and day by day.
namespace plain {

using namespace tassei;

struct Found {
    Range range;
    Truth truth = Truth::no;
    double required = 1;
};

/// One person, as the tests expect the core to see them.
class Person {
public:
    Person(const Framework& framework, const Evidence& evidence, const Options& options, std::int64_t person)
        : framework_(framework), evidence_(evidence), options_(options), person_(static_cast<std::size_t>(person)) {}

    /// A record of which whatever is unknown is taken to be what is best.
    int filled_table = -1;
    std::int64_t filled_row = -1;

    Found criterion(const Criterion& asked) {
        return std::visit([this](const auto& form) { return of(form); }, asked.form);
    }

    Truth evidenced(int s) {
        auto truth = Truth::yes;
        for (const auto& item : sheet(s).criteria) truth = truth & criterion(item.criterion).truth;
        return truth;
    }

    Truth deemed(int s) {
        auto truth = Truth::no;
        for (const auto& deeming : framework_.deemings)
            for (const int other : deeming.sheets)
                if (other == s) truth = truth | criterion(deeming.when).truth;
        return truth;
    }

    Truth status(int s) {
        if (const auto known = statuses_.find(s); known != statuses_.end()) return known->second;
        return statuses_[s] = evidenced(s) | deemed(s);
    }

    Basis basis(int s) {
        if (evidenced(s) == Truth::yes) return Basis::evidenced;
        return deemed(s) == Truth::yes ? Basis::deemed : Basis::none;
    }

    double score(int s) {
        double sum = 0;
        double weights = 0;
        for (const auto& item : sheet(s).criteria) {
            const auto found = criterion(item.criterion);
            sum += item.weight * progress_of(found.range.low, found.required);
            weights += item.weight;
        }
        return weights > 0 ? sum / weights : 0;
    }

    /// The highest level that holds, or that may hold.
    int level(int specialty, bool possible) {
        int highest = 0;
        for (int s = 0; s < static_cast<int>(framework_.sheets.size()); ++s) {
            auto truth = status(s);
            if (sheet(s).specialty != specialty) continue;
            for (int lower = 0; framework_.cumulative && lower < static_cast<int>(framework_.sheets.size()); ++lower)
                if (sheet(lower).specialty == specialty && sheet(lower).level < sheet(s).level)
                    truth = truth & status(lower);
            if (truth == Truth::yes || (possible && truth == Truth::unknown))
                highest = std::max(highest, sheet(s).level);
        }
        return highest;
    }

private:
    struct Record {
        std::int64_t row;
        Truth truth;
    };

    bool filled(int t, std::int64_t row) const { return t == filled_table && row == filled_row; }
    const Sheet& sheet(int s) const { return framework_.sheets[static_cast<std::size_t>(s)]; }
    const Table& table(int t) const { return framework_.tables[static_cast<std::size_t>(t)]; }
    const TableData& data(int t) const { return evidence_.tables[static_cast<std::size_t>(t)]; }
    const ColumnData& column(int t, int c) const { return data(t).columns[static_cast<std::size_t>(c)]; }
    Day date(int t, int c, std::int64_t row) const { return c < 0 ? no_day : day(column(t, c), row); }
    Day oldest() const { return framework_.recency_days == 0 ? no_day : options_.as_of - framework_.recency_days + 1; }

    Truth counts(int t, std::int64_t row) const {
        const bool recent_only = framework_.recency_days > 0;
        const Day first = date(t, table(t).start >= 0 ? table(t).start : table(t).date, row);
        const Day last = table(t).start >= 0 ? date(t, table(t).end, row) : first;
        auto truth = Truth::yes;
        if (recent_only && first == no_day) truth = Truth::unknown;
        const auto enough = static_cast<std::size_t>(t) < options_.min_verification.size()
                                ? options_.min_verification[static_cast<std::size_t>(t)]
                                : -1;
        if (enough >= 0 && table(t).verification >= 0 && cell(column(t, table(t).verification), row).word < enough)
            truth = Truth::unknown;
        if (first != no_day && first > options_.as_of) truth = Truth::no;
        if (recent_only && last != no_day && last < oldest()) truth = Truth::no;
        return truth;
    }

    bool covers(int t, std::int64_t row, Day d) const {
        const Day first = date(t, table(t).start, row);
        const Day last = date(t, table(t).end, row);
        return first != no_day && first <= d && (last == no_day || d <= last) && d <= options_.as_of && d >= oldest();
    }

    std::vector<Record> records(int t, const Condition& where) const {
        std::vector<Record> found;
        for (auto place = data(t).first[person_]; place < data(t).first[person_ + 1]; ++place) {
            const auto row = data(t).row(place);
            auto holds = truth(where, data(t), row) & counts(t, row);
            if (holds == Truth::unknown && filled(t, row)) holds = Truth::yes;
            if (holds != Truth::no) found.push_back({row, holds});
        }
        return found;
    }

    static Found judged(Range range, double required) { return {range, reaches(range, required), required}; }
    static Found yes_no(Truth truth) { return {as_range(truth), truth, 1}; }

    Found of(const Constant& f) { return yes_no(f.value ? Truth::yes : Truth::no); }
    Found of(const OtherSheet& f) { return yes_no(status(f.sheet)); }
    Found of(const NotCriterion& f) { return yes_no(!criterion(f.of.front()).truth); }

    Found of(const AtLeastCriteria& f) {
        int certain = 0;
        int possible = 0;
        for (const auto& part : f.of) {
            const auto truth = criterion(part).truth;
            certain += truth == Truth::yes ? 1 : 0;
            possible += truth != Truth::no ? 1 : 0;
        }
        return yes_no(certain >= f.need ? Truth::yes : possible >= f.need ? Truth::unknown : Truth::no);
    }

    Found of(const Some& f) {
        if (!data(f.table).supplied) return yes_no(Truth::unknown);
        auto best = Truth::no;
        for (const auto& record : records(f.table, f.where)) best = best | record.truth;
        return yes_no(best);
    }

    Found of(const Duration& f) {
        if (!data(f.table).supplied) return judged({0, infinity}, f.required);
        const auto found = records(f.table, f.where);
        Range days;
        bool undated = false;
        Day from = options_.as_of;
        for (const auto& record : found) {
            const Day first = date(f.table, table(f.table).start, record.row);
            if (first == no_day) {
                undated = true;
                if (filled(f.table, record.row) && record.truth == Truth::yes) days.low = infinity;
            } else from = std::min(from, first);
        }
        for (Day d = from; d <= options_.as_of; ++d) {
            Range of_day;
            for (const auto& record : found) {
                if (!covers(f.table, record.row, d)) continue;
                of_day.low += record.truth == Truth::yes ? 1 : 0;
                of_day.high += 1;
            }
            days.low += f.united ? std::min(of_day.low, 1.0) : of_day.low;
            days.high += f.united ? std::min(of_day.high, 1.0) : of_day.high;
        }
        if (undated) days.high = infinity;
        return judged(days, f.required);
    }

    Found of(const Longest& f) {
        if (!data(f.table).supplied) return judged({0, infinity}, f.required);
        const auto found = records(f.table, f.where);
        Range longest;
        Range now;
        bool undated = false;
        Day from = options_.as_of;
        for (const auto& record : found) {
            const Day first = date(f.table, table(f.table).start, record.row);
            undated = undated || first == no_day;
            if (first != no_day) from = std::min(from, first);
        }
        for (Day d = from; d <= options_.as_of; ++d) {
            auto covered = Truth::no;
            for (const auto& record : found)
                if (covers(f.table, record.row, d)) covered = covered | record.truth;
            now.low = covered == Truth::yes ? now.low + 1 : 0;
            now.high = covered != Truth::no ? now.high + 1 : 0;
            longest = {std::max(longest.low, now.low), std::max(longest.high, now.high)};
        }
        if (undated) longest.high = infinity;
        for (const auto& record : found)
            if (date(f.table, table(f.table).start, record.row) == no_day && filled(f.table, record.row) &&
                record.truth == Truth::yes)
                longest.low = infinity;
        return judged(longest, f.required);
    }

    Range count(int t, const Condition& where) const {
        if (!data(t).supplied) return {0, infinity};
        Range found;
        std::set<int> certain;
        std::set<int> possible;
        for (const auto& record : records(t, where)) {
            const int id = table(t).identity < 0 ? -1 : identity(column(t, table(t).identity), record.row);
            const bool sure = record.truth == Truth::yes;
            if (id < 0) found = {found.low + (sure ? 1 : 0), found.high + 1};
            else if (possible.insert(id); sure) certain.insert(id);
        }
        return {found.low + static_cast<double>(certain.size()), found.high + static_cast<double>(possible.size())};
    }

    Found of(const Count& f) {
        auto found = judged(count(f.table, f.where), f.required);
        for (const auto& nested : f.of_which) {
            const Condition both{AtLeast{2, {f.where, nested.where}}};
            found.truth = found.truth & reaches(count(f.table, both), nested.required);
        }
        return found;
    }

    Found of(const Distinct& f) {
        const double words = table(f.table).columns[static_cast<std::size_t>(f.column)].words;
        if (!data(f.table).supplied) return judged({0, words}, f.required);
        std::set<int> certain;
        std::set<int> possible;
        double blank = 0;
        double filled_blank = 0;
        for (const auto& record : records(f.table, f.where)) {
            const int word = cell(column(f.table, f.column), record.row).word;
            if (word < 0) {
                blank += 1;
                if (filled(f.table, record.row) && record.truth == Truth::yes) filled_blank += 1;
            } else if (possible.insert(word); record.truth == Truth::yes) certain.insert(word);
        }
        const auto high = std::min(static_cast<double>(possible.size()) + blank, words);
        const auto low = std::min(static_cast<double>(certain.size()) + filled_blank, words);
        return judged({low, high}, f.required);
    }

    const Framework& framework_;
    const Evidence& evidence_;
    const Options& options_;
    std::size_t person_;
    std::map<int, Truth> statuses_;
};

}  // namespace plain
