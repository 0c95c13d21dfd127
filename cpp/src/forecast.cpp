#include "tassei/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "person.hpp"
#include "shares.hpp"
#include "tassei/error.hpp"

namespace tassei {
namespace {

/// A number of days that some criterion asks for.
struct Mark {
    int aggregate = 0;
    double required = 0;
    bool operator==(const Mark&) const = default;
};

/// What all persons share.
struct Setting {
    const Assessment& assessment;
    const Plan& plan;
    std::optional<int> level;
    Day until = last_day;
    std::vector<Mark> marks;
    double longest = 0;   ///< of the marks
    bool rising = true;   ///< more records and days never make a sheet less true

    Setting(const Assessment& a, std::optional<int> wanted, Day end)
        : assessment(a), plan(*a.plan), level(wanted), until(std::min(end, last_day)) {
        for (const auto& node : plan.nodes) {
            if (node.kind == PlanNode::Kind::negate) rising = false;
            if (node.kind != PlanNode::Kind::aggregate) continue;
            if (!of_days(plan.aggregates[static_cast<std::size_t>(node.index)].kind)) continue;
            const Mark mark{node.index, node.required};
            if (std::ranges::find(marks, mark) == marks.end()) marks.push_back(mark);
            longest = std::max(longest, node.required);
        }
    }

    /// The sheet that a person is on the way to, or -1.
    [[nodiscard]] int target(std::size_t specialty, std::int32_t now) const {
        for (const int sheet : plan.ladder[specialty]) {
            const auto at = plan.sheets[static_cast<std::size_t>(sheet)].level;
            if (level ? at == *level : at > now) return sheet;
        }
        return -1;
    }
};

/// A day that is looked for: it lies after `before`, and at or before `found`.
struct Search {
    std::size_t specialty = 0;
    int sheet = 0;
    Truth enough = Truth::yes;
    Day found = no_day;
    Day before = 0;
};

/// Holds the scratch memory of one thread.
class Forecaster {
public:
    Forecaster(const Setting& setting, const Lookup& lookup)
        : setting_(setting),
          plan_(setting.plan),
          evidence_(*setting.assessment.evidence),
          as_of_(setting.assessment.options.as_of),
          evaluator_(plan_, evidence_, setting.assessment.options, lookup) {}

    void person(std::int64_t person, std::size_t row, Forecast& forecast) {
        begin(person, row, forecast);
        if (std::ranges::any_of(searches_, &Forecaster::open) && find_turns(person)) {
            if (setting_.rising && recency() == 0) bisect(person);
            else if (!setting_.rising || narrow(person)) scan(person);
        }
        const auto specialties = plan_.ladder.size();
        for (const auto& search : searches_) {
            auto& dates = search.enough == Truth::yes ? forecast.date : forecast.possible_date;
            dates[row * specialties + search.specialty] = search.found;
        }
    }

private:
    static bool open(const Search& search) { return search.found == no_day; }
    [[nodiscard]] int recency() const { return plan_.framework.recency_days; }

    [[nodiscard]] Truth standing(const Search& search, const Truth* status) const {
        if (!plan_.framework.cumulative) return status[search.sheet];
        auto truth = Truth::yes;
        for (const int sheet : plan_.ladder[search.specialty]) {
            truth = truth & status[sheet];
            if (sheet == search.sheet) break;
        }
        return truth;
    }

    /// What is looked for, and what holds already.
    void begin(std::int64_t person, std::size_t row, Forecast& forecast) {
        const auto& a = setting_.assessment;
        const auto specialties = plan_.ladder.size();
        const auto p = static_cast<std::size_t>(person);
        searches_.clear();
        for (std::size_t s = 0; s < specialties; ++s) {
            const int sheet = setting_.target(s, a.level[p * specialties + s]);
            forecast.sheet[row * specialties + s] = sheet;
            if (sheet < 0) continue;
            for (const auto enough : {Truth::yes, Truth::unknown}) {
                Search search{s, sheet, enough, no_day, as_of_};
                if (standing(search, a.status.data() + p * plan_.sheets.size()) >= enough)
                    search.found = as_of_;
                searches_.push_back(search);
            }
        }
    }

