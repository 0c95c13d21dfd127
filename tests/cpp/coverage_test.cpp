#include <map>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/coverage.hpp"
#include "tassei/explain.hpp"

using namespace bakery;

namespace {

using Counts = std::map<int, Tally>;

void number(Condition& condition, int& next) {
    condition.id = next++;
    if (auto* group = std::get_if<AtLeast>(&condition.form))
        for (auto& part : group->of) number(part, next);
    if (auto* negated = std::get_if<Not>(&condition.form)) number(negated->of.front(), next);
}

void number(Criterion& criterion, int& next) {
    criterion.id = next++;
    if (auto* f = std::get_if<Some>(&criterion.form)) number(f->where, next);
    if (auto* f = std::get_if<Duration>(&criterion.form)) number(f->where, next);
    if (auto* f = std::get_if<Longest>(&criterion.form)) number(f->where, next);
    if (auto* f = std::get_if<Distinct>(&criterion.form)) number(f->where, next);
    if (auto* f = std::get_if<Count>(&criterion.form)) {
        number(f->where, next);
        for (auto& nested : f->of_which) number(nested.where, next);
    }
    if (auto* f = std::get_if<AtLeastCriteria>(&criterion.form))
        for (auto& part : f->of) number(part, next);
    if (auto* f = std::get_if<NotCriterion>(&criterion.form)) number(f->of.front(), next);
}

void gather(const CriterionFinding& finding, Counts& counts) {
    ++counts[finding.id][static_cast<std::size_t>(finding.truth)];
    for (const auto& part : finding.parts) gather(part, counts);
}

std::int64_t at(const std::vector<Tally>& tallies, int id, Truth truth) {
    const auto i = static_cast<std::size_t>(id);
    return i < tallies.size() ? tallies[i][static_cast<std::size_t>(truth)] : 0;
}

}  // namespace

TEST_CASE("coverage counts what explanations say of each criterion") {
    Random random(11);
    for (int round = 0; round < 60; ++round) {
        auto f = random_framework(random, 4);
        int next = 0;
        for (auto& made : f.sheets)
            for (auto& item : made.criteria) number(item.criterion, next);
        f.deemings.clear();
        const auto s = store(12, random_rows(random, 12, 4), random_courses(random, 12, 3));
        const auto a = assessed(f, s, asked(2));
        const auto found = coverage(a);
        Counts expected;
        for (int p = 0; p < 12; ++p)
            for (int i = 0; i < 4; ++i)
                for (const auto& finding : explain(a, p, i).criteria) gather(finding, expected);
        for (const auto& [id, tally] : expected)
            for (const auto truth : {Truth::no, Truth::unknown, Truth::yes})
                if (id >= 0) CHECK(at(found.people, id, truth) == tally[static_cast<std::size_t>(truth)]);
    }
}

TEST_CASE("conditions are judged node by node, of records that may count") {
    Row low, high, blank, late;
    low.rank = 0;
    high.rank = 2;
    high.loaves = 5;
    late.rank = 2;
    low.start = high.start = blank.start = 0;
    late.start = 1001;  // after the as-of date
    auto where = any({one_of(rank, {2}, 1), contains(extras, 1, 1, 2)}, 0);
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, where})}));
    const auto s = store(1, {low, high, blank, late});
    const auto found = coverage(assessed(f, s));
    CHECK(found.records.at(1) == Tally{1, 1, 1});
    CHECK(found.records.at(2) == Tally{0, 3, 0});
    CHECK(found.records.at(0) == Tally{0, 2, 1});
    // records that are verified too weakly may count
    CHECK(coverage(assessed(f, s, asked(1, {1, -1}))).records.at(1) == Tally{1, 1, 1});
}

TEST_CASE("a table that was not supplied covers no condition") {
    auto f = framework();
    auto asked_of = criterion(Some{courses, one_of(topic, {1}, 1)});
    asked_of.id = 0;
    f.sheets.push_back(sheet(1, {asked_of}));
    const auto s = store(2, {}, std::nullopt);
    const auto found = coverage(assessed(f, s));
    CHECK(found.people.at(0) == Tally{0, 2, 0});
    CHECK(found.records.empty());
}
