#include "tassei/suppress.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "tassei/error.hpp"

namespace tassei {
namespace {

constexpr double tolerance = 1e-6;

/// A group of one grouping; atoms are people whom no grouping tells apart.
struct Group {
    std::size_t grouping = 0;
    std::int32_t number = 0;
    std::int64_t people = 0;
    std::int64_t first = 0;  ///< the first person
    std::vector<bool> atoms;
};

class Pattern {
public:
    Pattern(std::span<const Grouping> groupings, std::int64_t least) : least_(least) {
        const auto people = groupings.empty() ? 0 : groupings[0].group.size();
        std::vector<std::int32_t> atom(people, 0);
        std::int32_t atoms = people > 0 ? 1 : 0;
        for (const auto& grouping : groupings) {
            std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> known;
            for (std::size_t p = 0; p < people; ++p) {
                const auto next = static_cast<std::int32_t>(known.size());
                atom[p] = known.try_emplace({atom[p], grouping.group[p]}, next).first->second;
            }
            atoms = static_cast<std::int32_t>(known.size());
        }
        everybody_ = {.grouping = groupings.size(), .number = -1, .people = static_cast<std::int64_t>(people),
                      .first = 0, .atoms = std::vector<bool>(static_cast<std::size_t>(atoms), true)};
        for (std::size_t g = 0; g < groupings.size(); ++g) {
            shown_.emplace_back(static_cast<std::size_t>(groupings[g].count), Shown::yes);
            std::vector<Group> own(static_cast<std::size_t>(groupings[g].count));
            for (std::size_t p = people; p-- > 0;) {
                auto& group = own[static_cast<std::size_t>(groupings[g].group[p])];
                if (group.people == 0) group.atoms.assign(static_cast<std::size_t>(atoms), false);
                group.atoms[static_cast<std::size_t>(atom[p])] = true;
                group.first = static_cast<std::int64_t>(p);
                ++group.people;
            }
            for (std::size_t n = 0; n < own.size(); ++n) {
                if (own[n].people == 0) continue;
                own[n].grouping = g;
                own[n].number = static_cast<std::int32_t>(n);
                if (own[n].people < least) shown_[g][n] = Shown::small;
                groups_.push_back(std::move(own[n]));
            }
        }
    }

    std::vector<std::vector<Shown>> settled() && {
        while (remainder() || combination()) {}
        return std::move(shown_);
    }

private:
    Shown& shown(const Group& group) {
        return shown_[group.grouping][static_cast<std::size_t>(group.number)];
    }

    [[nodiscard]] std::vector<const Group*> visible() {
        std::vector<const Group*> found;
        for (const auto& group : groups_) {
            if (shown(group) == Shown::yes) found.push_back(&group);
        }
        return found;
    }

    static bool within(const Group& inner, const Group& outer) {
        for (std::size_t a = 0; a < inner.atoms.size(); ++a) {
            if (inner.atoms[a] && !outer.atoms[a]) return false;
        }
        return true;
    }

    static bool before(const Group* a, const Group* b) {
        return std::tie(a->people, a->first, a->grouping) < std::tie(b->people, b->first, b->grouping);
    }

    bool hide(const std::vector<const Group*>& candidates) {
        if (candidates.empty()) return false;
        shown(**std::min_element(candidates.begin(), candidates.end(), before)) = Shown::beside;
        return true;
    }

    /// Hides one group where too few people are left of something shown; false where nowhere.
    bool remainder() {
        const auto seen = visible();
        auto outer = seen;
        outer.push_back(&everybody_);
        for (const auto* whole : outer) {
            for (std::size_t g = 0; g < shown_.size(); ++g) {
                if (g == whole->grouping) continue;
                std::int64_t left = whole->people;
                std::vector<const Group*> inside;
                for (const auto* group : seen) {
                    if (group->grouping != g || !within(*group, *whole)) continue;
                    left -= group->people;
                    inside.push_back(group);
                }
                if (left > 0 && left < least_ && hide(inside)) return true;
            }
        }
        return false;
    }

    /// Hides one group by which a hidden one could be worked out; false where none can.
    bool combination() {
        std::vector<const Group*> hidden;
        for (const auto& group : groups_) {
            if (shown(group) != Shown::yes) hidden.push_back(&group);
        }
        const auto seen = visible();
        if (hidden.empty() || seen.empty()) return false;
        Eigen::MatrixXd told = columns(seen, 1);
        told.col(told.cols() - 1).setOnes();
        const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(told);
        const Eigen::MatrixXd wanted = columns(hidden, 0);
        const Eigen::MatrixXd by = qr.solve(wanted);
        const Eigen::RowVectorXd error = (told * by - wanted).colwise().lpNorm<Eigen::Infinity>();
        for (Eigen::Index h = 0; h < wanted.cols(); ++h) {
            if (error[h] > tolerance) continue;
            std::vector<const Group*> used;
            for (std::size_t s = 0; s < seen.size(); ++s) {
                if (std::abs(by(static_cast<Eigen::Index>(s), h)) > tolerance) used.push_back(seen[s]);
            }
            if (hide(used)) return true;
        }
        return false;
    }

    [[nodiscard]] Eigen::MatrixXd columns(const std::vector<const Group*>& of, Eigen::Index more) const {
        Eigen::MatrixXd matrix =
            Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(everybody_.atoms.size()),
                                  static_cast<Eigen::Index>(of.size()) + more);
        for (std::size_t c = 0; c < of.size(); ++c) {
            for (std::size_t a = 0; a < everybody_.atoms.size(); ++a) {
                if (of[c]->atoms[a]) matrix(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(c)) = 1;
            }
        }
        return matrix;
    }

    std::int64_t least_;
    Group everybody_;
    std::vector<Group> groups_;
    std::vector<std::vector<Shown>> shown_;
};

}  // namespace

std::vector<std::vector<Shown>> suppress(std::span<const Grouping> groupings, std::int64_t least) {
    for (const auto& grouping : groupings) {
        if (grouping.group.size() != groupings[0].group.size()) {
            throw AssessError("groupings are of the same people");
        }
        for (const auto group : grouping.group) {
            if (group < 0 || group >= grouping.count) throw AssessError("a group is 0 to count - 1");
        }
    }
    return Pattern(groupings, least).settled();
}

}  // namespace tassei
