#include <algorithm>
#include <set>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

Framework asking(Criterion criterion) {
    auto f = framework();
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    return f;
}

CriterionFinding finding(Criterion criterion, const std::vector<Row>& rows, Options options = asked(), int recency = 0) {
    auto f = asking(std::move(criterion));
    f.recency_days = recency;
    const auto s = store(1, rows);
    return explain(assessed(f, s, std::move(options)), 0, 0).criteria.at(0);
}

RecordFinding why(Condition where, Row row) {
    return finding(criterion(Some{batches, std::move(where)}), {row}).records.at(0);
}

std::vector<int> blamed(const RecordFinding& record) {
    std::vector<int> ids;
    for (const auto& obstacle : record.obstacles) ids.push_back(obstacle.id);
    return ids;
}

void number(Condition& condition, int& next) {
    condition.id = next++;
    if (auto* group = std::get_if<AtLeast>(&condition.form))
        for (auto& part : group->of) number(part, next);
}

void gather_tests(const Condition& condition, std::vector<int>& tests) {
    const auto* group = std::get_if<AtLeast>(&condition.form);
    if (group == nullptr) tests.push_back(condition.id);
    else for (const auto& part : group->of) gather_tests(part, tests);
}

/// The condition as it would be if these tests had turned out well.
Condition turned(Condition condition, const std::set<int>& tests) {
    if (auto* group = std::get_if<AtLeast>(&condition.form)) {
        for (auto& part : group->of) part = turned(part, tests);
    } else if (tests.contains(condition.id)) {
        condition.form = Constant{true};
    }
    return condition;
}

}  // namespace

TEST_CASE("only what fails is to blame") {
    const auto where = all({one_of(rank, {2}, 1), one_of(flour, {0}, 2), contains(extras, 3, 1, 3)}, 0);
    const Row good{.rank = 2, .flour = 0, .has = 1, .known = 31};
    CHECK(why(where, good).obstacles.empty());
    CHECK(why(where, good).truth == Truth::yes);
    auto row = good;
    row.flour = 1;
    CHECK(blamed(why(where, row)) == std::vector<int>{0, 2});
    CHECK(why(where, row).shortfall == 1);
    SECTION("what is merely unknown is not to blame for what fails") {
        row.rank = -1;
        CHECK(blamed(why(where, row)) == std::vector<int>{0, 2});
        CHECK(why(where, row).shortfall == 2);
    }
    SECTION("what is unknown is to blame for what is unknown") {
        row = good;
        row.rank = -1;
        const auto record = why(where, row);
        CHECK(record.truth == Truth::unknown);
        CHECK(blamed(record) == std::vector<int>{0, 1});
    }
    SECTION("parts come after the group that they fail, one deeper") {
        const auto deep = all({any({one_of(rank, {0}, 2), one_of(rank, {1}, 3)}, 1), one_of(flour, {0}, 4)}, 0);
        const auto record = why(deep, good);
        CHECK(blamed(record) == std::vector<int>{0, 1, 2, 3});
        std::vector<int> depths;
        for (const auto& obstacle : record.obstacles) depths.push_back(obstacle.depth);
        CHECK(depths == std::vector<int>{0, 1, 2, 2});
    }
    SECTION("a negation is named, not what it negates") {
        auto opposite = negation(one_of(rank, {2}, 2));
        opposite.id = 1;
        CHECK(blamed(why(all({opposite}, 0), good)) == std::vector<int>{0, 1});
    }
}

