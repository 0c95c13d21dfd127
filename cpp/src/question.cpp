#include "tassei/question.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "supposition.hpp"
#include "tassei/error.hpp"
#include "tassei/watch.hpp"

namespace tassei {
namespace {

using Kind = Question::Kind;

constexpr std::size_t most_combinations = 4096;  // of answers that are all checked

/// Looks for the fewest unknowns of which some answers settle the sheet one way.
class Search {
public:
    Search(Supposition& supposition, const std::vector<Unknown>& unknowns, Truth goal, std::int64_t effort)
        : on_(supposition), unknowns_(unknowns), goal_(goal), left_(effort), effort_(effort) {}

    Certificate run() {
        Certificate found;
        for (const auto& unknown : unknowns_) on_.clear(unknown);
        if (holds()) {
            found.found = true;
            return found;
        }
        for (const auto& unknown : unknowns_) on_.relax(unknown);
        if (!holds()) return found;
        split();
        for (std::size_t more = 0; more <= optional_.size() && left_ > 0; ++more)
            if (choose(0, more)) {
                found.found = true;
                break;
            }
        found.exact = found.found ? !doubtful() : left_ > 0 && !doubtful();
        if (!found.found && !found.exact) found.found = settle_somehow();
        if (found.found) found.questions = told();
        for (const auto& unknown : unknowns_) on_.clear(unknown);
        return found;
    }

private:
    bool holds() {
        heed();
        --left_;
        return on_.status(goal_ == Truth::yes) == goal_;
    }

    /// Where not every answer was tried.
    [[nodiscard]] bool doubtful() const {
        const auto is_start = [](const Unknown& unknown) { return unknown.kind == Kind::start; };
        return on_.shortened() || (on_.negated() && std::ranges::any_of(unknowns_, is_start));
    }

    /// Finds the unknowns without which nothing is settled.
    void split() {
        for (const auto& unknown : unknowns_) {
            on_.clear(unknown);
            (holds() ? optional_ : chosen_).push_back(&unknown);
            on_.relax(unknown);
        }
        for (const auto* unknown : optional_) on_.clear(*unknown);
    }

    /// Tries every choice of so many more unknowns from `first` on.
    bool choose(std::size_t first, std::size_t more) {
        if (left_ <= 0) return false;
        if (more == 0) return holds() && assign(0);
        for (std::size_t i = first; i < optional_.size(); ++i) on_.relax(*optional_[i]);
        const bool possible = holds();
        for (std::size_t i = first; i < optional_.size(); ++i) on_.clear(*optional_[i]);
        if (!possible) return false;
        for (std::size_t i = first; i + more <= optional_.size(); ++i) {
            on_.relax(*optional_[i]);
            chosen_.push_back(optional_[i]);
            if (choose(i + 1, more - 1)) return true;
            chosen_.pop_back();
            on_.clear(*optional_[i]);
        }
        return false;
    }

    /// Answers the chosen unknowns one after the other, as long as the rest could still settle it.
    bool assign(std::size_t at) {
        if (at == 0) answers_.assign(chosen_.size(), {});
        if (at == chosen_.size()) return true;
        for (const auto& answer : chosen_[at]->answers) {
            on_.answer(*chosen_[at], answer);
            if (left_ > 0 && holds()) {
                answers_[at] = {answer};
                if (assign(at + 1)) return true;
            }
        }
        on_.relax(*chosen_[at]);
        return false;
    }

    /// Answers everything, then drops what is not needed.
    bool settle_somehow() {
        left_ = effort_;
        chosen_.clear();
        for (const auto& unknown : unknowns_) {
            on_.relax(unknown);
            chosen_.push_back(&unknown);
        }
        if (!assign(0)) return false;
        for (std::size_t i = chosen_.size(); i-- > 0;) {
            on_.clear(*chosen_[i]);
            if (!holds()) {
                on_.answer(*chosen_[i], answers_[i].front());
                continue;
            }
            chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(i));
            answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return true;
    }

    /// Whether every combination of the answers settles it.
    bool all_hold(std::size_t at = 0) {
        if (at == 0) {
            std::size_t size = 1;
            for (const auto& some : answers_) size *= some.size();
            if (size > most_combinations) return false;
        }
        if (at == chosen_.size()) return holds();
        return std::ranges::all_of(answers_[at], [&](const Answer& answer) {
            on_.answer(*chosen_[at], answer);
            return all_hold(at + 1);
        });
    }

    /// Whether it is settled as well if only this is the answer to one unknown.
    bool does(std::size_t at, const Answer& answer) {
        auto before = std::exchange(answers_[at], {answer});
        const bool found = all_hold();
        answers_[at] = std::move(before);
        return found;
    }

