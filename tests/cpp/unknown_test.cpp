#include <map>
#include <tuple>

#include "bakery.hpp"
#include "catch.hpp"
#include "plain.hpp"
#include "tassei/unknown.hpp"

using namespace bakery;

namespace {

Row batch(int ranked, Day from) {
    Row row;
    row.rank = ranked;
    row.start = from;
    row.end = 1000;
    return row;
}

std::vector<TellingRecord> telling(Criterion criterion, const std::vector<Row>& rows, Options options = asked()) {
    auto f = framework();
    f.sheets.push_back(sheet(1, {std::move(criterion)}));
    const auto s = store(1, rows);
    return telling_records(assessed(f, s, std::move(options)));
}

}  // namespace

TEST_CASE("the record that may decide is the one that tells") {
    const auto asks = criterion(Some{batches, one_of(rank, {2})});
    CHECK(telling(asks, {batch(1, 900), batch(-1, 900)}).at(0).row == 1);
    CHECK(telling(asks, {batch(1, 900), batch(-1, 900)}).size() == 1);
    CHECK(telling(asks, {batch(-1, 900), batch(2, 900)}).empty());
    CHECK(telling(asks, {batch(-1, 1001)}).empty());
}

TEST_CASE("a record tells if it alone is enough") {
    const auto asks = criterion(Duration{batches, one_of(rank, {2}), 101, true});
    CHECK(telling(asks, {batch(-1, 900)}).size() == 1);
    CHECK(telling(asks, {batch(-1, 901)}).empty());
    CHECK(telling(asks, {batch(2, no_day)}).size() == 1);
    CHECK(telling(asks, {batch(-1, no_day)}).size() == 1);
    CHECK(telling(criterion(Count{batches, one_of(rank, {2}), 2, {}}), {batch(-1, 900), batch(-1, 900)}).empty());
}

TEST_CASE("a record that nobody verified may tell") {
    const auto asks = criterion(Some{batches, one_of(rank, {2})});
    CHECK(telling(asks, {batch(2, 900)}, asked(1, {1, -1})).size() == 1);
    CHECK(telling(asks, {batch(2, 900)}).empty());
}

TEST_CASE("records that tell are those that plain loops find") {
    Random random(23);
    int telling_ones = 0;
    for (int round = 0; round < 150; ++round) {
        constexpr int persons = 12;
        const auto f = random_framework(random, pick(random, 1, 8));
        const auto rows = random_rows(random, persons, 4);
        auto taken = std::optional(random_courses(random, persons, 3));
        if (pick(random, 0, 9) == 0) taken.reset();
        const auto s = store(persons, rows, taken);
        const auto options = asked(pick(random, 1, 3), {pick(random, -1, 2), -1});
        const auto a = assessed(f, s, options);

        std::map<std::tuple<std::int64_t, int, std::int64_t>, bool> expected;
        for (int p = 0; p < persons; ++p)
            for (int t = 0; t < 2; ++t) {
                const auto& data = s.evidence->tables[static_cast<std::size_t>(t)];
                if (!data.supplied) continue;
                for (auto place = data.first[static_cast<std::size_t>(p)];
                     place < data.first[static_cast<std::size_t>(p) + 1]; ++place) {
                    plain::Person person(f, *s.evidence, options, p);
                    person.filled_table = t;
                    person.filled_row = data.row(place);
                    bool rises = false;
                    bool settles = false;
                    for (int specialty = 0; specialty < 2; ++specialty) {
                        const auto at = static_cast<std::size_t>(2 * p + specialty);
                        const int level = person.level(specialty, false);
                        if (level <= a.level[at]) continue;
                        rises = true;
                        settles = settles || level == a.possible_level[at];
                    }
                    if (rises) expected[{p, t, data.row(place)}] = settles;
                }
            }

        std::map<std::tuple<std::int64_t, int, std::int64_t>, bool> found;
        for (const auto& one : telling_records(a)) found[{one.person, one.table, one.row}] = one.settles;
        INFO("round " << round);
        CHECK(found == expected);
        telling_ones += static_cast<int>(found.size());
    }
    CHECK(telling_ones > 100);
}
