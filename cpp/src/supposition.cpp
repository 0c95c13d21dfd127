#include "supposition.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

namespace tassei {

Supposition::Supposition(const Assessment& assessment, std::int64_t person, int sheet)
    : framework_(assessment.plan->framework),
      evidence_(*assessment.evidence),
      options_(assessment.options),
      sheet_(sheet),
      tables_(evidence_.tables.size()),
      reached_(framework_.sheets.size()) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        clocks_.emplace_back(framework_, t, evidence_.tables[t], options_);
        tested_.emplace_back(framework_.tables[t].columns.size());
    }
    load(person);
    reach_sheet(sheet);
}

void Supposition::load(std::int64_t person) {
    const auto p = static_cast<std::size_t>(person);
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const auto& data = evidence_.tables[t];
        tables_[t].supplied = data.supplied;
        if (!data.supplied) continue;
        const int identities = framework_.tables[t].identity;
        for (auto place = data.first[p]; place < data.first[p + 1]; ++place) {
            Record record;
            record.row = data.row(place);
            for (const auto& column : data.columns) record.cells.push_back(cell(column, record.row));
            record.relaxed.resize(data.columns.size());
            std::tie(record.start, record.end) = clocks_[t].dates(record.row);
            record.weak = clocks_[t].weakly_verified(record.row);
            if (identities >= 0)
                record.identity = identity(data.columns[static_cast<std::size_t>(identities)], record.row);
            tables_[t].records.push_back(std::move(record));
        }
    }
}

// --- what is tested anywhere below the sheet ------------------------------------------------------

void Supposition::reach_sheet(int index) {
    const auto at = static_cast<std::size_t>(index);
    if (reached_[at]) return;
    reached_[at] = true;
    for (const auto& item : framework_.sheets[at].criteria) reach(item.criterion);
    for (const auto& deeming : framework_.deemings)
        if (std::ranges::find(deeming.sheets, index) != deeming.sheets.end()) reach(deeming.when);
}

void Supposition::reach(const Criterion& criterion) {
    if (const auto* f = std::get_if<Some>(&criterion.form)) reach(f->where, f->table);
    if (const auto* f = std::get_if<Duration>(&criterion.form)) {
        reach(f->where, f->table);
        longest_ = std::max(longest_, f->required);
    }
    if (const auto* f = std::get_if<Longest>(&criterion.form)) {
        reach(f->where, f->table);
        longest_ = std::max(longest_, f->required);
    }
    if (const auto* f = std::get_if<Count>(&criterion.form)) {
        reach(f->where, f->table);
        for (const auto& nested : f->of_which) reach(nested.where, f->table);
    }
    if (const auto* f = std::get_if<Distinct>(&criterion.form)) {
        reach(f->where, f->table);
        tested_[static_cast<std::size_t>(f->table)][static_cast<std::size_t>(f->column)].kinds = true;
    }
    if (const auto* f = std::get_if<OtherSheet>(&criterion.form)) reach_sheet(f->sheet);
    if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
        for (const auto& part : f->of) reach(part);
    if (const auto* f = std::get_if<NotCriterion>(&criterion.form)) {
        negated_ = true;
        reach(f->of.front());
    }
}

void Supposition::reach(const Condition& condition, int table) {
    auto& tested = tested_[static_cast<std::size_t>(table)];
    const auto at = [&](int column) -> Tested& { return tested[static_cast<std::size_t>(column)]; };
    if (const auto* f = std::get_if<OneOf>(&condition.form)) at(f->column).words.push_back(f);
    if (const auto* f = std::get_if<Contains>(&condition.form)) at(f->column).sets.push_back(f);
    if (const auto* f = std::get_if<Between>(&condition.form)) at(f->column).numbers.push_back(f);
    if (const auto* f = std::get_if<Not>(&condition.form)) reach(f->of.front(), table);
    if (const auto* f = std::get_if<AtLeast>(&condition.form))
        for (const auto& part : f->of) reach(part, table);
}

// --- suppositions ---------------------------------------------------------------------------------

std::int64_t Supposition::row(const Unknown& unknown) const {
    if (unknown.kind == Question::Kind::table) return -1;
    return tables_[static_cast<std::size_t>(unknown.table)].records[unknown.record].row;
}

Cell Supposition::written(const Unknown& unknown) const {
    const auto& data = evidence_.tables[static_cast<std::size_t>(unknown.table)];
    return cell(data.columns[static_cast<std::size_t>(unknown.column)], row(unknown));
}

Day Supposition::end(const Unknown& unknown) const {
    const auto t = static_cast<std::size_t>(unknown.table);
    const auto& record = tables_[t].records[unknown.record];
    return clocks_[t](no_day, unknown.kind == Question::Kind::start ? record.end : no_day).end;
}

