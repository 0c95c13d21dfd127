#include "tassei/gap.hpp"

#include <cmath>
#include <map>
#include <set>

#include "../../cpp/src/cheapest.hpp"
#include "../../cpp/src/day_cost.hpp"
#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

constexpr Day today = 1000;
constexpr Day late = 9000;  // a day after everything that is added

Costs random_costs(Random& random, const Framework& f) {
    Costs costs;
    for (const auto& table : f.tables) {
        TableCosts own;
        own.record = pick(random, 0, 4) * 10;
        own.day = pick(random, 0, 4) / 4.0;
        for (const auto& column : table.columns) {
            auto& words = own.words.emplace_back();
            const bool even = pick(random, 0, 1) != 0;
            const int same = pick(random, 0, 3) * 4;
            for (int w = 0; w < column.words; ++w) words.push_back(even ? same : pick(random, 0, 4) * 4);
        }
        costs.tables.push_back(std::move(own));
    }
    return costs;
}

double cost_of(const Costs& costs, const Row& row) {
    const auto& own = costs.tables[batches];
    const auto word = [&](int column, int w) {
        return w < 0 ? 0 : own.words[static_cast<std::size_t>(column)][static_cast<std::size_t>(w)];
    };
    double cost = own.record + word(rank, row.rank) + word(flour, row.flour);
    for (int i = 0; i < 5; ++i)
        if ((row.has >> i) & 1) cost += word(extras, i);
    return cost;
}

double cost_of(const Costs& costs, const CourseRow& row) {
    const auto& own = costs.tables[courses];
    return own.record + (row.topic < 0 ? 0 : own.words[topic][static_cast<std::size_t>(row.topic)]);
}

/// Every batch there could be; numbers on and between all ends that conditions have.
std::vector<Row> every_batch() {
    std::vector<Row> rows;
    for (int r = -1; r < 3; ++r)
        for (int f = -1; f < 4; ++f)
            for (std::uint64_t has = 0; has <= 32; ++has)
                for (int n = -1; n <= 22; ++n) {
                    Row row;
                    row.rank = r;
                    row.flour = f;
                    row.known = has < 32 ? 31 : 0;
                    row.has = has < 32 ? has : 0;
                    if (n >= 0) row.loaves = n / 2.0;
                    rows.push_back(row);
                }
    return rows;
}

