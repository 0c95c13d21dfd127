#include "tassei/column.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>

#include "shares.hpp"
#include "tassei/error.hpp"

namespace tassei {

Rows outside(const DateColumn& dates, Day first, Day last) {
    Rows found;
    dates.values().each([&](std::int64_t row, auto value) {
        const auto day = dates.day(value);
        if (day < first || day > last) found.push_back(row);
    });
    return found;
}

Rows uncountable(const NumberColumn& numbers) {
    Rows found;
    numbers.values().each([&](std::int64_t row, auto value) {
        if (value < 0 || std::isinf(static_cast<double>(value))) found.push_back(row);
    });
    return found;
}

Rows ends_before_start(const DateColumn& start, const DateColumn& end) {
    const auto rows = start.values().rows();
    if (rows != end.values().rows()) throw EvidenceError("start and end of different lengths");
    Rows found;
    std::mutex own;
    in_shares(rows, 0, [&](std::int64_t from, std::int64_t to) {
        Rows here;
        for (auto row = from; row < to; ++row) {
            const auto last = end[row];
            if (last != no_day && last < start[row]) here.push_back(row);  // no_day is before every day
        }
        if (here.empty()) return;
        const std::lock_guard lock(own);
        found.insert(found.end(), here.begin(), here.end());
    });
    std::ranges::sort(found);  // shares end in any order
    return found;
}

namespace {

bool counts(std::span<const bool> good, std::int64_t row) {
    return good.empty() || good[static_cast<std::size_t>(row)];
}

}  // namespace

std::int64_t blank_cells(const Values& values, std::span<const bool> good) {
    std::int64_t blanks = good.empty() ? values.rows() : std::ranges::count(good, true);
    values.each([&](std::int64_t row, auto value) { blanks -= value == value && counts(good, row) ? 1 : 0; });
    return blanks;
}

std::int64_t blank_cells(const TextColumn& texts, std::span<const bool> good) {
    std::int64_t blanks = 0;
    for (std::int64_t row = 0; row < texts.rows(); ++row)
        blanks += counts(good, row) && trim(texts[row]).empty() ? 1 : 0;
    return blanks;
}

void unite_items(const ArrowColumn& lists, std::span<const std::int32_t> numbers,
                 std::span<const std::int32_t> word_of, std::span<std::uint64_t> has, std::span<std::uint8_t> filled) {
    std::size_t item = 0;
    lists.each_list([&](std::int64_t row, bool blank, std::int64_t items) {
        const auto i = static_cast<std::size_t>(row);
        has[i] = 0;
        filled[i] = blank ? 0 : 1;
        for (auto end = item + static_cast<std::size_t>(items); item < end; ++item) {
            const auto number = static_cast<std::size_t>(numbers[item]);
            const auto word = number < word_of.size() ? word_of[number] : -1;
            if (!blank && word >= 0) has[i] |= std::uint64_t{1} << word;
        }
    });
}

std::vector<std::int32_t> identities(const TextColumn& texts, const TableData& table) {
    struct Text {
        std::uint32_t hash;
        std::int32_t row;
    };
    constexpr std::uint32_t blank = 0;
    // The texts are gone through as they lie: a person's may be far apart, and only like ones are looked at again.
    std::vector<std::uint32_t> hashes(static_cast<std::size_t>(table.rows));
    in_shares(table.rows, 0, [&](std::int64_t from, std::int64_t to) {
        for (auto row = from; row < to; ++row) {
            const auto text = trim(texts[row]);
            if (!text.empty()) hashes[static_cast<std::size_t>(row)] = static_cast<std::uint32_t>(hash_of(text)) | 1U;
        }
    });
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(table.rows), -1);
    const auto equal = [&](const Text& a, const Text& b) {
        return a.hash == b.hash && (a.row == b.row || trim(texts[a.row]) == trim(texts[b.row]));
    };
    // a person's equal texts get the number of the first row that has it
    const auto few = [&](const std::vector<Text>& own) {
        for (const auto& one : own)
            numbers[static_cast<std::size_t>(one.row)] =
                std::ranges::find_if(own, [&](const Text& first) { return equal(first, one); })->row;
    };
    const auto many = [&](std::vector<Text>& own) {
        std::ranges::sort(own, [&](const Text& a, const Text& b) {
            if (a.hash != b.hash) return a.hash < b.hash;
            const auto order = trim(texts[a.row]) <=> trim(texts[b.row]);
            return order != 0 ? order < 0 : a.row < b.row;
        });
        for (std::size_t i = 0, same = 0; i < own.size(); ++i) {
            if (!equal(own[same], own[i])) same = i;
            numbers[static_cast<std::size_t>(own[i].row)] = own[same].row;
        }
    };
    in_shares(static_cast<std::int64_t>(table.first.size()) - 1, 0, [&](std::int64_t from, std::int64_t to) {
        std::vector<Text> own;
        for (auto p = static_cast<std::size_t>(from); p < static_cast<std::size_t>(to); ++p) {
            own.clear();
            for (auto place = table.first[p]; place < table.first[p + 1]; ++place) {
                const auto row = table.row(place);
                const auto hash = hashes[static_cast<std::size_t>(row)];
                if (hash != blank) own.push_back({hash, static_cast<std::int32_t>(row)});
            }
            if (own.size() < 32) few(own);
            else many(own);
        }
    });
    return numbers;
}