TEST_CASE("had what is blamed turned out well the record would count; the rest alone would not help") {
    Random random(17);
    for (int round = 0; round < 400; ++round) {
        auto where = random_condition(random, 3);
        int next = 0;
        number(where, next);
        std::vector<int> tests;
        gather_tests(where, tests);
        const auto row = random_row(random, 0);
        const auto s = store(1, {row});
        const auto& table = s.evidence->tables[batches];
        const auto record = [&] {
            auto f = framework();
            f.specialties[0].grade_table = -1;
            f.sheets.push_back(sheet(1, {criterion(Constant{true})}));
            f.deemings.push_back({criterion(Some{batches, where}), {0}});
            try {
                return std::optional(explain(assessed(f, s), 0, 0).deemings.at(0).records.at(0));
            } catch (const FrameworkError&) {
                return std::optional<RecordFinding>{};  // too many alternatives
            }
        }();
        if (!record) continue;
        const auto holds = truth(where, table, 0);
        REQUIRE(record->condition == holds);
        REQUIRE(record->obstacles.empty() == (holds == Truth::yes));

        const std::set<int> every(tests.begin(), tests.end());
        const bool can_hold = truth(turned(where, every), table, 0) == Truth::yes;
        std::set<int> named;
        for (const auto& obstacle : record->obstacles) {
            REQUIRE(obstacle.truth == holds);
            if (every.contains(obstacle.id)) named.insert(obstacle.id);
        }
        std::set<int> others;
        std::ranges::set_difference(every, named, std::inserter(others, others.end()));
        if (can_hold) REQUIRE(truth(turned(where, named), table, 0) > std::min(holds, Truth::unknown));
        if (holds == Truth::no) REQUIRE(truth(turned(where, others), table, 0) == Truth::no);

        if (!can_hold || tests.size() > 10) continue;
        std::size_t fewest = tests.size();
        for (unsigned way = 0; way < (1u << tests.size()); ++way) {
            std::set<int> some;
            for (std::size_t i = 0; i < tests.size(); ++i)
                if ((way >> i) & 1) some.insert(tests[i]);
            if (some.size() < fewest && truth(turned(where, some), table, 0) == Truth::yes) fewest = some.size();
        }
        REQUIRE(record->shortfall == static_cast<int>(fewest));
    }
}

TEST_CASE("of alternatives the nearest one counts as the shortfall") {
    const auto where = any({one_of(rank, {2}), all({one_of(flour, {0}), contains(extras, 3, 1)})});
    CHECK(why(where, Row{.rank = 0, .flour = 1, .has = 0, .known = 31}).shortfall == 1);
    CHECK(why(where, Row{.rank = 2}).shortfall == 0);
}

TEST_CASE("a record has the highest grade whose condition it meets, and may have a higher one") {
    auto f = asking(criterion(Some{batches, constant(true)}));
    f.specialties[0].grade_table = batches;
    f.specialties[0].grades = {{1, one_of(rank, {0, 1, 2})}, {2, one_of(rank, {1, 2})}, {5, one_of(flour, {3})}};
    const auto s = store(1, {Row{.rank = 1, .flour = 0}, Row{.rank = 0}, Row{}, Row{.rank = 0, .flour = 3}});
    const auto records = explain(assessed(f, s), 0, 0).criteria.at(0).records;
    std::vector<std::pair<int, int>> grades;
    for (const auto& record : records) grades.emplace_back(record.grade, record.possible_grade);
    CHECK(grades == std::vector<std::pair<int, int>>{{2, 2}, {1, 5}, {0, 5}, {5, 5}});
    SECTION("only records of the table that is graded have one") {
        f.specialties[0].grade_table = courses;
        f.specialties[0].grades = {{1, one_of(topic, {0})}};
        CHECK(explain(assessed(f, s), 0, 0).criteria.at(0).records.at(0).possible_grade == 0);
    }
}

TEST_CASE("nested counts are parts") {
    const auto nested = criterion(Count{batches, one_of(rank, {1, 2}), 2, {{one_of(rank, {2}, 7), 1}}});
    const auto found = finding(nested, {Row{.rank = 1}, Row{.rank = 1}});
    CHECK(found.truth == Truth::no);
    CHECK(found.found.low == 2);
    CHECK(found.required == 2);
    REQUIRE(found.parts.size() == 1);
    CHECK(found.parts[0].found.high == 0);
    CHECK(found.parts[0].required == 1);
    CHECK(found.parts[0].truth == Truth::no);
    CHECK(found.parts[0].records.size() == 2);
    CHECK(finding(nested, {Row{.rank = 1}, Row{.rank = 2}}).truth == Truth::yes);
    CHECK(finding(nested, {Row{.rank = 1}, Row{.rank = -1}}).truth == Truth::unknown);
}

