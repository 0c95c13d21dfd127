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

constexpr std::int64_t batch = 32;  // texts that are looked up at once
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

namespace {

void fetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#endif
}

}  // namespace

void TextIndex::prefetch(std::uint64_t hash) const { fetch(&slots_[hash & (slots_.size() - 1)]); }

std::size_t TextIndex::likely(std::uint64_t hash) const { return likely(hash, hash & (slots_.size() - 1)); }

std::size_t TextIndex::likely(std::uint64_t hash, std::size_t at) const {
    const auto mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    while (slots_[at].number >= 0 && slots_[at].hash != tag) at = (at + 1) & mask;
    return at;
}

// What a look-up touches, one step after the other: the slot, the place of its text, the text.
std::size_t TextIndex::prefetch_place(std::uint64_t hash) const {
    const auto at = likely(hash);
    if (slots_[at].number > 0) fetch(&ends_[static_cast<std::size_t>(slots_[at].number) - 1]);
    return at;
}

void TextIndex::prefetch_text(std::size_t at) const {
    const auto number = slots_[at].number;
    if (number > 0) fetch(letters_.data() + ends_[static_cast<std::size_t>(number) - 1]);
}

std::size_t TextIndex::place(std::string_view text, std::uint64_t hash, std::size_t at) const {
    for (const auto mask = slots_.size() - 1;; at = (at + 1) & mask) {
        at = likely(hash, at);
        if (slots_[at].number < 0 || (*this)[static_cast<std::size_t>(slots_[at].number)] == text) return at;
    }
}

std::int32_t TextIndex::number(std::string_view text, std::uint64_t hash, std::size_t at) const {
    return slots_[place(text, hash, at)].number;
}

std::int32_t TextIndex::number(std::string_view text, std::uint64_t hash, std::size_t at) {
    at = place(text, hash, at);
    if (slots_[at].number >= 0) return slots_[at].number;
    if (size() >= std::size_t{std::numeric_limits<std::int32_t>::max()})
        throw EvidenceError("more than 2,147,483,647 distinct texts");
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::int32_t>(size())};
    letters_ += text;
    ends_.push_back(letters_.size());
    hashes_.push_back(hash);
    return slots_[at].number;
}

/// Of rows that come by groups, the first ones tell how many texts there will be.
void TextIndex::make_room(CellType type, const ArrowChunk& chunk) {
    constexpr std::int64_t sample = 4096;
    if (chunk.rows < 16 * sample) return;
    const auto valid = chunk.valid();
    std::int64_t groups = 0;
    std::string_view before;
    for (std::int64_t i = 0; i < sample; ++i) {
        if (!valid[i]) continue;
        const auto text = text_at(type, *chunk.array, chunk.offset + i);
        groups += i == 0 || text != before ? 1 : 0;
        before = text;
    }
    if (2 * groups > sample) return;
    const auto expected = size() + static_cast<std::size_t>(chunk.rows / sample * groups + batch);
    if (2 * expected > slots_.size()) widen(std::bit_ceil(2 * expected));
}

/// Room for that many more texts, so that slots stay where they are.
void TextIndex::grow(std::size_t texts) {
    if (2 * (size() + texts) > slots_.size()) widen(4 * slots_.size());
}

void TextIndex::widen(std::size_t slots) {
    std::vector<Slot> wider(slots);
    const auto mask = wider.size() - 1;
    for (std::size_t n = 0; n < size(); ++n) {
        auto at = hashes_[n] & mask;
        while (wider[at].number >= 0) at = (at + 1) & mask;
        wider[at] = {static_cast<std::uint32_t>(hashes_[n] >> 32), static_cast<std::int32_t>(n)};
    }
    slots_ = std::move(wider);
}

namespace {

/// Rows often come in the order in which the texts are numbered: then the next one is known without a hash.
/// Gives up where that seldom holds.
class Guess {
public:
    explicit Guess(const TextIndex& index) : index_(index) {}

