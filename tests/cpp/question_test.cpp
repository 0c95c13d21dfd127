#include <cmath>
#include <functional>

#include "bakery.hpp"
#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/question.hpp"

using namespace bakery;

namespace {

using Kind = Question::Kind;

struct Case {
    Framework framework;
    std::vector<Row> rows;
    std::optional<std::vector<CourseRow>> taken = std::vector<CourseRow>{};
    Options options = asked();
};

Case asking(Criterion criterion, std::vector<Row> rows) {
    Case one;
    one.framework = framework();
    one.framework.sheets.push_back(sheet(1, {std::move(criterion)}));
    one.rows = std::move(rows);
    return one;
}

Questions asked_of(const Case& one, std::int64_t effort = 100'000) {
    const auto s = store(1, one.rows, one.taken);
    return questions(assessed(one.framework, s, one.options), 0, 0, effort);
}

Truth status(const Case& one) {
    const auto s = store(1, one.rows, one.taken);
    return assessed(one.framework, s, one.options).status.at(0);
}

Row known() {
    Row row;
    row.rank = 1;
    row.flour = 1;
    row.known = 31;
    row.loaves = 5;
    row.start = 900;
    row.end = 999;
    row.checked = 2;
    return row;
}

Criterion some(Condition where) { return criterion(Some{batches, std::move(where)}); }

// --- every answer to every blank ---------------------------------------------------------------

/// A blank of the evidence, and functions that fill it with each of its answers.
struct Blank {
    std::vector<std::function<void(Case&)>> answers;
};

std::vector<Blank> blanks(const Case& one) {
    std::vector<Blank> found;
    for (std::size_t r = 0; r < one.rows.size(); ++r) {
        const auto& row = one.rows[r];
        Blank blank;
        const auto fill = [&](auto act) { blank.answers.push_back([=](Case& c) { act(c.rows[r]); }); };
        const auto done = [&] { found.push_back(std::exchange(blank, {})); };
        if (row.rank < 0) {
            for (int w = 0; w < 3; ++w) fill([=](Row& x) { x.rank = w; });
            done();
        }
        if (row.flour < 0) {
            for (int w = 0; w < 4; ++w) fill([=](Row& x) { x.flour = w; });
            done();
        }
        if (row.known != 31) {
            for (std::uint64_t has = 0; has < 32; ++has)
                if ((has & row.known) == row.has)
                    fill([=](Row& x) {
                        x.has = has;
                        x.known = 31;
                    });
            done();
        }
        if (std::isnan(row.loaves)) {
            for (int n = 0; n <= 22; ++n) fill([=](Row& x) { x.loaves = n / 2.0; });
            done();
        }
        if (row.start == no_day) {
            const Day last = row.end == no_day ? 1000 : std::min(row.end, 1000);
            for (const Day back : {0, 50, 99, 100, 200, 300, 400, 499, 600})
                fill([=](Row& x) { x.start = last - back; });
            done();
        }
        if (!one.options.min_verification.empty() && row.checked < one.options.min_verification[0]) {
            fill([](Row& x) { x.checked = 2; });
            done();
        }
    }
    if (one.taken)
        for (std::size_t r = 0; r < one.taken->size(); ++r) {
            Blank blank;
            const auto& row = (*one.taken)[r];
            const auto fill = [&](auto act) { blank.answers.push_back([=](Case& c) { act((*c.taken)[r]); }); };
            if (row.topic < 0) {
                for (int w = 0; w < 6; ++w) fill([=](CourseRow& x) { x.topic = w; });
                found.push_back(std::exchange(blank, {}));
            }
            if (row.day == no_day && one.framework.recency_days > 0) {
                for (const Day day : {1000, 1000 - one.framework.recency_days})
                    fill([=](CourseRow& x) { x.day = day; });
                found.push_back(std::exchange(blank, {}));
            }
        }
    return found;
}

/// Whether some answers to so many of the blanks, from `first` on, settle it.
bool settles(const Case& one, const std::vector<Blank>& open, std::size_t first, std::size_t count, Truth goal) {
    if (count == 0) return status(one) == goal;
    for (std::size_t i = first; i < open.size(); ++i)
        for (const auto& answer : open[i].answers) {
            auto filled = one;
            answer(filled);
            if (settles(filled, open, i + 1, count - 1, goal)) return true;
        }
    return false;
}

/// Fills in the answers of a certificate, each with one of those that it names.
Case answered(Case one, const Certificate& certificate, Random& random) {
    for (const auto& question : certificate.questions) {
        const auto word = [&] {
            const int last = static_cast<int>(question.words.size()) - 1;
            return question.words.at(static_cast<std::size_t>(pick(random, 0, last)));
        };
        const auto at = static_cast<std::size_t>(question.row);
        if (question.kind == Kind::table) {
            one.taken.emplace();
            if (question.full)
                for (int t = 0; t < 6; ++t)
                    for (int copy = 0; copy < 3; ++copy) one.taken->push_back({0, t, 900});
            continue;
        }
        if (question.table == courses) {
            auto& row = one.taken->at(at);
            if (question.kind == Kind::word) row.topic = word();
            else row.day = pick(random, std::max(question.first, Day{-9999}), question.last);
            continue;
        }
        auto& row = one.rows.at(at);
        switch (question.kind) {
            case Kind::word: (question.column == rank ? row.rank : row.flour) = word(); break;
            case Kind::items: {
                const auto other = static_cast<std::uint64_t>(pick(random, 0, 31)) & ~row.known & ~question.has_not;
                row.has |= question.has | other;
                row.known = 31;
                break;
            }
            case Kind::number: {
                const double high = std::min(question.high, question.low + 3);
                row.loaves = pick(random, 0, 1) && !question.low_open    ? question.low
                             : question.high == infinity ? question.low + 1 + pick(random, 0, 9)
                             : !question.high_open       ? question.high
                                                         : (question.low + high) / 2;
                break;
            }
            case Kind::start: row.start = pick(random, std::max(question.first, Day{-9999}), question.last); break;
            default: row.checked = word();
        }
    }
    return one;
}

}  // namespace

