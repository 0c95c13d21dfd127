#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "supposition.hpp"

/// Which unknowns a sheet still depends on, and which answers to them make a difference.
namespace tassei {
namespace {

constexpr std::size_t most_answers = 1024;  // to one set

}  // namespace

std::vector<Unknown> Supposition::unknowns() {
    std::vector<Unknown> found;
    settled_.assign(2 * framework_.sheets.size(), {});
    asked_.assign(framework_.sheets.size(), false);
    ask_sheet(sheet_, found);
    for (auto& unknown : found) {
        const auto t = static_cast<std::size_t>(unknown.table);
        switch (unknown.kind) {
            case Question::Kind::word: unknown.answers = word_answers(unknown.table, unknown.column); break;
            case Question::Kind::number:
                unknown.answers = number_answers(unknown.table, unknown.column);
                break;
            case Question::Kind::items:
                unknown.answers = set_answers(unknown.table, written(unknown), unknown.column);
                break;
            case Question::Kind::start: {
                const auto last = end(unknown);
                const auto first = std::max(last - static_cast<std::int64_t>(std::ceil(longest_)),
                                            std::int64_t{no_day} + 1);
                for (const auto day : {static_cast<Day>(first), last}) unknown.answers.emplace_back().day = day;
                break;
            }
            case Question::Kind::date:
                for (const auto day : {oldest_day(framework_, options_.as_of) - 1, options_.as_of})
                    unknown.answers.emplace_back().day = day;
                break;
            case Question::Kind::verification: {
                const auto& table = framework_.tables[t];
                auto& words = unknown.answers.emplace_back().words;
                const int enough = options_.min_verification[t];
                for (int w = enough; w < table.columns[static_cast<std::size_t>(table.verification)].words; ++w)
                    words.push_back(w);
                break;
            }
            case Question::Kind::table:
                for (const bool full : {true, false}) unknown.answers.emplace_back().full = full;
        }
    }
    return found;
}

void Supposition::add(Unknown unknown, std::vector<Unknown>& found) {
    const auto same = [&](const Unknown& other) {
        return other.kind == unknown.kind && other.table == unknown.table && other.record == unknown.record &&
               other.column == unknown.column;
    };
    if (std::ranges::none_of(found, same)) found.push_back(std::move(unknown));
}

void Supposition::ask_sheet(int index, std::vector<Unknown>& found) {
    const auto at = static_cast<std::size_t>(index);
    if (asked_[at] || sheet(index, true) != Truth::unknown) return;
    asked_[at] = true;
    const auto& sheet = framework_.sheets[at];
    auto evidenced = Truth::yes;
    for (const auto& item : sheet.criteria) evidenced = evidenced & criterion(item.criterion, true);
    if (evidenced != Truth::no)
        for (const auto& item : sheet.criteria) ask(item.criterion, found);
    for (const auto& deeming : framework_.deemings)
        if (std::ranges::find(deeming.sheets, index) != deeming.sheets.end()) ask(deeming.when, found);
}

void Supposition::ask(const Criterion& criterion, std::vector<Unknown>& found) {
    if (this->criterion(criterion, true) != Truth::unknown) return;
    if (const auto* f = std::get_if<Some>(&criterion.form))
        ask_records(f->table, f->where, nullptr, false, -1, found);
    if (const auto* f = std::get_if<Duration>(&criterion.form))
        ask_records(f->table, f->where, nullptr, true, -1, found);
    if (const auto* f = std::get_if<Longest>(&criterion.form))
        ask_records(f->table, f->where, nullptr, true, -1, found);
    if (const auto* f = std::get_if<Distinct>(&criterion.form))
        ask_records(f->table, f->where, nullptr, false, f->column, found);
    if (const auto* f = std::get_if<Count>(&criterion.form)) {
        if (reaches(count(f->table, f->where, nullptr, true), f->required) == Truth::unknown)
            ask_records(f->table, f->where, nullptr, false, -1, found);
        for (const auto& nested : f->of_which)
            if (reaches(count(f->table, f->where, &nested.where, true), nested.required) == Truth::unknown)
                ask_records(f->table, f->where, &nested.where, false, -1, found);
    }
    if (const auto* f = std::get_if<OtherSheet>(&criterion.form)) ask_sheet(f->sheet, found);
    if (const auto* f = std::get_if<NotCriterion>(&criterion.form)) ask(f->of.front(), found);
    if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
        for (const auto& part : f->of) ask(part, found);
}

void Supposition::ask_records(int table, const Condition& where, const Condition* also, bool timed,
                              int kinds_column, std::vector<Unknown>& found) {
    const auto t = static_cast<std::size_t>(table);
    if (!tables_[t].supplied) {
        add({Question::Kind::table, table, 0, -1, {}}, found);
        return;
    }
    const auto& roles = framework_.tables[t];
    for (std::size_t r = 0; r < tables_[t].records.size(); ++r) {
        const auto& record = tables_[t].records[r];
        auto holds = truth(table, record, where, true);
        if (also != nullptr) holds = holds & condition(*also, record, true);
        if (holds == Truth::no) continue;
        ask_cells(where, table, r, found);
        if (also != nullptr) ask_cells(*also, table, r, found);
        if (record.weak) add({Question::Kind::verification, table, r, roles.verification, {}}, found);
        const bool undated = clocks_[t](record.start, record.end).counts == Truth::unknown;
        if (roles.start >= 0 && record.start == no_day && (timed || undated))
            add({Question::Kind::start, table, r, roles.start, {}}, found);
        if (roles.start < 0 && undated) add({Question::Kind::date, table, r, roles.date, {}}, found);
        if (kinds_column >= 0 && record.cells[static_cast<std::size_t>(kinds_column)].word < 0)
            add({Question::Kind::word, table, r, kinds_column, {}}, found);
    }
}

void Supposition::ask_cells(const Condition& condition, int table, std::size_t r,
                            std::vector<Unknown>& found) {
    const auto& record = tables_[static_cast<std::size_t>(table)].records[r];
    if (this->condition(condition, record, true) != Truth::unknown) return;
    if (const auto* f = std::get_if<OneOf>(&condition.form))
        add({Question::Kind::word, table, r, f->column, {}}, found);
    if (const auto* f = std::get_if<Contains>(&condition.form))
        add({Question::Kind::items, table, r, f->column, {}}, found);
    if (const auto* f = std::get_if<Between>(&condition.form))
        add({Question::Kind::number, table, r, f->column, {}}, found);
    if (const auto* f = std::get_if<Not>(&condition.form)) ask_cells(f->of.front(), table, r, found);
    if (const auto* f = std::get_if<AtLeast>(&condition.form))
        for (const auto& part : f->of) ask_cells(part, table, r, found);
}

/// Words that every test takes alike make one answer; where kinds are counted each is one of its own.
std::vector<Answer> Supposition::word_answers(int table, int column) const {
    const auto t = static_cast<std::size_t>(table);
    const auto c = static_cast<std::size_t>(column);
    const auto& tested = tested_[t][c];
    std::map<std::vector<bool>, std::size_t> by_outcome;
    std::vector<Answer> answers;
    for (int word = 0; word < framework_.tables[t].columns[c].words; ++word) {
        Answer answer;
        answer.cell.word = word;
        std::vector<bool> outcome;
        for (const auto* one : tested.words) outcome.push_back(test(*one, answer.cell) == Truth::yes);
        const auto [at, is_new] = by_outcome.try_emplace(std::move(outcome), answers.size());
        if (is_new || tested.kinds) {
            answer.words = {word};
            answers.push_back(std::move(answer));
        } else {
            answers[at->second].words.push_back(word);
        }
    }
    return answers;
}

/// Items that the same tests look for are interchangeable: how many of them there are is an answer.
std::vector<Answer> Supposition::set_answers(int table, const Cell& cell, int column) {
    const auto& tested = tested_[static_cast<std::size_t>(table)][static_cast<std::size_t>(column)];
    Word asked = 0;
    for (const auto* one : tested.sets) asked |= one->items;
    asked &= ~cell.known;
    std::map<std::vector<bool>, std::vector<Word>> groups;
    for (Word rest = asked; rest != 0; rest &= rest - 1) {
        const Word item = rest & (~rest + 1);
        std::vector<bool> outcome;
        for (const auto* one : tested.sets) outcome.push_back((one->items & item) != 0);
        groups[std::move(outcome)].push_back(item);
    }
    std::vector<Word> choices{0};
    for (const auto& [outcome, items] : groups) {
        const auto before = choices.size();
        Word some = 0;
        for (const Word item : items) {
            some |= item;
            for (std::size_t i = 0; i < before; ++i) choices.push_back(choices[i] | some);
            if (choices.size() > most_answers) break;
        }
        if (choices.size() <= most_answers) continue;
        shortened_ = true;
        choices = {0, asked};
        break;
    }
    std::vector<Answer> answers;
    for (const Word choice : choices) {
        Answer answer;
        answer.cell = cell;
        answer.cell.has |= choice;
        answer.cell.known |= asked;
        answers.push_back(std::move(answer));
    }
    return answers;
}

/// The intervals between the ends of all tests, from 0 on; neighbours that every test takes alike are one.
std::vector<Answer> Supposition::number_answers(int table, int column) const {
    const auto& tested = tested_[static_cast<std::size_t>(table)][static_cast<std::size_t>(column)];
    std::vector<double> cuts{0};
    for (const auto* one : tested.numbers)
        for (const double end : {one->low, one->high})
            if (end > 0 && std::isfinite(end)) cuts.push_back(end);
    std::ranges::sort(cuts);
    cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
    std::vector<Answer> answers;
    std::vector<bool> last;
    const auto add_interval = [&](double number, double low, double high, bool open) {
        Answer answer;
        answer.cell.number = number;
        answer.low = low;
        answer.high = high;
        answer.low_open = answer.high_open = open;
        std::vector<bool> outcome;
        for (const auto* one : tested.numbers) outcome.push_back(test(*one, answer.cell) == Truth::yes);
        if (!answers.empty() && outcome == last) {
            answers.back().high = high;
            answers.back().high_open = open;
            return;
        }
        answers.push_back(std::move(answer));
        last = std::move(outcome);
    };
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        const double next = i + 1 < cuts.size() ? cuts[i + 1] : infinity;
        const double whole = std::floor(cuts[i]) + 1;
        add_interval(cuts[i], cuts[i], cuts[i], false);
        add_interval(whole < next ? whole : (cuts[i] + next) / 2, cuts[i], next, true);
    }
    return answers;
}

}  // namespace tassei
