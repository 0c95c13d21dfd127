#include <Eigen/LU>
#include <random>

#include "catch.hpp"
#include "tassei/error.hpp"
#include "tassei/suppress.hpp"

using namespace tassei;

namespace {

using Codes = std::vector<std::int32_t>;

/// People of groups of such sizes, one group after the other.
Codes sized(const std::vector<int>& sizes) {
    Codes codes;
    for (std::size_t g = 0; g < sizes.size(); ++g) {
        codes.insert(codes.end(), static_cast<std::size_t>(sizes[g]), static_cast<std::int32_t>(g));
    }
    return codes;
}

std::vector<Shown> alone(const std::vector<int>& sizes, std::int64_t least) {
    const auto codes = sized(sizes);
    const std::vector<Grouping> groupings{{codes, static_cast<std::int32_t>(sizes.size())}};
    return suppress(groupings, least)[0];
}

}  // namespace

TEST_CASE("groups that are large enough are shown") {
    CHECK(alone({5, 6, 7}, 5) == std::vector(3, Shown::yes));
    CHECK(alone({4, 6, 7}, 0) == std::vector(3, Shown::yes));
    CHECK(alone({}, 5).empty());
    CHECK(alone({0, 6, 7}, 5) == std::vector(3, Shown::yes));
}

TEST_CASE("one small group takes the next smallest with it") {
    CHECK(alone({9, 4, 6, 7}, 5) == std::vector{Shown::yes, Shown::small, Shown::beside, Shown::yes});
    CHECK(alone({9, 1, 9}, 5) == std::vector{Shown::beside, Shown::small, Shown::yes});
}

TEST_CASE("hidden groups together are large enough") {
    CHECK(alone({2, 2, 8, 9}, 5) == std::vector{Shown::small, Shown::small, Shown::beside, Shown::yes});
    CHECK(alone({2, 3, 8, 9}, 5) == std::vector{Shown::small, Shown::small, Shown::yes, Shown::yes});
}

TEST_CASE("the only group is hidden if it is small") {
    CHECK(alone({3}, 5) == std::vector{Shown::small});
    CHECK(alone({5}, 5) == std::vector{Shown::yes});
}

TEST_CASE("one person must not be left of a group that is shown") {
    // the second grouping has nine of the first group's ten; its small groups are together large enough
    const Codes one = sized({10, 2, 2});
    Codes two(9, 0);
    two.insert(two.end(), {1, 1, 2, 3, 3});
    const auto shown = suppress(std::vector<Grouping>{{one, 3}, {two, 4}}, 3);
    CHECK(shown[0] == std::vector{Shown::yes, Shown::small, Shown::small});
    CHECK(shown[1] == std::vector{Shown::beside, Shown::small, Shown::small, Shown::small});
}

TEST_CASE("the same grouping under other names hides the same people") {
    const Codes one = sized({6, 6, 6, 2});
    Codes two;
    for (const auto code : one) two.push_back(3 - code);
    const auto shown = suppress(std::vector<Grouping>{{one, 4}, {two, 4}}, 5);
    for (std::size_t g = 0; g < 4; ++g) CHECK(shown[0][g] == shown[1][3 - g]);
    CHECK(shown[0] == std::vector{Shown::beside, Shown::yes, Shown::yes, Shown::small});
}

TEST_CASE("a section cannot be had from its department") {
    // sections of 2, 9 and 9 people in a first department, of 6 and 9 in a second
    const Codes section = sized({2, 9, 9, 6, 9});
    const Codes department = sized({20, 15});
    const auto shown = suppress(std::vector<Grouping>{{section, 5}, {department, 2}}, 5);
    CHECK(shown[1] == std::vector{Shown::yes, Shown::yes});
    CHECK(shown[0][0] == Shown::small);
    // one of the same department must go with it
    CHECK((shown[0][1] == Shown::beside || shown[0][2] == Shown::beside));
}

TEST_CASE("no hidden group is a combination of what is shown, whatever the groupings") {
    std::mt19937 random(20261125);
    int hidden_groups = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const int people = 20 + static_cast<int>(random() % 60);
        const int ways = 1 + static_cast<int>(random() % 3);
        std::vector<Codes> codes(static_cast<std::size_t>(ways));
        std::vector<Grouping> groupings;
        for (std::size_t w = 0; w < codes.size(); ++w) {
            const auto count = 2 + static_cast<std::int32_t>(random() % 9);
            for (int p = 0; p < people; ++p) {
                // a later grouping may nest in an earlier one
                const auto code = static_cast<std::int32_t>(random()) & 0xff;
                codes[w].push_back(w > 0 && trial % 2 == 0 ? (codes[0][static_cast<std::size_t>(p)] * 2 + code % 2)
                                                           : (code * code / 256) % count);
            }
            groupings.push_back({codes[w], trial % 2 == 0 && w > 0 ? 24 : std::max(count, 12)});
        }
        const auto shown = suppress(groupings, 5);
        // plainly, person by person: does a hidden group's column raise the rank?
        std::vector<Eigen::VectorXd> told{Eigen::VectorXd::Ones(people)}, kept;
        for (std::size_t w = 0; w < codes.size(); ++w) {
            for (std::int32_t g = 0; g < groupings[w].count; ++g) {
                Eigen::VectorXd column(people);
                for (int p = 0; p < people; ++p) column[p] = codes[w][static_cast<std::size_t>(p)] == g;
                if (column.sum() == 0) continue;
                const auto what = shown[w][static_cast<std::size_t>(g)];
                CHECK((what == Shown::small) == (column.sum() < 5));
                (what == Shown::yes ? told : kept).push_back(column);
            }
        }
        Eigen::MatrixXd matrix(people, static_cast<Eigen::Index>(told.size()) + 1);
        for (std::size_t c = 0; c < told.size(); ++c) matrix.col(static_cast<Eigen::Index>(c)) = told[c];
        const auto known = Eigen::FullPivLU<Eigen::MatrixXd>(matrix.leftCols(matrix.cols() - 1)).rank();
        for (const auto& column : kept) {
            ++hidden_groups;
            if (column.sum() == people) continue;
            matrix.rightCols(1) = column;
            CHECK(Eigen::FullPivLU<Eigen::MatrixXd>(matrix).rank() == known + 1);
        }
    }
    CHECK(hidden_groups > 300);
}

TEST_CASE("groupings of other people are refused") {
    const Codes some{0, 0, 1};
    const Codes fewer{0, 1};
    const std::vector<Grouping> groupings{{some, 2}, {fewer, 2}};
    CHECK_THROWS_AS(suppress(groupings, 2), AssessError);
}