TEST_CASE("one blank that decides alone") {
    auto row = known();
    row.rank = -1;
    const auto found = asked_of(asking(some(one_of(rank, {1, 2})), {row}));
    REQUIRE(found.status == Truth::unknown);
    REQUIRE(found.met.questions.size() == 1);
    CHECK(found.met.questions[0].kind == Kind::word);
    CHECK(found.met.questions[0].column == rank);
    CHECK(found.met.questions[0].row == 0);
    CHECK(found.met.questions[0].words == std::vector{1, 2});
    CHECK(found.unmet.questions.at(0).words == std::vector{0});
    CHECK(found.met.exact);
    CHECK(found.unmet.exact);
}

TEST_CASE("what is settled needs no question and cannot be settled the other way") {
    const auto met = asked_of(asking(some(one_of(rank, {1})), {known()}));
    CHECK(met.met.found);
    CHECK(met.met.questions.empty());
    CHECK_FALSE(met.unmet.found);
    CHECK(met.unmet.exact);
}

TEST_CASE("one record is enough to be met, none may be left to be unmet") {
    auto row = known();
    row.rank = -1;
    const auto found = asked_of(asking(some(one_of(rank, {1, 2})), {row, row, row}));
    CHECK(found.met.questions.size() == 1);
    CHECK(found.unmet.questions.size() == 3);
}

TEST_CASE("a record that asks for fewer answers is asked about") {
    auto two = known();
    two.rank = two.flour = -1;
    auto one = known();
    one.flour = -1;
    const auto found = asked_of(asking(some(all({one_of(rank, {1}), one_of(flour, {2})})), {two, one}));
    REQUIRE(found.met.questions.size() == 1);
    CHECK(found.met.questions[0].row == 1);
    CHECK(found.met.questions[0].words == std::vector{2});
}

TEST_CASE("of a set only the items that decide are named, and what is known is not asked") {
    auto row = known();
    row.known = row.has = 1;
    const auto found = asked_of(asking(some(contains(extras, 0b0111, 2)), {row}));
    CHECK(std::popcount(found.met.questions.at(0).has) == 1);
    CHECK(found.met.questions.at(0).has_not == 0);
    CHECK(found.unmet.questions.at(0).has == 0);
    CHECK(found.unmet.questions.at(0).has_not == 0b0110);
}

TEST_CASE("numbers are asked for as intervals") {
    auto row = known();
    row.loaves = std::nan("");
    const auto found = asked_of(asking(some(between(loaves, 3, 5, false, true)), {row}));
    const auto& met = found.met.questions.at(0);
    CHECK((met.low == 3 && !met.low_open && met.high == 5 && met.high_open));
    const auto& unmet = found.unmet.questions.at(0);
    CHECK((unmet.low == 0 && unmet.high == 3 && unmet.high_open));
}

TEST_CASE("a start is asked for as the latest day that is early enough") {
    auto row = known();
    row.start = no_day;
    const auto days = [](double required) { return criterion(Duration{batches, constant(true), required, true}); };
    auto found = asked_of(asking(days(100), {row}));
    CHECK(found.met.questions.at(0).kind == Kind::start);
    CHECK(found.met.questions.at(0).first == no_day);
    CHECK(found.met.questions.at(0).last == 900);  // 900 to 999 are 100 days
    CHECK(found.unmet.questions.at(0).first == 901);
    CHECK(found.unmet.questions.at(0).last == 999);
    row.end = no_day;
    found = asked_of(asking(days(1), {row}));
    CHECK(found.met.questions.at(0).last == 1000);
    CHECK_FALSE(found.unmet.found);  // a start that lies ahead is no answer
}

TEST_CASE("weak verification can be mended, not held against somebody") {
    auto row = known();
    row.checked = 0;
    auto one = asking(some(one_of(rank, {1})), {row});
    one.options = asked(1, {1, -1});
    const auto found = asked_of(one);
    CHECK(found.met.questions.at(0).kind == Kind::verification);
    CHECK(found.met.questions.at(0).words == std::vector{1, 2});
    CHECK_FALSE(found.unmet.found);
}