    /// Finds the days between which records only grow or shrink by the same number of days each day,
    /// from the as-of date to the last day that changes anything; false where time changes nothing.
    bool find_turns(std::int64_t person) {
        turns_.assign(1, as_of_);
        bool running = false;
        const auto turn = [&](std::int64_t day) {
            if (day > as_of_ && day <= last_day) turns_.push_back(static_cast<Day>(day));
        };
        // a span of days begins, or ends on the day before; later it leaves the window
        const auto begins = [&](Day day) {
            turn(day);
            if (recency() > 0) turn(std::int64_t{day} + recency() - 1);
        };
        const auto ends = [&](Day day) {
            turn(std::int64_t{day} + 1);
            if (recency() > 0) turn(std::int64_t{day} + recency());
        };
        for (std::size_t t = 0; t < evidence_.tables.size(); ++t) {
            const auto& data = evidence_.tables[t];
            const auto& table = plan_.framework.tables[t];
            const int from = table.start >= 0 ? table.start : table.date;
            if (!data.supplied || from < 0) continue;
            const int to = table.start >= 0 && table.end >= 0 ? table.end : from;
            for (auto place = data.first[static_cast<std::size_t>(person)];
                 place < data.first[static_cast<std::size_t>(person) + 1]; ++place) {
                const auto start = day(data.columns[static_cast<std::size_t>(from)], data.row(place));
                const auto end = day(data.columns[static_cast<std::size_t>(to)], data.row(place));
                if (start != no_day) begins(start);
                if (end != no_day) ends(end);
                else running = running || start != no_day;
            }
        }
        std::ranges::sort(turns_);
        turns_.erase(std::ranges::unique(turns_).begin(), turns_.end());
        std::int64_t last = turns_.back();
        if (running && recency() == 0)
            last = static_cast<std::int64_t>(
                std::min(double{last_day}, static_cast<double>(last) + setting_.longest));
        last_ = static_cast<Day>(std::min(last, std::int64_t{std::max(as_of_, setting_.until)}));
        std::erase_if(turns_, [&](Day day) { return day > last_; });
        return last_ > as_of_;
    }

    void evaluate(std::int64_t person, Day day, Day oldest) {
        evaluator_.move_to(day, oldest);
        evaluator_.read(person, person + 1);
        evaluator_.evaluate(person);
    }
    void evaluate(std::int64_t person, Day day) { evaluate(person, day, oldest_day(plan_.framework, day)); }

    [[nodiscard]] bool holds(const Search& search) const {
        return standing(search, evaluator_.status().data()) >= search.enough;
    }

    /// Without a window and without a "not", what holds once holds for ever.
    void bisect(std::int64_t person) {
        evaluate(person, last_);
        for (auto& search : searches_)
            if (open(search) && holds(search)) search.found = last_;
        for (;;) {
            const auto next = std::ranges::find_if(searches_, [](const Search& search) {
                return search.found != no_day && search.found > search.before + 1;
            });
            if (next == searches_.end()) return;
            const auto middle = static_cast<Day>(std::midpoint(next->before, next->found));
            evaluate(person, middle);
            for (auto& search : searches_) {
                if (search.found == no_day || middle <= search.before || middle >= search.found) continue;
                (holds(search) ? search.found : search.before) = middle;
            }
        }
    }

    /// Gives up what would not even hold if no day ever left the window; whether anything is left.
    bool narrow(std::int64_t person) {
        evaluate(person, last_, oldest_day(plan_.framework, as_of_));
        for (auto& search : searches_)
            if (open(search) && !holds(search)) search.before = last_;
        return std::ranges::any_of(searches_, [&](const Search& search) { return wanted(search); });
    }