void gather(const Criterion& criterion, std::vector<Condition>& found, bool& negated) {
    if (const auto* f = std::get_if<Some>(&criterion.form); f && f->table == batches) found.push_back(f->where);
    if (const auto* f = std::get_if<Duration>(&criterion.form)) found.push_back(f->where);
    if (const auto* f = std::get_if<Longest>(&criterion.form)) found.push_back(f->where);
    if (const auto* f = std::get_if<Distinct>(&criterion.form); f && f->table == batches) found.push_back(f->where);
    if (const auto* f = std::get_if<Count>(&criterion.form)) {
        found.push_back(f->where);
        for (const auto& nested : f->of_which) found.push_back(all({f->where, nested.where}));
    }
    if (const auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
        for (const auto& part : f->of) gather(part, found, negated);
    if (const auto* f = std::get_if<NotCriterion>(&criterion.form)) {
        negated = true;
        gather(f->of.front(), found, negated);
    }
}

void even_days(Criterion& criterion) {
    if (auto* f = std::get_if<Duration>(&criterion.form)) f->required = std::round(f->required / 100) * 100;
    if (auto* f = std::get_if<Longest>(&criterion.form)) f->required = std::ceil(f->required / 100) * 100;
    if (auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
        for (auto& part : f->of) even_days(part);
    if (auto* f = std::get_if<NotCriterion>(&criterion.form)) even_days(f->of.front());
}

/// Rows whose periods begin and end on a grid of a hundred days.
std::vector<Row> rows_on_grid(Random& random, int most) {
    auto rows = random_rows(random, 1, most);
    for (auto& row : rows) {
        if (row.start != no_day) row.start = 100 * pick(random, 2, 11) + 1;
        row.end = pick(random, 0, 2) == 0 ? no_day : row.start == no_day ? 1000 : row.start + 100 * pick(random, 1, 4) - 1;
    }
    return rows;
}

struct Person {
    std::vector<Row> rows;
    std::vector<CourseRow> taken;
};

/// The person with time standing still: nothing counts later that does not count now.
Person frozen(const Person& person) {
    Person still;
    for (auto row : person.rows) {
        if (row.start != no_day && row.start > today) row.rank = row.flour = -2;
        if (row.end == no_day || row.end > today) row.end = today;
        still.rows.push_back(row);
    }
    for (const auto& row : person.taken)
        if (row.day == no_day || row.day <= today) still.taken.push_back(row);
    return still;
}

bool runs(const Row& row) { return row.start != no_day && row.start <= today && (row.end == no_day || row.end > today); }

struct NewBatch {
    Row row;
    int days = 0;
};

/// The person after additions: new days one after the other.
Person after(const Person& person, const std::vector<NewBatch>& made, const std::vector<CourseRow>& took,
             const std::vector<std::pair<std::size_t, int>>& going_on) {
    auto now = frozen(person);
    Day last = today;
    int order = 1000;
    for (const auto& [at, days] : going_on) {
        auto& row = now.rows[at];
        if (row.order < 0) row.order = order++;
        auto more = row;
        more.start = last + 1;
        more.end = last += days;
        now.rows.push_back(more);
    }
    for (auto [row, days] : made) {
        row.order = order++;
        row.checked = 2;
        row.start = row.end = no_day;
        if (days > 0) {
            row.start = last + 1;
            row.end = last += days;
        }
        now.rows.push_back(row);
    }
    now.taken.insert(now.taken.end(), took.begin(), took.end());
    std::erase_if(now.rows, [](const Row& row) { return row.rank == -2; });
    return now;
}

bool meets(const Assessment& a, int person, int sheet) {
    const auto& sheets = a.plan->sheets;
    const auto& wanted = sheets[static_cast<std::size_t>(sheet)];
    for (std::size_t s = 0; s < sheets.size(); ++s) {
        const bool below = a.plan->framework.cumulative && sheets[s].specialty == wanted.specialty &&
                           sheets[s].level < wanted.level;
        const auto at = static_cast<std::size_t>(person) * sheets.size() + s;
        if ((below || static_cast<int>(s) == sheet) && a.status[at] != Truth::yes) return false;
    }
    return true;
}

struct Crowd {
    std::vector<Row> rows;
    std::vector<CourseRow> taken;
    int people = 0;

    void add(const Person& person) {
        for (auto row : person.rows) {
            row.person = people;
            rows.push_back(row);
        }
        for (auto row : person.taken) {
            row.person = people;
            taken.push_back(row);
        }
        ++people;
    }
    /// Whether each one meets the sheet, and with cumulative levels those below.
    std::vector<bool> reach(const Framework& f, int sheet) const {
        const auto s = store(people, rows, taken);
        auto options = asked();
        options.as_of = late;
        const auto a = assessed(f, s, options);
        std::vector<bool> found;
        for (int p = 0; p < people; ++p)
            found.push_back(meets(a, p, sheet));
        return found;
    }
};

/// A person after one way of additions; without the addition number `left_out`.
Person applied(const Person& person, const std::vector<NewRecord>& records, const Way& way, int left_out = -1) {
    std::vector<NewBatch> made;
    std::vector<CourseRow> took;
    std::vector<std::pair<std::size_t, int>> going_on;
    for (std::size_t i = 0; i < way.additions.size(); ++i) {
        const auto& addition = way.additions[i];
        for (int n = static_cast<int>(i) == left_out ? 1 : 0; n < addition.count; ++n) {
            const int days = static_cast<int>(addition.days);
            if (addition.record < 0) {
                going_on.emplace_back(addition.row, days);
            } else if (addition.table == courses) {
                CourseRow row;
                for (const auto& cell : records[static_cast<std::size_t>(addition.record)].cells)
                    if (cell.column == topic) row.topic = cell.word;
                took.push_back(row);
            } else {
                Row row;
                for (const auto& cell : records[static_cast<std::size_t>(addition.record)].cells) {
                    if (cell.column == rank) row.rank = cell.word;
                    if (cell.column == flour) row.flour = cell.word;
                    if (cell.column == loaves) row.loaves = cell.number;
                    if (cell.column == extras) {
                        row.has = cell.items;
                        row.known = 31;
                    }
                }
                made.push_back({row, days});
            }
        }
    }
    return after(person, made, took, going_on);
}

/// The least cost of a few records, each with days on a coarse grid, by trying them all.
double brute(const Framework& f, const Person& person, const Costs& costs, int sheet) {
    std::vector<Condition> conditions;
    bool negated = false;
    for (const auto& other : f.sheets)
        for (const auto& item : other.criteria) gather(item.criterion, conditions, negated);
    for (const auto& deeming : f.deemings) gather(deeming.when, conditions, negated);

    // of records that say the same to every condition the cheapest
    static const auto batch_list = every_batch();
    static const auto batch_store = store(1, batch_list);
    const auto& table = batch_store.evidence->tables[batches];
    std::map<std::vector<int>, std::size_t> kinds;
    for (std::size_t i = 0; i < batch_list.size(); ++i) {
        std::vector<int> says{batch_list[i].flour};
        bool any_yes = false;
        for (const auto& where : conditions) {
            const auto truth = tassei::truth(where, table, static_cast<std::int64_t>(i));
            any_yes = any_yes || truth == Truth::yes;
            says.push_back(negated ? static_cast<int>(truth) : truth == Truth::yes ? 1 : 0);
        }
        if (!any_yes) continue;
        const auto [at, fresh] = kinds.try_emplace(says, i);
        if (!fresh && cost_of(costs, batch_list[i]) < cost_of(costs, batch_list[at->second])) at->second = i;
    }
    const auto dominated = [&](const auto& less, const auto& more) {
        if (negated || less.first == more.first || cost_of(costs, batch_list[more.second]) > cost_of(costs, batch_list[less.second]))
            return false;
        if (less.first[0] >= 0 && less.first[0] != more.first[0]) return false;
        for (std::size_t i = 1; i < less.first.size(); ++i)
            if (less.first[i] > more.first[i]) return false;
        return cost_of(costs, batch_list[more.second]) < cost_of(costs, batch_list[less.second]) || more.first > less.first;
    };
    std::vector<Row> made;
    for (const auto& kind : kinds) {
        bool drop = false;
        for (const auto& other : kinds) drop = drop || dominated(kind, other);
        if (!drop) made.push_back(batch_list[kind.second]);
    }
    std::ranges::stable_sort(made, {}, [&](const Row& row) { return cost_of(costs, row); });
    if (made.size() > 16) made.resize(16);

    struct Try {
        std::vector<NewBatch> made;
        std::vector<CourseRow> took;
        std::vector<std::pair<std::size_t, int>> going_on;
        double cost = 0;
    };
    std::vector<Try> tries{{}};
    const auto grow = [&](const auto& next) {
        const auto before = tries;
        for (const auto& one : before) next(one);
    };
    for (std::size_t r = 0; r < person.rows.size(); ++r)
        if (runs(person.rows[r]) && tries.size() < 40)
            grow([&](const Try& one) {
                for (const int days : {100, 200, 300, 400, 500}) {
                    auto more = one;
                    more.going_on.emplace_back(r, days);
                    more.cost += costs.tables[batches].day * days;
                    tries.push_back(more);
                }
            });
    const auto idle = tries;
    std::vector<Try> batches_made{{}};
    std::vector<std::pair<Try, std::size_t>> layer{{{}, 0}};
    for (int n = 0; n < 3; ++n) {
        std::vector<std::pair<Try, std::size_t>> deeper;
        for (const auto& [one, from] : layer)
            for (std::size_t i = from; i < made.size(); ++i)
                for (const int days : {0, 100, 200, 300, 400, 500}) {
                    if (n == 2 && days > 0) break;
                    auto more = one;
                    more.made.push_back({made[i], days});
                    more.cost += cost_of(costs, made[i]) + costs.tables[batches].day * days;
                    batches_made.push_back(more);
                    if (deeper.size() < 3000) deeper.emplace_back(more, i);
                }
        layer = std::move(deeper);
    }
    std::vector<Try> whole;
    for (const auto& one : batches_made)
        for (const auto& still : idle) {
            if (whole.size() > 8000) break;
            auto both = still;
            both.made = one.made;
            both.cost += one.cost;
            whole.push_back(both);
        }
    const auto without_courses = whole;
    std::vector<std::vector<CourseRow>> course_lists;
    for (int a = 0; a < 6; ++a) {
        course_lists.push_back({{0, a, no_day}});
        for (int b = a; b < 6; ++b) {
            course_lists.push_back({{0, a, no_day}, {0, b, no_day}});
            for (int c = b; c < 6; ++c) course_lists.push_back({{0, a, no_day}, {0, b, no_day}, {0, c, no_day}});
        }
    }
    std::ranges::stable_sort(course_lists, {}, [&](const auto& list) {
        double cost = 0;
        for (const auto& row : list) cost += cost_of(costs, row);
        return cost;
    });
    for (const auto& list : course_lists)
        for (const auto& one : without_courses) {
            if (whole.size() > 30000) break;
            auto both = one;
            both.took = list;
            for (const auto& row : list) both.cost += cost_of(costs, row);
            whole.push_back(both);
        }
    std::ranges::stable_sort(whole, {}, &Try::cost);
    for (std::size_t from = 0; from < whole.size(); from += 2000) {
        Crowd crowd;
        const auto to = std::min(whole.size(), from + 2000);
        for (auto i = from; i < to; ++i) crowd.add(after(person, whole[i].made, whole[i].took, whole[i].going_on));
        const auto reached = crowd.reach(f, sheet);
        for (auto i = from; i < to; ++i)
            if (reached[i - from]) return whole[i].cost;
    }
    return infinity;
}

struct Asked {
    Framework framework;
    Person person;
    Store store;
    Assessment assessment;
    Costs costs;
};

Asked random_case(Random& random, bool rising) {
    Asked asked{random_framework(random, pick(random, 2, 4), rising), {}, {}, {}, {}};
    auto& f = asked.framework;
    f.recency_days = 0;
    for (auto& sheet : f.sheets) {
        if (sheet.criteria.size() > 2) sheet.criteria.resize(2);
        for (auto& item : sheet.criteria) even_days(item.criterion);
    }
    for (auto& deeming : f.deemings) even_days(deeming.when);
    asked.person = {rows_on_grid(random, 4), random_courses(random, 1, 3)};
    asked.store = store(1, asked.person.rows, asked.person.taken);
    asked.assessment = assessed(f, asked.store);
    asked.costs = random_costs(random, f);
    return asked;
}

}  // namespace

TEST_CASE("the cheapest record is that of all records", "[gap]") {
    Random random(1);
    const auto rows = every_batch();
    const auto s = store(1, rows);
    const auto f = framework();
    int possible = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto costs = random_costs(random, f);
        const std::vector<Condition> conditions{random_condition(random, 2), random_condition(random, 2)};
        const Wish wishes[] = {{&conditions[0], true}, {&conditions[1], pick(random, 0, 2) != 0}};
        double least = infinity;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            if (cost_of(costs, rows[r]) >= least) continue;
            const auto says = [&](const Wish& wish) {
                const auto truth = tassei::truth(*wish.condition, s.evidence->tables[batches], static_cast<std::int64_t>(r));
                return truth == (wish.holds ? Truth::yes : Truth::no);
            };
            if (says(wishes[0]) && says(wishes[1])) least = cost_of(costs, rows[r]);
        }
        bool exact = true;
        const auto found = cheapest(f, batches, wishes, {}, completed(costs, batches, f.tables[batches]), exact);
        CHECK(exact);
        REQUIRE(found.has_value() == std::isfinite(least));
        if (!found) continue;
        ++possible;
        CHECK(found->cost == least);
        for (const auto& wish : wishes)
            CHECK(truth(*wish.condition, *found) == (wish.holds ? Truth::yes : Truth::no));
    }
    CHECK(possible > 1000);
}