TEST_CASE("a table that was not supplied is one question") {
    auto one = asking(criterion(AtLeastCriteria{2, {criterion(Some{courses, one_of(topic, {1})}),
                                                    criterion(Some{courses, one_of(topic, {2})})}}), {});
    one.taken.reset();
    const auto found = asked_of(one);
    REQUIRE(found.met.questions.size() == 1);
    CHECK(found.met.questions[0].kind == Kind::table);
    CHECK(found.met.questions[0].row == -1);
    CHECK(found.met.questions[0].full);
    CHECK_FALSE(found.unmet.questions.at(0).full);
}

TEST_CASE("one cell cannot say two things") {
    auto row = known();
    row.flour = -1;
    // possible, since each may hold; but no flour is both
    const auto both = criterion(AtLeastCriteria{2, {some(one_of(flour, {1})), some(one_of(flour, {2}))}});
    const auto found = asked_of(asking(both, {row}));
    CHECK(found.status == Truth::unknown);
    CHECK_FALSE(found.met.found);
    CHECK(found.met.exact);
    CHECK(found.unmet.questions.at(0).words.size() >= 1);
}

TEST_CASE("a sheet that is asked for here and denied there can go either way") {
    auto row = known();
    row.flour = -1;
    const auto other = [] { return criterion(OtherSheet{1}); };
    const auto either = criterion(AtLeastCriteria{1, {other(), some(constant(true))}});
    auto one = asking(criterion(AtLeastCriteria{2, {either, criterion(NotCriterion{{other()}})}}), {row});
    one.framework.sheets.push_back(sheet(2, {some(one_of(flour, {1}))}));
    const auto found = asked_of(one);
    CHECK(found.met.questions.at(0).words == std::vector{0, 2, 3});
    CHECK(found.unmet.questions.at(0).words == std::vector{1});
}

TEST_CASE("beyond the effort a certificate says that it may not be the smallest") {
    std::vector<Row> rows;
    for (int i = 0; i < 12; ++i) {
        auto row = known();
        row.rank = row.flour = -1;
        rows.push_back(row);
    }
    const auto one = asking(criterion(Count{batches, all({one_of(rank, {1}), one_of(flour, {2})}), 6, {}}), rows);
    const auto found = asked_of(one, 200);
    CHECK(found.met.found);
    CHECK_FALSE(found.met.exact);
    CHECK(found.met.questions.size() == 12);
    Random random(1);
    CHECK(status(answered(one, found.met, random)) == Truth::yes);
    CHECK_THROWS_AS(questions(assessed(one.framework, store(1, rows)), 1, 0), AssessError);
    CHECK_THROWS_AS(questions(assessed(one.framework, store(1, rows)), 0, 1), AssessError);
}

TEST_CASE("a set of very many answers is settled all the same, by items not called the fewest") {
    auto row = known();
    row.known = 0;
    std::vector<Criterion> items;
    for (int i = 0; i < 11; ++i) items.push_back(some(contains(extras, std::uint64_t{1} << i, 1)));
    auto one = asking(criterion(AtLeastCriteria{4, std::move(items)}), {row});
    one.framework.tables[batches].columns[extras].words = 11;
    const auto found = asked_of(one);
    REQUIRE(found.met.found);
    CHECK_FALSE(found.met.exact);
    CHECK(std::popcount(found.met.questions.at(0).has) == 4);
}

TEST_CASE("certificates settle sheets, and no smaller ones do", "[slow]") {
    Random random(17);
    int settled = 0;
    int several = 0;
    for (int round = 0; round < 1000; ++round) {
        Case one;
        one.framework = random_framework(random, pick(random, 1, 3), pick(random, 0, 2) != 0);
        one.rows = random_rows(random, 1, 3);
        for (auto& row : one.rows) {
            if (row.start > 1000) row.start = no_day;
            if (pick(random, 0, 3) == 0) row.rank = -1;
            if (pick(random, 0, 3) == 0) row.flour = -1;
        }
        one.taken = random_courses(random, 1, 3);
        if (pick(random, 0, 9) == 0) one.taken.reset();
        one.options = asked(1, {pick(random, -1, 2), -1});
        const auto found = asked_of(one);
        INFO("round " << round);
        REQUIRE(found.status == status(one));
        const auto open = blanks(one);
        for (const auto goal : {Truth::yes, Truth::no}) {
            const auto& certificate = goal == Truth::yes ? found.met : found.unmet;
            const auto size = certificate.questions.size();
            for (int i = 0; certificate.found && i < 5; ++i) {
                const auto then = answered(one, certificate, random);
                CHECK(status(then) == goal);
            }
            if (!certificate.exact || !one.taken) continue;
            settled += certificate.found ? 1 : 0;
            several += size > 1 ? 1 : 0;
            const auto tried = certificate.found ? std::min(size, std::size_t{3}) : std::size_t{3};
            for (std::size_t fewer = 0; fewer < tried; ++fewer)
                if (open.size() >= fewer) CHECK_FALSE(settles(one, open, 0, fewer, goal));
        }
    }
    CHECK(settled > 300);
    CHECK(several > 30);
}
