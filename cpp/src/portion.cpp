#include "tassei/portion.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace tassei {
namespace {

void first_only(std::span<const Weighed> records, std::span<Range> added) {
    Range found;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto now = as_range(records[i].truth);
        added[i] = {std::max(0.0, now.low - found.low), std::max(0.0, now.high - found.high)};
        found = {found.low + added[i].low, found.high + added[i].high};
    }
}

void summed(std::span<const Weighed> records, std::span<Range> added) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& [row, truth, standing] = records[i];
        const double days = days_of(standing);
        const bool known = standing.start != no_day;
        added[i] = {truth == Truth::yes && known ? days : 0, truth != Truth::no ? days : 0};
    }
}

/// Records that may count and whose start is known, in order of their start.
std::vector<std::size_t> by_start(std::span<const Weighed> records) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < records.size(); ++i)
        if (records[i].truth != Truth::no && records[i].standing.start != no_day) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return records[i].standing.start; });
    return order;
}

/// Days beyond a running latest end, over records in order of their start.
void united(std::span<const Weighed> records, std::span<Range> added) {
    summed(records, added);
    const auto order = by_start(records);
    if (order.size() < 2) return;
    std::int64_t certain = no_day;
    std::int64_t possible = no_day;
    for (const auto i : order) {
        const auto& standing = records[i].standing;
        const auto beyond = [&](std::int64_t& latest) {
            const auto from = std::max(std::int64_t{standing.start}, latest + 1);
            const auto days = std::max<std::int64_t>(0, standing.end - from + 1);
            latest = std::max(latest, std::int64_t{standing.end});
            return static_cast<double>(days);
        };
        if (records[i].truth == Truth::yes) added[i].low = beyond(certain);
        added[i].high = beyond(possible);
    }
}

/// Days by which the longest stretch grows, over records in order of their start.
void longest(std::span<const Weighed> records, std::span<Range> added) {
    summed(records, added);
    struct Stretch {
        std::int64_t first = no_day;
        std::int64_t latest = no_day - std::int64_t{2};
        std::int64_t longest = 0;

        double grow(const Standing& standing) {
            if (standing.start > latest + 1) first = standing.start;
            latest = std::max(latest, std::int64_t{standing.end});
            const auto before = std::exchange(longest, std::max(longest, latest - first + 1));
            return static_cast<double>(longest - before);
        }
    };
    Stretch certain;
    Stretch possible;
    for (const auto i : by_start(records)) {
        if (records[i].truth == Truth::yes) added[i].low = certain.grow(records[i].standing);
        added[i].high = possible.grow(records[i].standing);
    }
}

void counted(const Quantity& quantity, const TableData& data, std::span<const Weighed> records,
             std::span<Range> added) {
    std::map<std::int32_t, Truth> earlier;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& [row, truth, standing] = records[i];
        added[i] = as_range(truth);
        if (truth == Truth::no || quantity.column < 0) continue;
        const auto id = identity(data.columns[static_cast<std::size_t>(quantity.column)], row);
        if (id < 0) continue;
        auto& before = earlier[id];
        const auto found = as_range(before);
        before = before | truth;
        const auto now = as_range(before);
        added[i] = {now.low - found.low, now.high - found.high};
    }
}

void kinds(const Quantity& quantity, const TableData& data, std::span<const Weighed> records,
           std::span<Range> added) {
    std::uint64_t certain = 0;
    std::uint64_t possible = 0;
    double high = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& [row, truth, standing] = records[i];
        added[i] = {};
        if (truth == Truth::no) continue;
        const int word = cell(data.columns[static_cast<std::size_t>(quantity.column)], row).word;
        const auto bit = word < 0 ? 0 : std::uint64_t{1} << word;
        if (word < 0 || (possible & bit) == 0) added[i].high = std::min(1.0, quantity.most - high);
        high += added[i].high;
        possible |= bit;
        if (truth != Truth::yes || word < 0) continue;
        added[i].low = certain & bit ? 0 : 1;
        certain |= bit;
    }
}

}  // namespace

double days_of(const Standing& standing) {
    if (standing.start == no_day) return infinity;
    return std::max(0.0, double{1} + standing.end - standing.start);
}

Truth counts(const Quantity& quantity, const TableData& data, const Weighed& record) {
    if (record.truth != Truth::yes) return record.truth;
    if (of_days(quantity.kind) && record.standing.start == no_day) return Truth::unknown;
    if (quantity.kind == AggregateKind::kinds &&
        cell(data.columns[static_cast<std::size_t>(quantity.column)], record.row).word < 0)
        return Truth::unknown;
    return Truth::yes;
}

void portions(const Quantity& quantity, const TableData& data, std::span<const Weighed> records,
              std::span<Range> added) {
    switch (quantity.kind) {
        case AggregateKind::some: return first_only(records, added);
        case AggregateKind::united_days: return united(records, added);
        case AggregateKind::summed_days: return summed(records, added);
        case AggregateKind::longest_days: return longest(records, added);
        case AggregateKind::count: return counted(quantity, data, records, added);
        case AggregateKind::kinds: return kinds(quantity, data, records, added);
    }
}

Quantity quantity_of(const Framework&, const Some& form) { return {AggregateKind::some, form.table}; }

Quantity quantity_of(const Framework&, const Duration& form) {
    return {form.united ? AggregateKind::united_days : AggregateKind::summed_days, form.table};
}

Quantity quantity_of(const Framework&, const Longest& form) { return {AggregateKind::longest_days, form.table}; }

Quantity quantity_of(const Framework& framework, const Count& form) {
    return {AggregateKind::count, form.table, framework.tables[static_cast<std::size_t>(form.table)].identity};
}

Quantity quantity_of(const Framework& framework, const Distinct& form) {
    const auto& table = framework.tables[static_cast<std::size_t>(form.table)];
    const double most = table.columns[static_cast<std::size_t>(form.column)].words;
    return {AggregateKind::kinds, form.table, form.column, most};
}

}  // namespace tassei
