#include "tassei/record.hpp"

#include <algorithm>

namespace tassei {

Day oldest_day(const Framework& framework, Day as_of) {
    if (framework.recency_days <= 0) return no_day;
    const auto oldest = std::int64_t{as_of} - framework.recency_days + 1;
    return static_cast<Day>(std::max(oldest, std::int64_t{no_day} + 1));
}

Clock::Clock(const Framework& framework, std::size_t index, const TableData& data,
             const Options& options)
    : as_of_(options.as_of) {
    if (!data.supplied) return;
    const auto& table = framework.tables[index];
    const auto dates = [&](int at) {
        return at < 0 ? nullptr : std::get_if<DateColumn>(&data.columns[static_cast<std::size_t>(at)]);
    };
    has_period_ = table.start >= 0;
    has_end_ = table.end >= 0;
    has_date_ = table.date >= 0;
    start_ = dates(table.start);
    end_ = dates(table.end);
    date_ = dates(table.date);
    if (index < options.min_verification.size()) enough_ = options.min_verification[index];
    if (enough_ >= 0 && table.verification >= 0)
        verification_ = &data.columns[static_cast<std::size_t>(table.verification)];
    const auto t = static_cast<int>(index);
    dates_filled_ = options.takes_as_filled(t, table.start) || options.takes_as_filled(t, table.date);
    verification_filled_ = options.takes_as_filled(t, table.verification);
    oldest_ = oldest_day(framework, as_of_);
}

namespace {

Day day_of(const DateColumn* column, std::int64_t row) {
    return column == nullptr ? no_day : (*column)[row];
}

}  // namespace

bool Clock::weakly_verified(std::int64_t row) const {
    if (verification_ == nullptr) return false;
    const int word = cell(*verification_, row).word;
    return word < enough_ && !(word < 0 && verification_filled_);
}

std::pair<Day, Day> Clock::dates(std::int64_t row) const {
    const Day start = day_of(has_period_ ? start_ : date_, row);
    return {start, has_period_ && has_end_ ? day_of(end_, row) : start};
}

Standing Clock::operator()(Day start, Day end) const {
    Standing standing;
    const bool recent_only = oldest_ != no_day;
    const auto undated = recent_only && !dates_filled_ ? Truth::unknown : Truth::yes;
    if (has_period_) {
        standing.start = start;
        standing.end = end == no_day ? as_of_ : std::min(end, as_of_);
        if (start != no_day && start > as_of_) standing.counts = Truth::no;
        if (recent_only) {
            if (end != no_day && end < oldest_) standing.counts = Truth::no;
            else if (start == no_day) standing.counts = std::min(standing.counts, undated);
            else standing.start = std::max(start, oldest_);
        }
    } else if (has_date_) {
        standing.start = standing.end = start;
        if (start == no_day) standing.counts = undated;
        else if (start > as_of_ || (recent_only && start < oldest_)) standing.counts = Truth::no;
    }
    return standing;
}

Standing Clock::operator()(std::int64_t row) const {
    const auto [start, end] = dates(row);
    auto standing = (*this)(start, end);
    if (weakly_verified(row)) standing.counts = std::min(standing.counts, Truth::unknown);
    return standing;
}

void Clock::counts(const TableData& data, std::int64_t first, std::span<Truth> found) const {
    const auto* column = has_period_ ? start_ : has_date_ ? date_ : nullptr;
    const bool only_late_ones_do_not = oldest_ == no_day && verification_ == nullptr;
    if (only_late_ones_do_not && column == nullptr) {
        std::ranges::fill(found, Truth::yes);
    } else if (only_late_ones_do_not && data.order.empty()) {
        column->values().spans(first, found.size(), [&](const auto* values, const Validity& valid,
                                                        std::int64_t from, std::size_t at, std::size_t count) {
            const auto own = found.subspan(at, count);
            for (std::size_t i = 0; i < count; ++i)
                own[i] = column->day(values[from + static_cast<std::int64_t>(i)]) > as_of_ ? Truth::no : Truth::yes;
            each_blank(valid, from, count, [&](std::size_t i) { own[i] = Truth::yes; });
        });
    } else {
        for (std::size_t i = 0; i < found.size(); ++i)
            found[i] = (*this)(data.row(first + static_cast<std::int64_t>(i))).counts;
    }
}

}  // namespace tassei
