#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Which groups of people may be shown, so that nobody can work out the numbers of a small one.
namespace tassei {

/// What becomes of a group.
enum class Shown : std::uint8_t {
    yes,
    small,   ///< hidden: fewer people than asked for
    beside,  ///< hidden, because a small group could be told from it by subtraction
};

/// One way to group everybody: each person's group, 0 to `count` − 1.
struct Grouping {
    std::span<const std::int32_t> group;
    std::int32_t count = 0;
};

/// Decides for all groupings together, each of whose tables may be published beside the others and
/// beside the numbers of everybody.
///
/// After it (a) no hidden group's numbers are a linear combination of numbers that are shown, and
/// (b) what is left of a shown group, or of everybody, without the shown groups of one grouping that lie
/// within it, is nobody or at least `least` people. The one exception: where the only group holds
/// everybody, the numbers of everybody are its own.
///
/// The method is complementary cell suppression with an exact audit of the linear system; see
/// A. Hundepool et al., Statistical Disclosure Control (Wiley, 2012), chapter 4.
///
/// Ties go to the group whose first person comes first, so that a grouping under other names gives the same.
[[nodiscard]] std::vector<std::vector<Shown>> suppress(std::span<const Grouping> groupings,
                                                       std::int64_t least);

}  // namespace tassei