void Supposition::clear(const Unknown& unknown) {
    auto& table = tables_[static_cast<std::size_t>(unknown.table)];
    if (unknown.kind == Question::Kind::table) {
        table.supposed = Supposed::no;
        return;
    }
    auto& record = table.records[unknown.record];
    const auto column = static_cast<std::size_t>(unknown.column);
    switch (unknown.kind) {
        case Question::Kind::verification: record.weak = true; break;
        case Question::Kind::start:
        case Question::Kind::date:
            record.start = no_day;
            record.day_relaxed = false;
            break;
        default:
            record.cells[column] = written(unknown);
            record.relaxed[column] = false;
    }
}

void Supposition::relax(const Unknown& unknown) {
    clear(unknown);
    auto& table = tables_[static_cast<std::size_t>(unknown.table)];
    if (unknown.kind == Question::Kind::table) {
        table.supposed = Supposed::relaxed;
        return;
    }
    auto& record = table.records[unknown.record];
    switch (unknown.kind) {
        case Question::Kind::verification: record.weak = false; break;  // there is no other answer
        case Question::Kind::start:
        case Question::Kind::date: record.day_relaxed = true; break;
        default: record.relaxed[static_cast<std::size_t>(unknown.column)] = true;
    }
}

void Supposition::answer(const Unknown& unknown, const Answer& answer) {
    clear(unknown);
    auto& table = tables_[static_cast<std::size_t>(unknown.table)];
    if (unknown.kind == Question::Kind::table) {
        table.supposed = answer.full ? Supposed::full : Supposed::empty;
        return;
    }
    auto& record = table.records[unknown.record];
    switch (unknown.kind) {
        case Question::Kind::verification: record.weak = false; break;
        case Question::Kind::start:
        case Question::Kind::date: record.start = answer.day; break;
        default: record.cells[static_cast<std::size_t>(unknown.column)] = answer.cell;
    }
}

// --- evaluation -----------------------------------------------------------------------------------

Truth Supposition::sheet(int index, bool good) {
    auto& settled = settled_[2 * static_cast<std::size_t>(index) + (good ? 1 : 0)];
    if (settled) return *settled;
    const auto& sheet = framework_.sheets[static_cast<std::size_t>(index)];
    auto evidenced = Truth::yes;
    for (const auto& item : sheet.criteria) {
        evidenced = evidenced & criterion(item.criterion, good);
        if (evidenced == Truth::no) break;
    }
    auto deemed = Truth::no;
    if (evidenced != Truth::yes)
        for (const auto& deeming : framework_.deemings)
            if (std::ranges::find(deeming.sheets, index) != deeming.sheets.end())
                deemed = deemed | criterion(deeming.when, good);
    settled = evidenced | deemed;
    return *settled;
}

Truth Supposition::criterion(const Criterion& criterion, bool good) {
    if (const auto* f = std::get_if<Constant>(&criterion.form)) return f->value ? Truth::yes : Truth::no;
    if (const auto* f = std::get_if<OtherSheet>(&criterion.form)) return sheet(f->sheet, good);
    if (const auto* f = std::get_if<NotCriterion>(&criterion.form))
        return !this->criterion(f->of.front(), !good);
    if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form)) {
        int certain = 0;
        int possible = 0;
        for (const auto& part : f->of) {
            const auto holds = this->criterion(part, good);
            certain += holds == Truth::yes ? 1 : 0;
            possible += holds != Truth::no ? 1 : 0;
        }
        return at_least(f->need, certain, possible);
    }
    if (const auto* f = std::get_if<Some>(&criterion.form)) {
        if (!tables_[static_cast<std::size_t>(f->table)].supplied)
            return reaches(without_table(f->table, 1, good), 1);
        auto found = Truth::no;
        for (const auto& record : tables_[static_cast<std::size_t>(f->table)].records)
            found = found | truth(f->table, record, f->where, good);
        return found;
    }
    if (const auto* f = std::get_if<Duration>(&criterion.form))
        return reaches(days(f->table, f->where, f->united ? &united_days : &summed_days, good), f->required);
    if (const auto* f = std::get_if<Longest>(&criterion.form))
        return reaches(days(f->table, f->where, &longest_days, good), f->required);
    if (const auto* f = std::get_if<Distinct>(&criterion.form)) return reaches(kinds(*f, good), f->required);
    const auto& f = std::get<Count>(criterion.form);
    auto found = reaches(count(f.table, f.where, nullptr, good), f.required);
    for (const auto& nested : f.of_which)
        found = found & reaches(count(f.table, f.where, &nested.where, good), nested.required);
    return found;
}

