#include "tassei/digest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "shares.hpp"
#include "tassei/error.hpp"
#include "tassei/watch.hpp"

namespace tassei {
namespace {

constexpr std::array<std::uint64_t, 8> initial = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

constexpr std::size_t order[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

using Words = std::array<std::uint64_t, 16>;

template <std::size_t a, std::size_t b, std::size_t c, std::size_t d>
void mix(Words& v, std::uint64_t x, std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
}

// Places that the compiler knows let it keep the words in registers.
template <std::size_t r>
void one_round(Words& v, const Words& m) {
    constexpr auto& s = order[r];
    mix<0, 4, 8, 12>(v, m[s[0]], m[s[1]]);
    mix<1, 5, 9, 13>(v, m[s[2]], m[s[3]]);
    mix<2, 6, 10, 14>(v, m[s[4]], m[s[5]]);
    mix<3, 7, 11, 15>(v, m[s[6]], m[s[7]]);
    mix<0, 5, 10, 15>(v, m[s[8]], m[s[9]]);
    mix<1, 6, 11, 12>(v, m[s[10]], m[s[11]]);
    mix<2, 7, 8, 13>(v, m[s[12]], m[s[13]]);
    mix<3, 4, 9, 14>(v, m[s[14]], m[s[15]]);
}

template <std::size_t... r>
void all_rounds(Words& v, const Words& m, std::index_sequence<r...>) {
    (one_round<r>(v, m), ...);
}

/// A whole number as bytes, the lowest first, on every machine.
template <class T>
void put(std::string& out, T value) {
    auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
    if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
    out.append(bytes.data(), bytes.size());
}

void put(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
}

void put_cell(std::string& out, const DigestColumn& column, const TableData& table, std::int64_t row) {
    if (column.texts) {
        const auto text = trim((*column.texts)[row]);
        if (text.empty()) return;
        put(out, column.tag);
        put(out, text);
        return;
    }
    const auto& data = table.columns[static_cast<std::size_t>(column.column)];
    if (const auto* words = std::get_if<WordColumn>(&data)) {
        const auto code = words->code(row);
        if (code != 0) put(out, column.words[code - 1]);
    } else if (const auto* sets = std::get_if<SetColumn>(&data)) {
        const auto code = sets->code(row);
        if (sets->known[code] != 0) put(out, column.words[code]);
    } else if (const auto* numbers = std::get_if<NumberColumn>(&data)) {
        const double number = (*numbers)[row];
        if (std::isnan(number)) return;
        put(out, column.tag);
        put(out, number == 0 ? 0.0 : number);  // -0.0 says the same
    } else if (const auto* dates = std::get_if<DateColumn>(&data)) {
        const Day day = (*dates)[row];
        if (day == no_day) return;
        put(out, column.tag);
        put(out, day);
    }
}

/// Everything that is used as an index later.
void check(const TableData& table, const TextColumn& ids, std::span<const DigestColumn> columns) {
    if (table.first.size() != static_cast<std::size_t>(ids.rows()) + 1)
        throw EvidenceError("an id for every person is needed");
    for (const auto& column : columns) {
        if (column.texts) {
            if (column.texts->rows() != table.rows) throw EvidenceError("a text for every row is needed");
            continue;
        }
        if (column.column < 0 || static_cast<std::size_t>(column.column) >= table.columns.size())
            throw EvidenceError("no column number " + std::to_string(column.column));
        const auto& data = table.columns[static_cast<std::size_t>(column.column)];
        std::size_t needed = 0;
        if (const auto* sets = std::get_if<SetColumn>(&data)) needed = sets->has.size();
        if (const auto* words = std::get_if<WordColumn>(&data))
            std::visit(
                [&](const auto& codes) {
                    for (const auto code : codes) needed = std::max(needed, std::size_t{code});
                },
                words->codes);
        if (column.words.size() < needed) throw EvidenceError("a tag for every word is needed");
    }
}

}  // namespace

Blake2b::Blake2b(std::size_t size) : state_(initial) { state_[0] ^= 0x01010000U ^ size; }

void Blake2b::add(std::string_view bytes) {
    while (!bytes.empty()) {
        if (filled_ == block_.size()) compress(false);
        const auto count = std::min(bytes.size(), block_.size() - filled_);
        std::memcpy(block_.data() + filled_, bytes.data(), count);
        filled_ += count;
        length_ += count;
        bytes.remove_prefix(count);
    }
}

void Blake2b::finish(std::span<std::uint8_t> digest) {
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::uint8_t{0});
    compress(true);
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(state_[i / 8] >> (8 * (i % 8)));
}

void Blake2b::compress(bool last) {
    Words m;
    for (std::size_t i = 0; i < 16; ++i) {
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(&m[i], block_.data() + 8 * i, 8);
        } else {
            m[i] = 0;
            for (std::size_t b = 0; b < 8; ++b) m[i] |= std::uint64_t{block_[8 * i + b]} << (8 * b);
        }
    }
    Words v;
    std::copy(state_.begin(), state_.end(), v.begin());
    std::copy(initial.begin(), initial.end(), v.begin() + 8);
    v[12] ^= length_;  // lengths beyond 2^64 do not occur
    if (last) v[14] = ~v[14];
    all_rounds(v, m, std::make_index_sequence<12>());
    for (std::size_t i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[i + 8];
    filled_ = 0;
}

std::vector<PersonDigest> person_digests(const TableData& table, const TextColumn& ids,
                                         std::span<const DigestColumn> columns, int threads) {
    check(table, ids, columns);
    std::vector<PersonDigest> found(static_cast<std::size_t>(ids.rows()));
    in_shares(ids.rows(), threads, [&](std::int64_t first, std::int64_t last) {
        std::string cells, head;
        std::vector<std::pair<std::size_t, std::size_t>> ends;
        std::vector<std::string_view> rows;
        for (auto person = first; person < last; ++person) {
            const auto from = table.first[static_cast<std::size_t>(person)];
            const auto to = table.first[static_cast<std::size_t>(person) + 1];
            pulse();
            if (from == to) continue;
            cells.clear();
            ends.clear();
            rows.clear();
            for (auto place = from; place < to; ++place) {
                const auto begin = cells.size();
                for (const auto& column : columns) put_cell(cells, column, table, table.row(place));
                ends.emplace_back(begin, cells.size());
            }
            for (const auto& [begin, end] : ends)
                rows.push_back(std::string_view(cells).substr(begin, end - begin));
            std::ranges::sort(rows);
            Blake2b hash(sizeof(PersonDigest));
            head.clear();
            put(head, ids[person]);
            hash.add(head);
            for (const auto row : rows) {
                head.clear();
                put(head, static_cast<std::uint32_t>(row.size()));
                hash.add(head);
                hash.add(row);
            }
            hash.finish(found[static_cast<std::size_t>(person)]);
        }
    });
    return found;
}

TableDigest digest(std::span<const PersonDigest> persons) {
    std::vector<PersonDigest> sorted;
    sorted.reserve(persons.size());
    std::ranges::copy_if(persons, std::back_inserter(sorted),
                         [](const PersonDigest& one) { return one != PersonDigest{}; });
    std::ranges::sort(sorted);
    Blake2b hash(sizeof(TableDigest));
    for (const auto& one : sorted)
        hash.add({reinterpret_cast<const char*>(one.data()), one.size()});
    TableDigest found;
    hash.finish(found);
    return found;
}

}  // namespace tassei
