#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "tassei/column.hpp"
#include "tassei/delimited.hpp"
#include "tassei/text_index.hpp"

// Quotes in text files, white space around texts, days of moments, and cells that lie in pieces: each
// against the obvious way.
namespace {

using fuzz::Decisions;
using namespace tassei;

/// Where a parser that knows quotes ends a row within them, the core must have said so.
bool a_cell_spans_lines(std::string_view text) {
    bool quoted = false;
    bool starts = true;  // of a cell
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (quoted) {
            if (letter == '\n' || letter == '\r') return true;
            if (letter == '"' && i + 1 < text.size() && text[i + 1] == '"') ++i;
            else if (letter == '"') quoted = false;
        } else {
            if (letter == '"' && starts) quoted = true;
            starts = letter == ',' || letter == '\n' || letter == '\r';
        }
    }
    return quoted;
}

void quotes(Decisions& d) {
    std::string text = d.text(200);
    for (auto& letter : text)
        if (letter >= 0 && letter < 64) letter = "a\",\n\r b\"\",x\n\"c,"[letter % 16];
    if (a_cell_spans_lines(text)) fuzz::expect(line_ends_in_quotes(text), "a cell of two lines is seen");
}

void spaces(Decisions& d) {
    const char* const pieces[] = {" ", "\t", "\x1c", "\xC2\x85", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x81\x9F", "\xE1\x9A\x80"};
    const auto core = d.text(static_cast<std::size_t>(d.pick(0, 12)));
    std::string padded;
    for (int n = d.pick(0, 4); n > 0; --n) padded += pieces[d.pick(0, 9)];
    const auto before = padded.size();
    padded += core;
    for (int n = d.pick(0, 4); n > 0; --n) padded += pieces[d.pick(0, 9)];
    const auto trimmed = trim(padded);
    fuzz::expect(trim(trimmed) == trimmed, "trimming twice is trimming once");
    fuzz::expect(trimmed.empty() || (trimmed.data() >= padded.data() && trimmed.data() + trimmed.size() <= padded.data() + padded.size()), "a part of the text");
    const bool plain = !core.empty() && core.front() > ' ' && core.back() > ' ';  // ASCII, no space
    if (plain) fuzz::expect(trimmed == std::string_view(padded).substr(before, core.size()), "spaces around a text, and nothing else, are left out");
    const std::string copy(trimmed);
    fuzz::expect(hash_of(copy) == hash_of(trimmed), "equal texts have equal hashes");
}

void days(Decisions& d) {
    constexpr std::int64_t day = 86'400;
    const std::int64_t units[] = {1, day, day * 1000, day * 1'000'000, day * 1'000'000'000};
    const auto ticks = units[d.pick(0, 4)];
    auto moment = d.any<std::int64_t>();
    if (d.rarely(2)) moment = std::int64_t{d.any<std::int16_t>()} * ticks + d.pick(-1, 1);
    const std::vector<std::int64_t> cells{moment};
    const DateColumn dates(Values(std::span<const std::int64_t>(cells)), ticks);
    auto expected = moment / ticks;
    __extension__ using Wide = __int128;
    while (Wide{expected} * ticks > moment) --expected;
    constexpr std::int64_t last = std::numeric_limits<Day>::max();
    fuzz::expect(dates[0] == std::clamp(expected, -last, last), "the day that a moment lies in");
}

void pieces(Decisions& d) {
    std::vector<std::vector<double>> parts;
    std::vector<double> whole;
    std::vector<Piece> pieces;
    for (int n = d.pick(0, 12); n > 0; --n) {
        auto& part = parts.emplace_back();
        for (int i = d.rarely(4) ? d.pick(0, 200) : d.pick(0, 3); i > 0; --i) part.push_back(d.any<std::int8_t>());
        whole.insert(whole.end(), part.begin(), part.end());
    }
    for (const auto& part : parts) pieces.push_back({0, static_cast<std::int64_t>(part.size()), part.data(), {}});
    const Values values(Width::float64, pieces);
    fuzz::expect(values.rows() == static_cast<std::int64_t>(whole.size()), "as many rows as the pieces have");
    const NumberColumn numbers(values);
    for (std::size_t i = 0; i < whole.size(); ++i) fuzz::expect(numbers[static_cast<std::int64_t>(i)] == whole[i], "a row of its piece");
    if (whole.empty()) return;
    const auto first = static_cast<std::size_t>(d.pick(0, 255)) % whole.size();
    const auto size = static_cast<std::size_t>(d.pick(0, 255)) % (whole.size() - first + 1);
    std::vector<double> found(size);
    values.spans(static_cast<std::int64_t>(first), size, [&](const auto* data, const Validity&, std::int64_t from, std::size_t i, std::size_t count) {
        for (std::size_t j = 0; j < count; ++j) found[i + j] = static_cast<double>(data[from + static_cast<std::int64_t>(j)]);
    });
    fuzz::expect(std::equal(found.begin(), found.end(), whole.begin() + static_cast<std::ptrdiff_t>(first)), "rows in a row");
}

void blanks(Decisions& d) {
    std::vector<std::uint8_t> bits(40);
    for (auto& byte : bits) byte = d.any<std::uint8_t>();
    const Validity valid{bits.data(), d.pick(0, 70)};
    const auto first = d.pick(0, 70);
    const auto size = static_cast<std::size_t>(d.pick(0, 150));
    std::vector<std::size_t> found;
    each_blank(valid, first, size, [&](std::size_t i) { found.push_back(i); });
    std::vector<std::size_t> expected;
    for (std::size_t i = 0; i < size; ++i)
        if (!valid[first + static_cast<std::int64_t>(i)]) expected.push_back(i);
    fuzz::expect(found == expected, "every blank, once");
}

}  // namespace

void fuzz::text(Bytes bytes) {
    Decisions d(bytes);
    void (*const parts[])(Decisions&) = {quotes, spaces, days, pieces, blanks};
    parts[d.pick(0, 4)](d);
}
