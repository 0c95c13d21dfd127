#include "places.hpp"

#include <algorithm>
#include <array>

#include "shares.hpp"
#include "wide.hpp"

namespace tassei {
namespace {

/// Adds the steps of N cuts to numbers that lie one after the other, and where they are the first ones, the
/// step below them or that of a blank. No branch: any number may go either way.
template <std::size_t N, bool First, class T>
void add_cuts(const T* values, const Factor::Part& part, std::size_t from, std::int64_t* steps, std::size_t size) {
    std::array<double, N> at{};
    std::array<std::int64_t, N> step{};
    for (std::size_t k = 0; k < N; ++k) {
        at[k] = part.cuts[from + k].at;
        step[k] = part.cuts[from + k].step;
    }
    const std::int64_t blank = part.steps[0];
    const std::int64_t below = part.steps[1];
    for (std::size_t i = 0; i < size; ++i) {
        const auto x = static_cast<double>(values[i]);
        std::int64_t sum = First ? below : 0;
        for (std::size_t k = 0; k < N; ++k) sum += x >= at[k] ? step[k] : 0;
        if constexpr (First && std::is_floating_point_v<T>) sum = x == x ? sum : blank;
        steps[i] += sum;
    }
}

template <bool First, class T>
void add_some_cuts(const T* values, const Factor::Part& part, std::size_t from, std::int64_t* steps,
                   std::size_t size) {
    switch (std::min<std::size_t>(part.cuts.size() - from, 4)) {
        case 0: return add_cuts<0, First>(values, part, from, steps, size);
        case 1: return add_cuts<1, First>(values, part, from, steps, size);
        case 2: return add_cuts<2, First>(values, part, from, steps, size);
        case 3: return add_cuts<3, First>(values, part, from, steps, size);
        default: break;
    }
    add_cuts<4, First>(values, part, from, steps, size);
    if (part.cuts.size() > from + 4) add_some_cuts<false>(values, part, from + 4, steps, size);
}

std::int64_t step_of(double x, const Factor::Part& part) {
    if (x != x) return part.steps[0];
    std::int64_t step = part.steps[1];
    for (const auto& cut : part.cuts) step += cut.step & -std::int64_t{x >= cut.at};  // no branch here either
    return step;
}

/// Adds the steps of numbers.
template <class T>
void add_steps(const T* values, const Validity& valid, std::int64_t from, const Factor::Part& part,
               std::int64_t* steps, std::size_t size) {
    values += from;
    const std::int64_t blank = part.steps[0];
    const auto step = [&](std::size_t i) { return step_of(static_cast<double>(values[i]), part) - blank; };
    if (2 * count_values(valid, from, size) < size) {
        for (std::size_t i = 0; i < size; ++i) steps[i] += blank;
        each_run(valid, from, size, [&](std::size_t i, std::size_t, std::uint64_t word) {
            // too sparse for the processor to see where this leads
            constexpr std::size_t ahead = 512;
            if (i + ahead < size)
                for (std::size_t k = 0; k < 64; k += 64 / sizeof(T)) TASSEI_READ_SOON(values + i + ahead + k);
            for (; word != 0; word &= word - 1) {
                const auto at = i + static_cast<std::size_t>(std::countr_zero(word));
                steps[at] += step(at);
            }
        });
    } else {
        add_some_cuts<true>(values, part, 0, steps, size);
        // a blank may hold any number, whose steps come off again
        each_blank(valid, from, size, [&](std::size_t i) { steps[i] -= step(i); });
    }
}

}  // namespace

std::span<const std::uint16_t> PlaceFinder::operator()(const Factor& factor, const Bank& bank,
                                                       const Records& records) {
    const auto size = records.size;
    places_.assign(size, 0);
    auto* places = places_.data();
    bool numbers_too = false;
    const auto column_of = [&](const Factor::Part& part) -> const ColumnData& {
        return records.data.columns[static_cast<std::size_t>(bank.columns[part.column].column)];
    };
    for (const auto& part : factor.parts) {
        if (std::holds_alternative<NumberColumn>(column_of(part))) {
            numbers_too = true;
            continue;
        }
        const auto* steps = part.steps.data();
        each_code(records, column_of(part), [=](std::size_t i, auto code) {
            places[i] = static_cast<std::uint16_t>(places[i] + steps[code]);
        });
    }
    if (!numbers_too) return places_;
    steps_.assign(size, 0);
    for (const auto& part : factor.parts) {
        const auto* numbers = std::get_if<NumberColumn>(&column_of(part));
        if (numbers == nullptr) continue;
        if (records.order == nullptr)
            numbers->values().spans(records.first, size, [&](const auto* values, const Validity& valid,
                                                             std::int64_t from, std::size_t at, std::size_t count) {
                add_steps(values, valid, from, part, steps_.data() + at, count);
            });
        else
            for (std::size_t i = 0; i < size; ++i) steps_[i] += step_of((*numbers)[records.row(i)], part);
    }
    for (std::size_t i = 0; i < size; ++i) places[i] = static_cast<std::uint16_t>(places[i] + steps_[i]);
    return places_;
}

std::vector<Sight> see(const Plan& plan, const Evidence& evidence, const Options& options, const Lookup& lookup) {
    constexpr std::int64_t block = 4096;
    std::vector<Sight> sights(plan.banks.size());
    for (std::size_t b = 0; b < plan.banks.size(); ++b) {
        const auto& bank = plan.banks[b];
        const auto t = static_cast<std::size_t>(bank.table);
        const auto& data = evidence.tables[t];
        const auto& factors = lookup.banks[b].factors;
        if (data.order.empty() || factors.empty()) continue;
        auto& sight = sights[b];
        sight.width = factors.size() + 1;
        sight.places.resize(static_cast<std::size_t>(data.rows) * sight.width);
        in_shares((data.rows + block - 1) / block, options.threads, [&](std::int64_t first, std::int64_t last) {
            const Clock clock(plan.framework, t, data, options);
            PlaceFinder finder;
            Dates dates;
            std::vector<Truth> counts;
            for (auto at = first; at < last; ++at, pulse()) {
                const auto row = at * block;
                const Records rows{data, row, static_cast<std::size_t>(std::min(block, data.rows - row))};
                auto* const to = sight.places.data() + static_cast<std::size_t>(row) * sight.width;
                for (std::size_t f = 0; f < factors.size(); ++f) {
                    const auto places = finder(factors[f], bank, rows);
                    for (std::size_t i = 0; i < rows.size; ++i) to[i * sight.width + f] = places[i];
                }
                counts.resize(rows.size);
                clock.read(rows, dates);
                clock.counts(rows, dates, counts);
                for (std::size_t i = 0; i < rows.size; ++i)
                    to[i * sight.width + factors.size()] = static_cast<std::uint16_t>(counts[i]);
            }
        });
    }
    return sights;
}

}  // namespace tassei