TEST_CASE("days are spread as if every way to spread them had been tried", "[gap]") {
    Random random(2);
    int rings = 0;
    for (int i = 0; i < 3000; ++i) {
        const int demands = pick(random, 1, 3);
        std::vector<double> missing;
        for (int d = 0; d < demands; ++d) missing.push_back(pick(random, 0, 7));
        std::vector<std::uint64_t> carriers;
        for (int c = pick(random, 1, 3); c > 0; --c)
            carriers.push_back(static_cast<std::uint64_t>(pick(random, 1, (1 << demands) - 1)));
        if (std::set<std::uint64_t>(carriers.begin(), carriers.end()) == std::set<std::uint64_t>{3, 5, 6}) ++rings;
        double least = infinity;
        std::vector<double> days(3, 0);
        const auto enough = [&](const std::vector<double>& spent) {
            for (std::size_t d = 0; d < missing.size(); ++d) {
                double got = 0;
                for (std::size_t c = 0; c < carriers.size(); ++c) got += (carriers[c] >> d) & 1 ? spent[c] : 0;
                if (got < missing[d]) return false;
            }
            return true;
        };
        for (days[0] = 0; days[0] <= 7; ++days[0])
            for (days[1] = 0; days[1] <= (carriers.size() > 1 ? 7 : 0); ++days[1])
                for (days[2] = 0; days[2] <= (carriers.size() > 2 ? 7 : 0); ++days[2])
                    if (enough(days)) least = std::min(least, days[0] + days[1] + days[2]);
        const auto spent = spread_days(carriers, missing);
        REQUIRE(spent.possible == std::isfinite(least));
        if (!spent.possible) continue;
        CHECK(spent.exact);
        CHECK(enough(spent.days));
        CHECK(std::accumulate(spent.days.begin(), spent.days.end(), 0.0) == least);
    }
    CHECK(rings > 0);
}

