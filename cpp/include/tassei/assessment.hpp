#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tassei/evidence.hpp"
#include "tassei/plan.hpp"

/// What an assessment finds, in columns: the result of `assess`.
namespace tassei {

/// Why a sheet holds.
enum class Basis : std::uint8_t { none = 0, evidenced = 1, deemed = 2 };

struct Options {
    Day as_of = 0;
    std::vector<int> min_verification;  ///< by table: the word that is enough; -1: every word
    int threads = 0;                    ///< 0: as many as the machine has
    /// By table, by column: blanks of these columns are taken to say what is best for the person. Of a
    /// table that was not supplied the first column stands for the whole.
    std::vector<std::vector<bool>> filled;

    [[nodiscard]] bool takes_as_filled(int table, int column) const {
        const auto t = static_cast<std::size_t>(table);
        const auto c = static_cast<std::size_t>(column);
        return column >= 0 && t < filled.size() && c < filled[t].size() && filled[t][c];
    }
};

using Scores = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Assessment {
    std::shared_ptr<const Plan> plan;
    std::shared_ptr<const Evidence> evidence;
    Options options;

    std::vector<std::int32_t> level;           ///< persons × specialties
    std::vector<std::int32_t> possible_level;  ///< persons × specialties
    std::vector<Basis> level_basis;            ///< persons × specialties
    std::vector<Truth> status;                 ///< persons × sheets
    std::vector<Basis> basis;                  ///< persons × sheets
    Scores score;                              ///< persons × sheets
};

/// Criteria of some persons: rows are persons, columns the criteria of all sheets in turn.
struct CriteriaTable {
    Scores low;
    Scores high;
    Scores progress;
    std::vector<Truth> status;
};

}  // namespace tassei
