#include "bakery.hpp"
#include "catch.hpp"

using namespace bakery;

TEST_CASE("equal quantities of different sheets are aggregated once") {
    auto f = framework();
    const auto where = one_of(rank, {2});
    f.sheets.push_back(sheet(2, {criterion(Duration{batches, where, 10, true}), criterion(Some{batches, where})}));
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, where, 5, true})}));
    const auto plan = compile(f);
    CHECK(plan.aggregates.size() == 2);
    CHECK(plan.banks.size() == 1);
    CHECK(plan.banks[0].lanes == 1);
    CHECK(plan.criteria[0].required == 10);
    CHECK(plan.criteria[2].required == 5);
    CHECK(plan.ladder[0] == std::vector<int>{1, 0});
}

TEST_CASE("sums and unions of one lane are two quantities") {
    auto f = framework();
    const auto where = one_of(rank, {2});
    f.sheets.push_back(sheet(1, {criterion(Duration{batches, where, 10, true}),
                                 criterion(Duration{batches, where, 10, false})}));
    const auto plan = compile(f);
    CHECK(plan.aggregates.size() == 2);
    CHECK(plan.banks[0].united == plan.banks[0].summed);
}

TEST_CASE("a nested count counts what satisfies both") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Count{batches, one_of(rank, {1, 2}), 3, {{one_of(flour, {0}), 1}}})}));
    const auto plan = compile(f);
    REQUIRE(plan.aggregates.size() == 2);
    const auto& node = plan.nodes[static_cast<std::size_t>(plan.criteria[0].node)];
    CHECK(node.required == 3);
    CHECK(node.children == 1);
    CHECK(plan.criteria[0].required == 3);
}

TEST_CASE("each table has banks of its own") {
    auto f = framework();
    f.sheets.push_back(sheet(1, {criterion(Some{batches, constant(true)}),
                                 criterion(Distinct{courses, topic, constant(true), 2})}));
    const auto plan = compile(f);
    CHECK(plan.banks.size() == 2);
    CHECK(plan.aggregates[1].most == 6);
}