TEST_CASE("days on three records, each of which serves two of three demands", "[gap]") {
    const std::vector<std::uint64_t> carriers{3, 5, 6};
    for (int a = 1; a <= 7; ++a)
        for (int b = 1; b <= 7; ++b)
            for (int c = 1; c <= 7; ++c) {
                INFO(a << ", " << b << " and " << c << " days");
                const auto spent = spread_days(carriers, std::vector<double>{1.0 * a, 1.0 * b, 1.0 * c});
                const auto& days = spent.days;
                CHECK(spent.exact);
                CHECK(days[0] + days[1] >= a);
                CHECK(days[0] + days[2] >= b);
                CHECK(days[1] + days[2] >= c);
                CHECK(std::ranges::min(days) >= 0);
                // no demand has more days than there are, and no day serves more than two
                CHECK(days[0] + days[1] + days[2] == std::max(std::max({a, b, c}), (a + b + c + 1) / 2));
            }
}

TEST_CASE("days on four records around four demands are enough, and not called the least", "[gap]") {
    const std::vector<std::uint64_t> carriers{0b0011, 0b0110, 0b1100, 0b1001};
    const std::vector<double> missing{3, 5, 2, 4};
    const auto spent = spread_days(carriers, missing);
    REQUIRE(spent.possible);
    CHECK_FALSE(spent.exact);
    for (std::size_t i = 0; i < missing.size(); ++i) {
        double days = 0;
        for (std::size_t c = 0; c < carriers.size(); ++c) days += (carriers[c] >> i) & 1 ? spent.days[c] : 0;
        CHECK(days >= missing[i]);
    }
}

