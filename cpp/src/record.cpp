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

Standing Clock::operator()(std::int64_t row) const {
    const auto [start, end] = dates(row);
    auto standing = (*this)(start, end);
    if (weakly_verified(row)) standing.counts = std::min(standing.counts, Truth::unknown);
    return standing;
}

void Clock::read(const Records& records, Dates& dates) const {
    const auto days = [&](const DateColumn* column, std::vector<Day>& found) {
        found.resize(records.size);
        if (column == nullptr) std::ranges::fill(found, no_day);
        else if (records.order == nullptr) column->read(records.first, found);
        else
            for (std::size_t i = 0; i < records.size; ++i) found[i] = (*column)[records.row(i)];
    };
    days(has_period_ ? start_ : date_, dates.start);
    if (has_period_ && has_end_) days(end_, dates.end);
    else dates.end.clear();
}

void Clock::counts(const Records& records, const Dates& dates, std::span<Truth> found) const {
    if (oldest_ == no_day && verification_ == nullptr) {
        // only late ones do not; blank is the smallest of days
        for (std::size_t i = 0; i < found.size(); ++i)
            found[i] = dates.start[i] > as_of_ ? Truth::no : Truth::yes;
        return;
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [start, end] = dates[i];
        found[i] = (*this)(start, end).counts;
        if (weakly_verified(records.row(i))) found[i] = found[i] & Truth::unknown;
    }
}

}  // namespace tassei