    /// The certificate, with each answer made as wide as the others allow.
    std::vector<Question> told() {
        std::vector<Question> questions(chosen_.size());
        const auto each = [&](auto kinds, auto act) {
            for (std::size_t i = 0; i < chosen_.size(); ++i)
                if (kinds(chosen_[i]->kind)) act(i, questions[i]);
        };
        each([](Kind) { return true; }, [&](std::size_t i, Question& question) {
            const auto& unknown = *chosen_[i];
            question.kind = unknown.kind;
            question.table = unknown.table;
            question.column = unknown.column;
            question.row = on_.row(unknown);
            question.full = answers_[i].front().full;
            question.words = answers_[i].front().words;
        });
        each([](Kind kind) { return kind == Kind::items; },
             [&](std::size_t i, Question& question) { tell_items(i, question); });
        each([](Kind kind) { return kind == Kind::word; },
             [&](std::size_t i, Question& question) { tell_words(i, question); });
        each([](Kind kind) { return kind == Kind::number; },
             [&](std::size_t i, Question& question) { tell_number(i, question); });
        each([](Kind kind) { return kind == Kind::date || kind == Kind::start; },
             [&](std::size_t i, Question& question) { tell_day(i, question); });
        return questions;
    }

    void tell_items(std::size_t at, Question& question) {
        auto& answer = answers_[at].front();
        const auto asked = answer.cell.known & ~on_.written(*chosen_[at]).known;
        for (std::uint64_t rest = asked; rest != 0; rest &= rest - 1) {
            const auto item = rest & (~rest + 1);
            auto fewer = answer;
            fewer.cell.known &= ~item;
            fewer.cell.has &= ~item;
            if (does(at, fewer)) answer = fewer;
        }
        question.has = asked & answer.cell.has;
        question.has_not = asked & answer.cell.known & ~answer.cell.has;
    }

    void tell_words(std::size_t at, Question& question) {
        for (const auto& other : chosen_[at]->answers) {
            if (other.words == answers_[at].front().words || !does(at, other)) continue;
            answers_[at].push_back(other);
            question.words.insert(question.words.end(), other.words.begin(), other.words.end());
        }
        std::ranges::sort(question.words);
    }

    void tell_number(std::size_t at, Question& question) {
        const auto& all = chosen_[at]->answers;
        const auto chosen = std::ranges::find_if(all, [&](const Answer& answer) {
            return answer.cell.number == answers_[at].front().cell.number;
        });
        auto first = chosen;
        auto last = chosen;
        while (first != all.begin() && does(at, *(first - 1))) answers_[at].push_back(*--first);
        while (last + 1 != all.end() && does(at, *(last + 1))) answers_[at].push_back(*++last);
        question.low = first->low;
        question.low_open = first->low_open;
        question.high = last->high;
        question.high_open = last->high_open;
    }

    void tell_day(std::size_t at, Question& question) {
        const auto& early = chosen_[at]->answers.front();
        const auto& late = chosen_[at]->answers.back();
        const Day chosen = answers_[at].front().day;
        question.first = chosen == early.day ? no_day : chosen;
        question.last = chosen == late.day ? chosen : early.day;
        if (chosen_[at]->kind == Kind::date || on_.negated()) {
            if (chosen_[at]->kind == Kind::start) question.first = question.last = chosen;
            else if (chosen == late.day) question.first = early.day + 1;
            return;
        }
        const bool goes_early = chosen == early.day;
        if (does(at, goes_early ? late : early)) {
            question.first = no_day;
            question.last = late.day;
            return;
        }
        std::int64_t good = chosen;
        std::int64_t bad = goes_early ? late.day : early.day;
        while (std::abs(good - bad) > 1) {
            const auto middle = (good + bad) / 2;
            Answer answer;
            answer.day = static_cast<Day>(middle);
            (does(at, answer) ? good : bad) = middle;
        }
        answers_[at].front().day = static_cast<Day>(good);
        (goes_early ? question.last : question.first) = static_cast<Day>(good);
    }

    Supposition& on_;
    const std::vector<Unknown>& unknowns_;
    Truth goal_;
    std::int64_t left_;
    std::int64_t effort_;
    std::vector<const Unknown*> chosen_;    // those that are needed first
    std::vector<const Unknown*> optional_;
    std::vector<std::vector<Answer>> answers_;  // to each of the chosen, any of which does
};

}  // namespace

Questions questions(const Assessment& assessment, std::int64_t person, int sheet, std::int64_t effort) {
    if (person < 0 || person >= assessment.evidence->persons)
        throw AssessError("no person number " + std::to_string(person));
    if (sheet < 0 || static_cast<std::size_t>(sheet) >= assessment.plan->framework.sheets.size())
        throw AssessError("no sheet number " + std::to_string(sheet));
    Supposition supposition(assessment, person, sheet);
    Questions found;
    found.status = supposition.status(true);
    const auto unknowns = supposition.unknowns();
    found.met = Search(supposition, unknowns, Truth::yes, effort).run();
    found.unmet = Search(supposition, unknowns, Truth::no, effort).run();
    return found;
}

}  // namespace tassei