Rows first_rows(const Values& codes) {
    if (codes.rows() > 0 && codes.width() >= Width::float32) throw EvidenceError("no code of a category");
    Rows found;
    with_width(codes.width(), [&](const auto* type) {
        for (const auto& piece : codes.pieces()) {
            const auto* data = static_cast<decltype(type)>(piece.data);
            for (std::int64_t i = 0; i < piece.rows; ++i) {
                const auto code = static_cast<std::uint64_t>(data[i]);
                if (code < found.size() && found[code] >= 0) continue;  // nearly always
                if (!piece.valid[i]) continue;
                if (code > (std::uint64_t{1} << 28)) throw EvidenceError("no code of a category");
                if (code >= found.size()) found.resize(code + 1, -1);
                found[code] = piece.first + i;
            }
        }
    });
    return found;
}

namespace {

/// What a cell says, as bits; cells that say the same have the same.
std::uint64_t said(const ColumnData& column, std::int64_t row) {
    const auto i = static_cast<std::size_t>(row);
    if (const auto* words = std::get_if<WordColumn>(&column))
        return std::visit([&](const auto& codes) { return std::uint64_t{codes[i]}; }, words->codes);
    if (const auto* sets = std::get_if<SetColumn>(&column)) {
        const auto code = sets->code(row);
        return sets->has[code] * 0x9E3779B97F4A7C15 + sets->known[code];
    }
    if (const auto* numbers = std::get_if<NumberColumn>(&column)) {
        const auto number = (*numbers)[row];
        return number != number ? 1 : std::bit_cast<std::uint64_t>(number);
    }
    if (std::holds_alternative<DateColumn>(column)) return static_cast<std::uint32_t>(day(column, row));
    if (std::holds_alternative<IdentityColumn>(column)) return static_cast<std::uint32_t>(identity(column, row));
    return 0;
}

}  // namespace

Rows duplicates(const TableData& table) {
    struct Record {
        std::uint64_t hash;
        std::int64_t row;
    };
    Rows found;
    std::vector<Record> own;
    for (std::size_t p = 0; p + 1 < table.first.size(); ++p) {
        own.clear();
        for (auto place = table.first[p]; place < table.first[p + 1]; ++place) {
            const auto row = table.row(place);
            std::uint64_t hash = 0;
            for (const auto& column : table.columns) {
                hash = (hash ^ said(column, row)) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 32;
            }
            own.push_back({hash, row});
        }
        std::ranges::sort(own, [](const Record& a, const Record& b) {
            return a.hash != b.hash ? a.hash < b.hash : a.row < b.row;
        });
        const auto same = [&](std::int64_t a, std::int64_t b) {
            return std::ranges::all_of(table.columns,
                                       [&](const ColumnData& c) { return said(c, a) == said(c, b); });
        };
        for (std::size_t i = 1; i < own.size(); ++i)
            if (own[i].hash == own[i - 1].hash && same(own[i].row, own[i - 1].row)) found.push_back(own[i].row);
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace tassei
