#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"

using namespace bakery;

TEST_CASE("equal quantities of different sheets are aggregated once") {
    auto f = framework();
    const auto where = one_of(rank, {2});
    f.sheets.push_back(sheet(2, {criterion(Duration{batches, where, 10, true}), criterion(Some{batches, where})}));
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, all({where}), 5, true})}));
    f.deemings.push_back({criterion(Some{batches, where}), {0}});
    const auto plan = compile(f);
    CHECK(plan.aggregates.size() == 2);
    CHECK(plan.banks.size() == 1);
    CHECK(plan.banks[0].lanes == 1);
}

TEST_CASE("what is asked of quantities stays apart where quantities are shared") {
    auto f = framework();
    const auto where = one_of(rank, {2});
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, where, 10, true}),
                                 criterion(Duration{batches, where, 5, true}), criterion(Count{batches, where, 3, {}}), criterion(Some{batches, where}),
                                 criterion(Distinct{courses, topic, constant(true), 4}), criterion(Constant{false}),
                                 criterion(OtherSheet{1}), criterion(AtLeastCriteria{2, {}})}));
    f.sheets.push_back(sheet(2, {}));
    const auto plan = compile(f);
    std::vector<double> required;
    for (const auto& c : plan.criteria) required.push_back(c.required);
    CHECK(required == std::vector<double>{10, 5, 3, 1, 4, 1, 1, 1});
}

TEST_CASE("sums and unions of one lane are two quantities") {
    auto f = framework();
    const auto where = one_of(rank, {2});
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, where, 10, true}),
                                 criterion(Duration{batches, where, 10, false})}));
    const auto plan = compile(f);
    CHECK(plan.aggregates.size() == 2);
    CHECK(plan.banks[0].lanes == 1);
    CHECK(plan.banks[0].united == plan.banks[0].summed);
}

TEST_CASE("kinds of two columns are two quantities") {
    auto f = framework();
    f.tables[courses].columns.push_back({"teacher", ColumnType::category, 3});
    f.sheets.push_back(sheet(1, {criterion(Distinct{courses, topic, constant(true), 2}),
                                 criterion(Distinct{courses, 2, constant(true), 2})}));
    const auto plan = compile(f);
    REQUIRE(plan.aggregates.size() == 2);
    CHECK(plan.aggregates[0].most == 6);
    CHECK(plan.aggregates[1].most == 3);
}

TEST_CASE("a nested count counts what satisfies both") {
    auto f = framework();
    const auto outer = one_of(rank, {1, 2});
    const auto inner = one_of(flour, {0});
    f.sheets.push_back(sheet(1, {criterion(Count{batches, outer, 3, {{inner, 1}, {inner, 2}}}),
                                 criterion(Count{batches, all({inner, outer}), 5, {}})}));
    const auto plan = compile(f);
    REQUIRE(plan.aggregates.size() == 2);  // outer, and both: shared with the other criterion
    const auto& node = plan.nodes[static_cast<std::size_t>(plan.criteria[0].node)];
    CHECK(node.required == 3);
    REQUIRE(node.children == 2);
    const auto part = [&](int i) {
        const auto at = plan.children[static_cast<std::size_t>(node.first_child + i)];
        return plan.nodes[static_cast<std::size_t>(at)];
    };
    CHECK(part(0).required == 1);
    CHECK(part(1).required == 2);
    const auto& other = plan.nodes[static_cast<std::size_t>(plan.criteria[1].node)];
    CHECK(part(0).index == other.index);
    CHECK(part(1).index == other.index);
    CHECK(node.index != other.index);
}

TEST_CASE("each table has banks of its own") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)}),
                                 criterion(Some{courses, constant(true)})}));
    const auto plan = compile(f);
    REQUIRE(plan.banks.size() == 2);
    CHECK(plan.banks[0].table != plan.banks[1].table);
}

TEST_CASE("ladders rise, each specialty's own") {
    auto f = framework();
    f.specialties.push_back({"cake", -1, {}});
    f.specialties.push_back({"nothing", -1, {}});
    for (const int level : {6, 3, 5, 4}) f.sheets.push_back(sheet(level, {}));
    f.sheets[1].specialty = 1;
    f.sheets[2].specialty = 1;
    const auto plan = compile(f);
    CHECK(plan.ladder == std::vector<std::vector<int>>{{3, 0}, {1, 2}, {}});
}

TEST_CASE("criteria, weights and deemings stand with their sheets") {
    auto f = framework();
    const auto yes = criterion(Constant{true});
    f.sheets.push_back(sheet(1, {yes, yes}));
    f.sheets.push_back(sheet(2, {}));
    f.sheets.push_back(sheet(3, {yes}));
    f.sheets[0].criteria[1].weight = 0.5;
    f.sheets[2].criteria[0].weight = 0;
    f.deemings.push_back({yes, {0, 2}});
    f.deemings.push_back({criterion(OtherSheet{1}), {0}});
    const auto plan = compile(f);
    CHECK(plan.weights == std::vector<double>{1, 0.5, 0});
    CHECK(plan.criteria.size() == 3);
    CHECK(plan.sheets[1].criteria == 0);
    CHECK(plan.sheets[2].first_criterion == 2);
    CHECK(plan.sheets[0].deemed_by.size() == 2);
    CHECK(plan.sheets[1].deemed_by.empty());
    CHECK(plan.sheets[2].deemed_by == std::vector<int>{plan.sheets[0].deemed_by[0]});
    CHECK(plan.order == evaluation_order(f));
}

TEST_CASE("what cannot be compiled is refused") {
    auto f = framework();
    CHECK_NOTHROW(compile(f));
    SECTION("a table that is not there") { f.sheets.push_back(sheet(1, {criterion(Some{9, constant(true)})})); }
    SECTION("a circle") { f.sheets.push_back(sheet(1, {criterion(OtherSheet{0})})); }
    SECTION("a condition that is too large") {
        std::vector<Condition> many;
        for (int i = 0; i < 65; ++i) many.push_back(between(loaves, i, i + 0.5));
        f.sheets.push_back(sheet(1, {criterion(Some{batches, any(many)})}));
    }
    CHECK_THROWS_AS(compile(f), FrameworkError);
}
