#include "tassei/text_index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "tassei/error.hpp"

namespace tassei {
namespace {

constexpr std::int32_t unseen = std::numeric_limits<std::int32_t>::min();

// White space beyond ASCII, as UTF-8 writes it: NEL, no-break space, Ogham, U+2000 to U+200A, line and
// paragraph separators, narrow and mathematical spaces, the ideographic space.
bool is_wide_space(std::string_view letter) {
    if (letter == "\xC2\x85" || letter == "\xC2\xA0" || letter == "\xE1\x9A\x80" ||
        letter == "\xE2\x81\x9F" || letter == "\xE3\x80\x80")
        return true;
    if (letter.size() != 3 || !letter.starts_with("\xE2\x80")) return false;
    const auto last = static_cast<unsigned char>(letter[2]);
    return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF;
}

bool is_space(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r') || (letter >= 0x1C && letter <= 0x1F); }

Validity valid_words(const ArrowArray& words) {
    const auto* bits = words.null_count == 0 ? nullptr : words.buffers[0];
    return {static_cast<const std::uint8_t*>(bits), words.offset};
}

}  // namespace

std::uint64_t hash_of(std::string_view text) {
    constexpr std::uint64_t prime = 0x9E3779B97F4A7C15;
    auto hash = text.size() * prime;
    const auto take = [&](const char* from, std::size_t size) {
        std::uint64_t piece = 0;
        std::memcpy(&piece, from, size);
        piece *= prime;
        piece ^= piece >> 32;
        hash = (hash ^ piece) * prime;
        hash ^= hash >> 29;
    };
    const char* at = text.data();
    auto left = text.size();
    for (; left >= 8; left -= 8, at += 8) take(at, 8);
    if (left > 0) take(at, left);
    hash *= prime;
    return hash ^ (hash >> 32);
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : 3;
        if (size == 1 ? !is_space(text.front()) : !is_wide_space(text.substr(0, size))) break;
        text.remove_prefix(size);
    }
    while (!text.empty()) {
        if (is_space(text.back())) {
            text.remove_suffix(1);
        } else if (static_cast<unsigned char>(text.back()) < 0x80) {
            break;
        } else if (text.size() >= 2 && is_wide_space(text.substr(text.size() - 2))) {
            text.remove_suffix(2);
        } else if (text.size() >= 3 && is_wide_space(text.substr(text.size() - 3))) {
            text.remove_suffix(3);
        } else {
            break;
        }
    }
    return text;
}

TextIndex::TextIndex(bool trimmed) : trimmed_(trimmed), slots_(64) {}

void TextIndex::prefetch([[maybe_unused]] std::uint64_t hash) const {
#if defined(__GNUC__)
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
#endif
}

std::size_t TextIndex::place(std::string_view text, std::uint64_t hash) const {
    const auto mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    auto at = hash & mask;
    while (slots_[at].number >= 0 &&
           (slots_[at].hash != tag || (*this)[static_cast<std::size_t>(slots_[at].number)] != text))
        at = (at + 1) & mask;
    return at;
}

std::int32_t TextIndex::number(std::string_view text, std::uint64_t hash) const {
    return slots_[place(text, hash)].number;
}

std::int32_t TextIndex::number(std::string_view text, std::uint64_t hash) {
    auto at = place(text, hash);
    if (slots_[at].number >= 0) return slots_[at].number;
    if (size() >= std::size_t{std::numeric_limits<std::int32_t>::max()})
        throw EvidenceError("more than 2,147,483,647 distinct texts");
    if (2 * (size() + 1) > slots_.size()) {
        grow();
        at = place(text, hash);
    }
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::int32_t>(size())};
    letters_ += text;
    ends_.push_back(letters_.size());
    hashes_.push_back(hash);
    return slots_[at].number;
}

void TextIndex::grow() {
    std::vector<Slot> wider(4 * slots_.size());
    const auto mask = wider.size() - 1;
    for (std::size_t n = 0; n < size(); ++n) {
        auto at = hashes_[n] & mask;
        while (wider[at].number >= 0) at = (at + 1) & mask;
        wider[at] = {static_cast<std::uint32_t>(hashes_[n] >> 32), static_cast<std::int32_t>(n)};
    }
    slots_ = std::move(wider);
}

