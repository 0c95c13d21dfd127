#include "day_cost.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tassei {
namespace {

/// Three demands and a record for each two of them: days in all, then as many as fit on each record.
void close_ring(std::span<const std::uint64_t> carriers, const std::vector<std::size_t>& ring,
                std::vector<double>& left, std::vector<double>& days) {
    double sum = 0;
    double most = 0;
    for (const double d : left) {
        sum += std::max(d, 0.0);
        most = std::max(most, d);
    }
    double total = std::max(most, std::ceil(sum / 2));
    const double all = total;
    for (const auto c : ring) {
        // the demand that this record does not serve gets its days from the other two
        double other = 0;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (left[i] > 0 && !((carriers[c] >> i) & 1)) other = left[i];
        const double share = std::min(all - other, total);
        days[c] += share;
        total -= share;
    }
    std::ranges::fill(left, 0);
}

}  // namespace

SpentDays spread_days(std::span<const std::uint64_t> carriers, std::span<const double> missing) {
    SpentDays spent;
    spent.days.assign(carriers.size(), 0);
    std::vector<double> left(missing.begin(), missing.end());
    const auto spend = [&](std::size_t carrier, double days) {
        spent.days[carrier] += days;
        for (std::size_t i = 0; i < left.size(); ++i)
            if ((carriers[carrier] >> i) & 1) left[i] -= days;
    };
    for (;;) {
        std::uint64_t open = 0;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (left[i] > 0) open |= std::uint64_t{1} << i;
        if (open == 0) return spent;
        // records that serve no more than another one does are not needed; of equals the first stays
        std::vector<std::size_t> useful;
        for (std::size_t c = 0; c < carriers.size(); ++c) {
            const auto own = carriers[c] & open;
            bool less = own == 0;
            for (std::size_t d = 0; d < carriers.size() && !less; ++d) {
                const auto other = carriers[d] & open;
                less = d != c && (own & ~other) == 0 && (own != other || d < c);
            }
            if (!less) useful.push_back(c);
        }
        std::size_t only = carriers.size();
        std::size_t demand = 0;
        for (std::size_t i = 0; i < left.size() && only == carriers.size(); ++i) {
            if (left[i] <= 0) continue;
            const auto serves = [&](std::size_t c) { return ((carriers[c] >> i) & 1) != 0; };
            const auto count = std::ranges::count_if(useful, serves);
            if (count == 0) {
                spent.possible = false;
                return spent;
            }
            if (count == 1) {
                only = *std::ranges::find_if(useful, serves);
                demand = i;
            }
        }
        if (only < carriers.size()) {
            spend(only, left[demand]);
        } else if (std::popcount(open) == 3) {
            close_ring(carriers, useful, left, spent.days);
        } else {
            // more demands than can be looked through: the record that serves most, until one is served
            spent.exact = false;
            const auto most = *std::ranges::max_element(
                useful, {}, [&](std::size_t c) { return std::popcount(carriers[c] & open); });
            double least = 0;
            for (std::size_t i = 0; i < left.size(); ++i)
                if (left[i] > 0 && ((carriers[most] >> i) & 1))
                    least = least > 0 ? std::min(least, left[i]) : left[i];
            spend(most, least);
        }
    }
}

}  // namespace tassei
