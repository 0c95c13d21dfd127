#include <cmath>
#include <map>
#include <numeric>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/explain.hpp"
#include "tassei/ledger.hpp"

using namespace bakery;

namespace {

std::vector<int> all_sheets(const Framework& f) {
    std::vector<int> numbers(f.sheets.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

Ledger of_everybody(const Assessment& a) {
    return ledger(a, everybody(a.evidence->persons), all_sheets(a.plan->framework));
}

Ledger of_one(Criterion criterion, const std::vector<Row>& rows, Options options = asked()) {
    auto f = framework();
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    const auto s = store(1, rows);
    return of_everybody(assessed(f, s, std::move(options)));
}

using Numbers = std::vector<double>;

/// Findings of a criterion's nodes that ask records, in the order of the ledger's inquiries.
void leaves(const CriterionFinding& finding, std::vector<const CriterionFinding*>& found) {
    if (finding.table >= 0) found.push_back(&finding);
    for (const auto& part : finding.parts) leaves(part, found);
}

}  // namespace

TEST_CASE("days are added beyond those of records that started earlier") {
    const Row row{.flour = 1, .start = 100, .end = 199};
    auto inside = row;
    inside.start = 120;
    inside.end = 150;
    auto beyond = row;
    beyond.start = 150;
    beyond.end = 249;
    SECTION("united") {
        const auto found = of_one(criterion(Duration{batches, one_of(flour, {1}), 10}), {beyond, inside, row});
        CHECK(found.low == Numbers{50, 0, 100});
        CHECK(found.high == Numbers{50, 0, 100});
        CHECK(found.days == Numbers{100, 31, 100});
    }
    SECTION("added up") {
        const auto found = of_one(criterion(Duration{batches, one_of(flour, {1}), 10, false}), {beyond, inside, row});
        CHECK(found.low == Numbers{100, 31, 100});
    }
    SECTION("of the longest stretch, by which it grows") {
        auto apart = row;
        apart.start = 300;
        apart.end = 420;
        const auto found = of_one(criterion(Longest{batches, one_of(flour, {1}), 10}), {apart, inside, row});
        CHECK(found.low == Numbers{21, 0, 100});
        CHECK(found.high == Numbers{21, 0, 100});
    }
    SECTION("possibly only where a cell is blank") {
        beyond.flour = -1;
        const auto found = of_one(criterion(Duration{batches, one_of(flour, {1}, 7), 10}), {beyond, row});
        CHECK(found.low == Numbers{0, 100});
        CHECK(found.high == Numbers{50, 100});
        CHECK(found.counts == std::vector<Truth>{Truth::unknown, Truth::yes});
        CHECK(found.why == std::vector<Why>{Why::open, Why::nothing});
        CHECK(found.condition == std::vector<std::int32_t>{7, -1});
    }
    SECTION("without a start nothing is certain and nothing bounded") {
        beyond.start = no_day;
        const auto found = of_one(criterion(Duration{batches, one_of(flour, {1}), 10}), {beyond});
        CHECK(found.low == Numbers{0});
        CHECK(found.high == Numbers{infinity});
        CHECK(std::isnan(found.days.at(0)));
        CHECK(found.why == std::vector<Why>{Why::undated});
    }
}

TEST_CASE("rows of one identity are counted once, whichever is certain") {
    const auto found = of_one(criterion(Count{batches, one_of(flour, {1}), 2, {}}),
                              {{.flour = -1, .order = 4}, {.flour = 1, .order = 4}, {.flour = 1}, {.flour = 1}});
    CHECK(found.low == Numbers{0, 1, 1, 1});
    CHECK(found.high == Numbers{1, 0, 1, 1});
}

TEST_CASE("a kind is new once; a blank kind may be another, up to the kinds that there are") {
    const auto found = of_one(criterion(Distinct{batches, flour, constant(true), 2}),
                              {{.flour = 1}, {.flour = 1}, {.flour = -1}, {.flour = 2}, {.flour = -1}, {.flour = -1}});
    CHECK(found.low == Numbers{1, 0, 0, 1, 0, 0});
    CHECK(found.high == Numbers{1, 0, 1, 1, 1, 0});
    CHECK(found.why.at(2) == Why::kind);
    CHECK(found.counts.at(2) == Truth::unknown);
}

TEST_CASE("the first failing part is the reason, and nothing open beside it") {
    const auto where = all({one_of(rank, {2}, 1), all({one_of(flour, {0}, 3), contains(extras, 3, 1, 4)}, 2)}, 0);
    const auto reason = [&](const Row& row) {
        const auto found = of_one(criterion(Some{batches, where}), {row});
        return std::pair{found.why.at(0), found.condition.at(0)};
    };
    CHECK(reason({.rank = 2, .flour = 0, .has = 1, .known = 31}) == std::pair{Why::nothing, -1});
    CHECK(reason({.rank = 1, .flour = 1, .has = 1, .known = 31}) == std::pair{Why::failed, 1});
    CHECK(reason({.rank = -1, .flour = 1, .has = 1, .known = 31}) == std::pair{Why::failed, 3});
    CHECK(reason({.rank = 2, .flour = -1, .has = 0, .known = 31}) == std::pair{Why::failed, 4});
    CHECK(reason({.rank = -1, .flour = -1, .has = 1, .known = 31}) == std::pair{Why::open, 1});
    CHECK(reason({.rank = 2, .flour = -1, .has = 0, .known = 0}) == std::pair{Why::open, 3});
}

TEST_CASE("of alternatives no single one is the reason, but the name above them") {
    const auto either = any({one_of(rank, {2}, 1), one_of(flour, {0}, 2)}, 3);
    const auto named = at_least(1, {either}, 4);
    const Row row{.rank = 0, .flour = 1};
    CHECK(of_one(criterion(Some{batches, either}), {row}).condition.at(0) == 3);
    CHECK(of_one(criterion(Some{batches, named}), {row}).condition.at(0) == 4);
    CHECK(of_one(criterion(Some{batches, at_least(1, {one_of(rank, {2}, 1)}, 4)}), {row}).condition.at(0) == 1);
}

TEST_CASE("dates and verification come before cells") {
    const auto where = one_of(rank, {2}, 1);
    const auto reason = [&](const Row& row) {
        return of_one(criterion(Some{batches, where}), {row}, asked(1, {2, -1})).why.at(0);
    };
    CHECK(reason({.rank = 0, .start = 1001, .checked = 2}) == Why::late);
    CHECK(reason({.rank = 0, .start = 900, .checked = 0}) == Why::failed);
    CHECK(reason({.rank = -1, .start = 900, .checked = 0}) == Why::weak);
    CHECK(reason({.rank = 2, .start = 900, .checked = 2}) == Why::nothing);
}

TEST_CASE("a ledger of random sheets adds up to the criteria and agrees with the explanations") {
    for (unsigned seed = 0; seed < 150; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const auto f = random_framework(random, 4);
        const int persons = 6;
        const auto s = store(persons, random_rows(random, persons, 6), random_courses(random, persons, 3));
        const auto a = assessed(f, s, asked(1, {pick(random, -1, 2), -1}));
        const auto found = of_everybody(a);
        auto apart = a;
        apart.options.threads = 3;
        const auto threaded = of_everybody(apart);
        CHECK(threaded.row == found.row);
        CHECK(threaded.low == found.low);
        CHECK(threaded.condition == found.condition);

        // by person and inquiry: the rows
        std::map<std::pair<int, int>, std::vector<std::size_t>> rows;
        for (std::size_t i = 0; i < found.row.size(); ++i)
            rows[{found.person[i], found.inquiry[i]}].push_back(i);
        for (int p = 0; p < persons; ++p) {
            int inquiry = 0;
            for (int number = 0; number < static_cast<int>(f.sheets.size()); ++number) {
                const auto sheet = explain(a, p, number);
                std::vector<const CriterionFinding*> asked_of;
                for (const auto& part : sheet.criteria) leaves(part, asked_of);
                for (const auto& part : sheet.deemings) leaves(part, asked_of);
                for (const auto* finding : asked_of) {
                    const auto& mine = rows[{p, inquiry++}];
                    REQUIRE(mine.size() == finding->records.size());
                    Range sum;
                    for (std::size_t r = 0; r < mine.size(); ++r) {
                        const auto& record = finding->records[r];
                        const auto i = mine[r];
                        CHECK(found.row[i] == record.row);
                        CHECK(found.counts[i] == record.counts);
                        CHECK((found.why[i] == Why::nothing) == (record.counts == Truth::yes));
                        sum.low += found.low[i];
                        sum.high += found.high[i];
                        if (found.why[i] == Why::failed) CHECK(record.condition == Truth::no);
                    }
                    CHECK(sum.low == finding->found.low);
                    if (s.evidence->tables[static_cast<std::size_t>(finding->table)].supplied)
                        CHECK(sum.high == finding->found.high);
                }
            }
            CHECK(inquiry == static_cast<int>(found.inquiries.size()));
        }
    }
}

TEST_CASE("nobody has no rows, and there are only so many persons and sheets") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)})}));
    const auto s = store(2, {{.person = 1}}, std::nullopt);
    const auto a = assessed(f, s);
    const std::vector<int> sheets{0};
    CHECK(ledger(a, {}, sheets).row.empty());
    CHECK(ledger(a, std::vector<std::int64_t>{0}, sheets).row.empty());
    CHECK(ledger(a, std::vector<std::int64_t>{1}, sheets).row.size() == 1);
    CHECK(ledger(a, std::vector<std::int64_t>{1}, {}).row.empty());
    CHECK_THROWS_AS(ledger(a, std::vector<std::int64_t>{2}, sheets), AssessError);
    CHECK_THROWS_AS(ledger(a, std::vector<std::int64_t>{0}, std::vector<int>{1}), AssessError);
}