template <class Self>
void TextIndex::encode(Self& self, const ArrowColumn& column, std::span<std::int32_t> codes) {
    if (codes.size() != static_cast<std::size_t>(column.rows()))
        throw EvidenceError("as many numbers as rows are needed");
    const auto& format = column.format();
    const auto one = [&](std::string_view text) {
        if (self.trimmed_) text = trim(text);
        return self.trimmed_ && text.empty() ? blank_text : self.number(text, hash_of(text));
    };
    std::vector<std::int32_t> of_dictionary;
    const ArrowArray* dictionary = nullptr;
    for (const auto& chunk : column.chunks()) {
        auto* out = codes.data() + chunk.first;
        if (format.encoded) {
            const auto& words = *chunk.array->dictionary;
            const auto length = static_cast<std::uint64_t>(words.length);
            // Chunks mostly share a dictionary. A text of it that no row has is not there; behind the
            // last one stands the blank.
            if (dictionary == nullptr || dictionary->buffers[1] != words.buffers[1] ||
                dictionary->length != words.length || dictionary->offset != words.offset ||
                dictionary->buffers[0] != words.buffers[0]) {
                of_dictionary.assign(length + 1, unseen);
                of_dictionary.back() = blank_text;
            }
            dictionary = &words;
            const auto filled = valid_words(words);
            const auto valid = chunk.valid();
            with_width(format.width, [&](const auto* type) {
                const auto* indices = static_cast<decltype(type)>(chunk.array->buffers[1]) + chunk.offset;
                for (std::int64_t i = 0; i < chunk.rows; ++i) {
                    const auto index = valid[i] ? static_cast<std::uint64_t>(indices[i]) : length;
                    if (index > length || (index == length && valid[i]))
                        throw EvidenceError("an index beyond its dictionary");
                    auto& code = of_dictionary[index];
                    if (code == unseen) {
                        const auto at = static_cast<std::int64_t>(index);
                        code = filled[at] ? one(text_at(format.type, words, words.offset + at)) : blank_text;
                    }
                    out[i] = code;
                }
            });
        } else if (format.type == CellType::number) {
            const auto valid = chunk.valid();
            with_width(format.width, [&](const auto* type) {
                using T = std::remove_cvref_t<decltype(*type)>;
                if constexpr (std::is_floating_point_v<T>) {
                    throw EvidenceError("numbers with fractions are no texts");
                } else {
                    const auto* values = static_cast<const T*>(chunk.array->buffers[1]) + chunk.offset;
                    std::array<char, 24> written{};
                    for (std::int64_t i = 0; i < chunk.rows; ++i) {
                        if (!valid[i]) {
                            out[i] = blank_text;
                        } else if (i > 0 && values[i] == values[i - 1] && valid[i - 1]) {
                            out[i] = out[i - 1];
                        } else {
                            const auto end = std::to_chars(written.data(), written.data() + written.size(), values[i]).ptr;
                            out[i] = one({written.data(), static_cast<std::size_t>(end - written.data())});
                        }
                    }
                }
            });
        } else {
            // in batches, so that the slots of a batch come from memory all at once
            constexpr std::int64_t batch = 32;
            std::array<std::string_view, batch> texts;
            std::array<std::uint64_t, batch> hashes{};
            enum class Way : std::uint8_t { blank, same, other };
            std::array<Way, batch> ways{};
            const auto valid = chunk.valid();
            std::string_view before;
            bool any = false;
            std::int32_t last = blank_text;
            for (std::int64_t start = 0; start < chunk.rows; start += batch) {
                const auto count = static_cast<std::size_t>(std::min(batch, chunk.rows - start));
                for (std::size_t j = 0; j < count; ++j) {
                    const auto i = start + static_cast<std::int64_t>(j);
                    ways[j] = Way::blank;
                    if (!valid[i]) continue;
                    auto text = text_at(format.type, *chunk.array, chunk.offset + i);
                    if (any && text == before) {
                        ways[j] = Way::same;
                        continue;
                    }
                    before = text;
                    any = true;
                    if (self.trimmed_) text = trim(text);
                    ways[j] = Way::other;
                    texts[j] = text;
                    hashes[j] = hash_of(text);
                    self.prefetch(hashes[j]);
                }
                for (std::size_t j = 0; j < count; ++j) {
                    if (ways[j] == Way::other)
                        last = self.trimmed_ && texts[j].empty() ? blank_text : self.number(texts[j], hashes[j]);
                    out[start + static_cast<std::int64_t>(j)] = ways[j] == Way::blank ? blank_text : last;
                }
            }
        }
    }
}

void TextIndex::add(const ArrowColumn& column, std::span<std::int32_t> codes) { encode(*this, column, codes); }

void TextIndex::find(const ArrowColumn& column, std::span<std::int32_t> codes) const {
    encode(*this, column, codes);
}

TextColumn::TextColumn(ArrowColumn column) : column_(std::move(column)) {
    const auto type = column_.format().type;
    if (type != CellType::utf8 && type != CellType::large_utf8 && type != CellType::utf8_view)
        throw EvidenceError("no column of texts");
    std::vector<std::int64_t> ends;
    for (const auto& chunk : column_.chunks()) ends.push_back(chunk.first + chunk.rows);
    finder_ = PieceFinder(std::move(ends));
}

std::string_view TextColumn::operator[](std::int64_t row) const {
    const auto& chunk = column_.chunks()[finder_(row)];
    const auto i = row - chunk.first;
    if (!chunk.valid()[i]) return {};
    const auto type = column_.format().type;
    if (!column_.format().encoded) return text_at(type, *chunk.array, chunk.offset + i);
    const auto& words = *chunk.array->dictionary;
    const auto index = with_width(column_.format().width, [&](const auto* t) {
        return static_cast<std::int64_t>(static_cast<decltype(t)>(chunk.array->buffers[1])[chunk.offset + i]);
    });
    if (index < 0 || index >= words.length) throw EvidenceError("an index beyond its dictionary");
    return valid_words(words)[index] ? text_at(type, words, words.offset + index) : std::string_view{};
}

}  // namespace tassei