    [[nodiscard]] bool holds(std::string_view text) {
        if (failed_ > most) return false;
        const auto next = static_cast<std::size_t>(number_ + 1);
        if (next < index_.size() && index_[next] == text) {
            ++number_;
            failed_ = failed_ > 1 ? failed_ - 2 : 0;
            return true;
        }
        ++failed_;
        return false;
    }
    void found(std::int32_t number) {
        if (number >= 0) number_ = number;
    }
    [[nodiscard]] std::int32_t number() const { return number_; }

private:
    static constexpr int most = 256;
    const TextIndex& index_;
    std::int32_t number_ = -1;
    int failed_ = 0;
};

}  // namespace

// `emit` is taken by value, and what the loops use lies in locals: a store to bytes could be to anything
// else, so that the compiler would load it again in every row.
template <class Self, class Emit>
void TextIndex::encode(Self& self, const ArrowColumn& column, const Emit emit) {
    const auto& format = column.format();
    constexpr bool finds = std::is_const_v<Self>;
    Guess guess(self);
    const auto one = [&](std::string_view text) {
        if (self.trimmed_) text = trim(text);
        if (self.trimmed_ && text.empty()) return blank_text;
        if (finds && guess.holds(text)) return guess.number();
        if constexpr (!finds) self.grow(1);
        const auto hash = hash_of(text);
        const auto number = self.number(text, hash, self.likely(hash));
        guess.found(number);
        return number;
    };
    std::vector<std::int32_t> of_dictionary;
    const ArrowArray* dictionary = nullptr;
    for (const auto& chunk : column.chunks()) {
        const auto out = [emit, first = chunk.first](std::int64_t i, std::int32_t code) {
            emit(static_cast<std::size_t>(first + i), code);
        };
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
                const auto* const indices = static_cast<decltype(type)>(chunk.array->buffers[1]) + chunk.offset;
                auto* const codes = of_dictionary.data();
                const auto write = out;
                const auto rows = chunk.rows;
                const auto is_valid = valid;
                for (std::int64_t i = 0; i < rows; ++i) {
                    const auto index = is_valid[i] ? static_cast<std::uint64_t>(indices[i]) : length;
                    if (index > length || (index == length && is_valid[i]))
                        throw EvidenceError("an index beyond its dictionary");
                    auto code = codes[index];
                    if (code == unseen) {
                        const auto at = static_cast<std::int64_t>(index);
                        code = filled[at] ? one(text_at(format.type, words, words.offset + at)) : blank_text;
                        codes[index] = code;
                    }
                    write(i, code);
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
                    std::int64_t before = -1;  // the row that `last` is of
                    std::int32_t last = blank_text;
                    for (std::int64_t i = 0; i < chunk.rows; ++i) {
                        if (!valid[i]) {
                            out(i, blank_text);
                            continue;
                        }
                        if (before < 0 || values[i] != values[before]) {
                            const auto end = std::to_chars(written.data(), written.data() + written.size(), values[i]).ptr;
                            last = one({written.data(), static_cast<std::size_t>(end - written.data())});
                        }
                        before = i;
                        out(i, last);
                    }
                }
            });
        } else {
            // in batches, so that the slots of a batch come from memory all at once
            std::array<std::string_view, batch> texts;
            std::array<std::uint64_t, batch> hashes{};
            std::array<std::size_t, batch> at{};
            enum class Way : std::uint8_t { blank, same, guessed, other };
            std::array<Way, batch> ways{};
            std::array<std::int32_t, batch> guesses{};
            const auto valid = chunk.valid();
            std::string_view before;
            bool any = false;
            std::int32_t last = blank_text;
            const auto* views = format.type == CellType::utf8_view
                                    ? chunk.buffer<char>(1) + 16 * chunk.offset
                                    : nullptr;
            const char* view_before = nullptr;
            if constexpr (!std::is_const_v<Self>) self.make_room(format.type, chunk);
            for (std::int64_t start = 0; start < chunk.rows; start += batch) {
                if constexpr (!finds) self.grow(batch);
                const auto count = static_cast<std::size_t>(std::min(batch, chunk.rows - start));
                for (std::size_t j = 0; j < count; ++j) {
                    const auto i = start + static_cast<std::int64_t>(j);
                    ways[j] = Way::blank;
                    if (!valid[i]) continue;
                    if (views != nullptr) {  // the same view is the same text, told by two words of memory
                        const auto* view = views + 16 * i;
                        if (any && std::memcmp(view, view_before, 16) == 0) {
                            ways[j] = Way::same;
                            continue;
                        }
                        view_before = view;
                    }
                    auto text = text_at(format.type, *chunk.array, chunk.offset + i);
                    if (any && text == before) {
                        ways[j] = Way::same;
                        continue;
                    }
                    before = text;
                    any = true;
                    if (self.trimmed_) text = trim(text);
                    if (finds && guess.holds(text) && !(self.trimmed_ && text.empty())) {
                        ways[j] = Way::guessed;
                        guesses[j] = guess.number();
                        continue;
                    }
                    ways[j] = Way::other;
                    texts[j] = text;
                    hashes[j] = hash_of(text);
                    self.prefetch(hashes[j]);
                }
                for (std::size_t j = 0; j < count; ++j)
                    if (ways[j] == Way::other) at[j] = self.prefetch_place(hashes[j]);
                for (std::size_t j = 0; j < count; ++j)
                    if (ways[j] == Way::other) self.prefetch_text(at[j]);
                for (std::size_t j = 0; j < count; ++j) {
                    if (ways[j] == Way::guessed) last = guesses[j];
                    if (ways[j] == Way::other)
                        last = self.trimmed_ && texts[j].empty() ? blank_text : self.number(texts[j], hashes[j], at[j]);
                    out(start + static_cast<std::int64_t>(j), ways[j] == Way::blank ? blank_text : last);
                }
                guess.found(last);
            }
        }
    }
}

