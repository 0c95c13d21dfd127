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

/// A group of one grouping.
struct Group {
    std::size_t grouping = 0;
    std::int32_t number = 0;
    std::int64_t people = 0;
    std::int64_t first = 0;  ///< the first person
};

/// Classes are people whom no grouping tells apart: a group is a 0/1 vector over them, and all that is asked
/// of these vectors are their products, the numbers of classes that two groups share.
class Pattern {
public:
    Pattern(std::span<const Grouping> groupings, std::int64_t least) : least_(least) {
        const auto people = groupings.empty() ? 0 : groupings[0].group.size();
        std::vector<std::vector<std::size_t>> place;  // by grouping and number, where the group stands
        for (std::size_t g = 0; g < groupings.size(); ++g) {
            const auto count = static_cast<std::size_t>(groupings[g].count);
            shown_.emplace_back(count, Shown::yes);
            std::vector<Group> own(count);
            for (std::size_t p = people; p-- > 0;) {
                auto& group = own[static_cast<std::size_t>(groupings[g].group[p])];
                group.first = static_cast<std::int64_t>(p);
                ++group.people;
            }
            place.emplace_back(count);
            for (std::size_t n = 0; n < count; ++n) {
                if (own[n].people == 0) continue;
                if (own[n].people < least) shown_[g][n] = Shown::small;
                place[g][n] = groups_.size();
                groups_.push_back({g, static_cast<std::int32_t>(n), own[n].people, own[n].first});
            }
        }
        everybody_ = groups_.size();
        groups_.push_back({groupings.size(), -1, static_cast<std::int64_t>(people), 0});

        const auto size = static_cast<Eigen::Index>(groups_.size());
        shared_ = Eigen::MatrixXd::Zero(size, size);
        for (const auto person : classes(groupings, people)) {
            std::vector<std::size_t> member{everybody_};
            for (std::size_t g = 0; g < groupings.size(); ++g) {
                member.push_back(place[g][static_cast<std::size_t>(groupings[g].group[person])]);
            }
            for (const auto a : member) {
                for (const auto b : member) shared_(index(a), index(b)) += 1;
            }
        }
    }

    std::vector<std::vector<Shown>> settled() && {
        while (remainder() || combination()) {}
        return std::move(shown_);
    }

private:
    static Eigen::Index index(std::size_t at) { return static_cast<Eigen::Index>(at); }

    /// One person of each class.
    static std::vector<std::size_t> classes(std::span<const Grouping> groupings, std::size_t people) {
        std::vector<std::int32_t> known(people, 0);
        for (const auto& grouping : groupings) {
            std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> pairs;
            for (std::size_t p = 0; p < people; ++p) {
                const auto next = static_cast<std::int32_t>(pairs.size());
                known[p] = pairs.try_emplace({known[p], grouping.group[p]}, next).first->second;
            }
        }
        std::vector<std::size_t> found;
        for (std::size_t p = 0; p < people; ++p) {  // classes are numbered as they come
            if (known[p] == static_cast<std::int32_t>(found.size())) found.push_back(p);
        }
        return found;
    }

    Shown& shown(std::size_t at) {
        return shown_[groups_[at].grouping][static_cast<std::size_t>(groups_[at].number)];
    }

    /// Groups that are shown, or those that are not; everybody is not among them.
    [[nodiscard]] std::vector<std::size_t> groups(bool seen) {
        std::vector<std::size_t> found;
        for (std::size_t at = 0; at < everybody_; ++at) {
            if ((shown(at) == Shown::yes) == seen) found.push_back(at);
        }
        return found;
    }

    [[nodiscard]] bool within(std::size_t inner, std::size_t outer) const {
        return shared_(index(inner), index(outer)) == shared_(index(inner), index(inner));
    }

    /// Hides the smallest of some groups; false where there are none.
    bool hide(const std::vector<std::size_t>& candidates) {
        if (candidates.empty()) return false;
        const auto rank = [&](std::size_t at) {
            return std::tuple(groups_[at].people, groups_[at].first, groups_[at].grouping);
        };
        shown(*std::min_element(candidates.begin(), candidates.end(),
                                [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); })) = Shown::beside;
        return true;
    }

    /// Hides one group where too few people are left of something shown; false where nowhere.
    bool remainder() {
        const auto seen = groups(true);
        auto wholes = seen;
        wholes.push_back(everybody_);
        for (const auto whole : wholes) {
            std::vector<std::int64_t> left(shown_.size(), groups_[whole].people);
            std::vector<std::vector<std::size_t>> inside(shown_.size());
            for (const auto at : seen) {
                if (at == whole || !within(at, whole)) continue;
                left[groups_[at].grouping] -= groups_[at].people;
                inside[groups_[at].grouping].push_back(at);
            }
            for (std::size_t g = 0; g < shown_.size(); ++g) {
                if (left[g] > 0 && left[g] < least_ && hide(inside[g])) return true;
            }
        }
        return false;
    }

    /// Hides one group by which a hidden one could be worked out; false where none can.
    bool combination() {
        const auto hidden = groups(false);
        auto told = groups(true);
        if (hidden.empty() || told.empty()) return false;
        told.push_back(everybody_);
        const Eigen::MatrixXd wanted = shared_(told, hidden);
        const Eigen::MatrixXd by = shared_(told, told).colPivHouseholderQr().solve(wanted);
        for (std::size_t h = 0; h < hidden.size(); ++h) {
            const double size = shared_(index(hidden[h]), index(hidden[h]));
            const double beyond = size - by.col(index(h)).dot(wanted.col(index(h)));  // squared distance
            if (beyond > tolerance * size) continue;
            std::vector<std::size_t> used;
            for (std::size_t t = 0; t + 1 < told.size(); ++t) {
                if (std::abs(by(index(t), index(h))) > tolerance) used.push_back(told[t]);
            }
            if (hide(used)) return true;
        }
        return false;
    }

    std::int64_t least_;
    std::vector<Group> groups_;  ///< everybody comes last
    std::size_t everybody_ = 0;
    Eigen::MatrixXd shared_;
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