    [[nodiscard]] bool wanted(const Search& search) const { return open(search) && search.before < last_; }

    /// Looks at a day; whether anything is still looked for.
    bool look(std::int64_t person, Day day) {
        evaluate(person, day);
        bool more = false;
        for (auto& search : searches_) {
            if (!wanted(search)) continue;
            if (holds(search)) search.found = day;
            else more = true;
        }
        return more;
    }

    /// Looks at each day on which anything can change, one after the other.
    void scan(std::int64_t person) {
        for (std::size_t i = 0; i < turns_.size(); ++i) {
            const Day first = turns_[i];
            const Day last = i + 1 < turns_.size() ? turns_[i + 1] - 1 : last_;
            if (!look(person, first)) return;
            if (last <= first || setting_.marks.empty()) continue;
            at_first_.assign(evaluator_.quantities().begin(), evaluator_.quantities().end());
            evaluate(person, last);
            find_crossings(first, last);
            for (const Day day : crossings_)
                if (!look(person, day)) return;
        }
    }

    /// The first days at which some number of days, that changes steadily, comes to or falls below a mark.
    void find_crossings(Day first, Day last) {
        crossings_.clear();
        const auto cross = [&](double from, double to, double required) {
            if (from == to || (from >= required) == (to >= required)) return;
            const double pace = (to - from) / static_cast<double>(last - first);
            const double steps = pace > 0 ? std::ceil((required - from) / pace)
                                          : std::floor((required - from) / pace) + 1;
            crossings_.push_back(static_cast<Day>(first + steps));
        };
        const auto turn = [&](double from, double to, double required) {
            // the longest of stretches that shrink, stay or grow by a day each day: it may fall, then rise
            for (const double day : {first + (from - required) + 1, last - (to - required)})
                if (day > first && day <= last) crossings_.push_back(static_cast<Day>(day));
        };
        for (const auto& mark : setting_.marks) {
            const auto at = static_cast<std::size_t>(mark.aggregate);
            const auto& before = at_first_[at];
            const auto& after = evaluator_.quantities()[at];
            if (plan_.aggregates[at].kind == AggregateKind::longest_days) {
                turn(before.low, after.low, mark.required);
                turn(before.high, after.high, mark.required);
                continue;
            }
            cross(before.low, after.low, mark.required);
            cross(before.high, after.high, mark.required);
        }
        std::ranges::sort(crossings_);
        crossings_.erase(std::ranges::unique(crossings_).begin(), crossings_.end());
    }

    const Setting& setting_;
    const Plan& plan_;
    const Evidence& evidence_;
    Day as_of_;
    PersonEvaluator evaluator_;
    Day last_ = 0;
    std::vector<Search> searches_;
    std::vector<Day> turns_;
    std::vector<Day> crossings_;
    std::vector<Range> at_first_;
};

}  // namespace

Forecast forecast(const Assessment& assessment, std::span<const std::int64_t> persons,
                  std::optional<int> level, Day until) {
    for (const auto p : persons)
        if (p < 0 || p >= assessment.evidence->persons)
            throw AssessError("no person number " + std::to_string(p));
    const Setting setting(assessment, level, until);
    const auto size = persons.size() * setting.plan.ladder.size();
    Forecast result;
    result.sheet.resize(size, -1);
    result.date.resize(size, no_day);
    result.possible_date.resize(size, no_day);
    const Lookup lookup(setting.plan, *assessment.evidence, assessment.options);
    in_shares(static_cast<std::int64_t>(persons.size()), assessment.options.threads,
              [&](std::int64_t first, std::int64_t last) {
                  Forecaster forecaster(setting, lookup);
                  for (auto r = static_cast<std::size_t>(first); r < static_cast<std::size_t>(last); ++r, pulse())
                      forecaster.person(persons[r], r, result);
              });
    return result;
}

}  // namespace tassei