Truth Supposition::condition(const Condition& condition, const Record& record, bool good) const {
    const auto atom = [&](const auto& f) {
        const auto column = static_cast<std::size_t>(f.column);
        const auto found = test(f, record.cells[column]);
        if (found != Truth::unknown || !record.relaxed[column]) return found;
        return good ? Truth::yes : Truth::no;
    };
    if (const auto* f = std::get_if<Constant>(&condition.form)) return f->value ? Truth::yes : Truth::no;
    if (const auto* f = std::get_if<OneOf>(&condition.form)) return atom(*f);
    if (const auto* f = std::get_if<Contains>(&condition.form)) return atom(*f);
    if (const auto* f = std::get_if<Between>(&condition.form)) return atom(*f);
    if (const auto* f = std::get_if<Not>(&condition.form))
        return !this->condition(f->of.front(), record, !good);
    const auto& group = std::get<AtLeast>(condition.form);
    int certain = 0;
    int possible = 0;
    for (const auto& part : group.of) {
        const auto holds = this->condition(part, record, good);
        certain += holds == Truth::yes ? 1 : 0;
        possible += holds != Truth::no ? 1 : 0;
    }
    return at_least(group.need, certain, possible);
}

Truth Supposition::counts(int table, const Record& record, bool good) const {
    const auto t = static_cast<std::size_t>(table);
    auto found = clocks_[t](record.start, record.end).counts;
    if (found == Truth::unknown && record.day_relaxed)
        // a period that ends in time counts from any start
        found = good || framework_.tables[t].start >= 0 ? Truth::yes : Truth::no;
    return record.weak ? std::min(found, Truth::unknown) : found;
}

Truth Supposition::truth(int table, const Record& record, const Condition& where, bool good) const {
    const auto standing = counts(table, record, good);
    return standing == Truth::no ? standing : standing & condition(where, record, good);
}

Range Supposition::without_table(int table, double most, bool good) const {
    switch (tables_[static_cast<std::size_t>(table)].supposed) {
        case Supposed::no: return {0, most};
        case Supposed::relaxed: return good ? Range{most, most} : Range{0, 0};
        case Supposed::empty: return {0, 0};
        case Supposed::full: break;
    }
    return {most, most};
}

Range Supposition::days(int table, const Condition& where, double (*measure)(Periods), bool good) const {
    const auto t = static_cast<std::size_t>(table);
    if (!tables_[t].supplied) return without_table(table, infinity, good);
    Periods certain;
    Periods possible;
    Range undated;
    for (const auto& record : tables_[t].records) {
        const auto holds = truth(table, record, where, good);
        if (holds == Truth::no) continue;
        const auto standing = clocks_[t](record.start, record.end);
        if (standing.start == no_day) {
            if (!record.day_relaxed || good) undated.high = infinity;
            if (record.day_relaxed && good && holds == Truth::yes) undated.low = infinity;
            continue;
        }
        possible.emplace_back(standing.start, standing.end);
        if (holds == Truth::yes) certain.push_back(possible.back());
    }
    return {measure(std::move(certain)) + undated.low, measure(std::move(possible)) + undated.high};
}

Range Supposition::count(int table, const Condition& where, const Condition* also, bool good) const {
    if (!tables_[static_cast<std::size_t>(table)].supplied) return without_table(table, infinity, good);
    Range found;
    const auto add = [&](Truth holds) {
        found.low += holds == Truth::yes ? 1 : 0;
        found.high += holds != Truth::no ? 1 : 0;
    };
    std::map<std::int32_t, Truth> by_identity;
    for (const auto& record : tables_[static_cast<std::size_t>(table)].records) {
        auto holds = truth(table, record, where, good);
        if (also != nullptr && holds != Truth::no) holds = holds & condition(*also, record, good);
        if (record.identity < 0) add(holds);
        else by_identity[record.identity] = by_identity[record.identity] | holds;
    }
    for (const auto& [id, holds] : by_identity) add(holds);
    return found;
}

Range Supposition::kinds(const Distinct& f, bool good) const {
    const auto& table = framework_.tables[static_cast<std::size_t>(f.table)];
    const double most = table.columns[static_cast<std::size_t>(f.column)].words;
    if (!tables_[static_cast<std::size_t>(f.table)].supplied) return without_table(f.table, most, good);
    Word certain = 0;
    Word possible = 0;
    Range blank;
    for (const auto& record : tables_[static_cast<std::size_t>(f.table)].records) {
        const auto holds = truth(f.table, record, f.where, good);
        if (holds == Truth::no) continue;
        const int word = record.cells[static_cast<std::size_t>(f.column)].word;
        if (word < 0) {
            const bool relaxed = record.relaxed[static_cast<std::size_t>(f.column)];
            if (!relaxed || good) blank.high += 1;
            if (relaxed && good && holds == Truth::yes) blank.low += 1;
            continue;
        }
        possible |= Word{1} << word;
        if (holds == Truth::yes) certain |= Word{1} << word;
    }
    return {std::min(std::popcount(certain) + blank.low, most),
            std::min(std::popcount(possible) + blank.high, most)};
}

}  // namespace tassei