TEST_CASE("no few records cost less than the cheapest way, which reaches the sheet and holds nothing needless",
          "[gap][slow]") {
    Random random(GENERATE(3, 4, 5, 6));
    int open = 0, closed = 0, inexact = 0, hopeless = 0, several = 0;
    for (int i = 0; i < 75; ++i) {
        const bool rising = pick(random, 0, 3) != 0;
        const auto asked = random_case(random, rising);
        const auto& a = asked.assessment;
        const std::int64_t persons[] = {0};
        const auto table = gaps(a, asked.costs, persons);
        for (std::size_t g = 0; g < table.person.size(); ++g) {
            const int sheet = table.sheet[g];
            INFO("case " << i << ", sheet " << sheet);
            ++open;
            const double tried = brute(asked.framework, asked.person, asked.costs, sheet);
            if (table.exact[g]) CHECK(table.cost[g] <= tried + 1e-9);
            else ++inexact;
            if (std::isinf(table.cost[g])) {
                ++hopeless;
                continue;
            }
            if (std::abs(table.cost[g] - tried) < 1e-9) ++closed;
            Way way;
            for (std::size_t k = 0; k < table.additions.size(); ++k)
                if (table.addition_gap[k] == static_cast<std::int64_t>(g)) way.additions.push_back(table.additions[k]);
            if (way.additions.size() > 1) ++several;
            Crowd crowd;
            crowd.add(applied(asked.person, table.records, way));
            for (std::size_t k = 0; k < way.additions.size(); ++k)
                crowd.add(applied(asked.person, table.records, way, static_cast<int>(k)));
            const auto reached = crowd.reach(asked.framework, sheet);
            CHECK(reached[0]);
            for (std::size_t k = 1; k < reached.size(); ++k) CHECK_FALSE(reached[k]);
            double sum = 0;
            for (const auto& addition : way.additions) sum += addition.cost;
            CHECK(std::abs(sum - table.cost[g]) < 1e-9);
        }
    }
    CAPTURE(open, closed, inexact, hopeless, several);
    CHECK(open > 60);
    CHECK(closed * 2 > open - hopeless);
    CHECK(inexact * 4 < open);
    CHECK(several > 5);
}