namespace {

void check_size(const ArrowColumn& column, std::size_t size) {
    if (size != static_cast<std::size_t>(column.rows()))
        throw EvidenceError("as many numbers as rows are needed");
}

}  // namespace

void TextIndex::add(const ArrowColumn& column, std::span<std::int32_t> codes) {
    check_size(column, codes.size());
    encode(*this, column, [to = codes.data()](std::size_t row, std::int32_t code) { to[row] = code; });
}

void TextIndex::add(const ArrowColumn& column) {
    encode(*this, column, [](std::size_t, std::int32_t) {});
}

void TextIndex::find(const ArrowColumn& column, std::span<std::int32_t> codes) const {
    check_size(column, codes.size());
    encode(*this, column, [to = codes.data()](std::size_t row, std::int32_t code) { to[row] = code; });
}

template <class T>
void TextIndex::recode(const ArrowColumn& column, std::span<const T> table, T blank, std::span<T> out) const {
    check_size(column, out.size());
    encode(*this, column,
           [from = table.data(), size = table.size(), blank, to = out.data()](std::size_t row, std::int32_t code) {
               const auto number = static_cast<std::size_t>(code);  // a negative one is beyond every table
               to[row] = number < size ? from[number] : blank;
           });
}

template void TextIndex::recode(const ArrowColumn&, std::span<const std::uint8_t>, std::uint8_t, std::span<std::uint8_t>) const;
template void TextIndex::recode(const ArrowColumn&, std::span<const std::uint16_t>, std::uint16_t, std::span<std::uint16_t>) const;
template void TextIndex::recode(const ArrowColumn&, std::span<const std::int32_t>, std::int32_t, std::span<std::int32_t>) const;
template void TextIndex::recode(const ArrowColumn&, std::span<const double>, double, std::span<double>) const;

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