TEST_CASE("a record tells what its cells say apart from what its days and verification say") {
    const auto days = criterion(Duration{batches, one_of(rank, {2}), 10, true});
    const auto of = [&](Row row, std::vector<int> verification = {}, int recency = 0) {
        return finding(days, {row}, asked(1, std::move(verification)), recency).records.at(0);
    };
    CHECK(of({.rank = 2, .start = 1, .end = 4}).days == 4);
    CHECK(of({.rank = 2, .start = 999, .end = 2000}).days == 2);
    CHECK(of({.rank = 2}).days == infinity);
    CHECK(of({.rank = 2, .start = 1, .end = 950}, {}, 100).days == 50);
    const auto later = of({.rank = 2, .start = 1001});
    CHECK(later.condition == Truth::yes);
    CHECK(later.standing.counts == Truth::no);
    CHECK(later.truth == Truth::no);
    const auto weak = of({.rank = 2, .start = 1, .checked = 0}, {1, -1});
    CHECK(weak.weakly_verified);
    CHECK(weak.condition == Truth::yes);
    CHECK(weak.truth == Truth::unknown);
    CHECK_FALSE(of({.rank = 2, .start = 1, .checked = 1}, {1, -1}).weakly_verified);
    const auto both = of({.rank = 1, .start = 1, .checked = 0}, {1, -1});
    CHECK(both.truth == Truth::no);
}

TEST_CASE("a table that was not supplied has no records to tell of") {
    const auto f = asking(criterion(Count{courses, constant(true), 2, {}}));
    const auto s = store(1, {}, std::nullopt);
    const auto found = explain(assessed(f, s), 0, 0).criteria.at(0);
    CHECK(found.records.empty());
    CHECK(found.table == courses);
    CHECK(found.truth == Truth::unknown);
    CHECK(found.found.high == infinity);
}

TEST_CASE("explanations agree with the assessment, of everybody and everything") {
    Random random(7);
    for (int round = 0; round < 40; ++round) {
        const auto f = random_framework(random, 8);
        auto taken = std::optional(random_courses(random, 40, 3));
        if (round % 5 == 4) taken.reset();
        const auto s = store(40, random_rows(random, 40, 6), taken);
        const auto a = assessed(f, s, asked(2, {pick(random, -1, 2), -1}));
        const auto table = criteria(a, everybody(40));
        for (std::int64_t p = 0; p < 40; ++p) {
            Eigen::Index column = 0;
            for (int i = 0; i < 8; ++i) {
                const auto found = explain(a, p, i);
                REQUIRE(found.truth == a.status[static_cast<std::size_t>(p * 8 + i)]);
                REQUIRE(found.basis == a.basis[static_cast<std::size_t>(p * 8 + i)]);
                for (const auto& part : found.criteria) {
                    REQUIRE(part.found.low == table.low(p, column));
                    REQUIRE(part.found.high == table.high(p, column));
                    REQUIRE(part.truth == table.status[static_cast<std::size_t>(p * table.low.cols() + column)]);
                    ++column;
                }
            }
        }
    }
}

TEST_CASE("questions about nobody and nothing are refused") {
    const auto f = asking(criterion(Constant{true}));
    const auto s = store(1, {});
    const auto a = assessed(f, s);
    CHECK_THROWS_AS(explain(a, 1, 0), AssessError);
    CHECK_THROWS_AS(explain(a, -1, 0), AssessError);
    CHECK_THROWS_AS(explain(a, 0, 1), AssessError);
    CHECK_THROWS_AS(explain(a, 0, -1), AssessError);
}
