#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tassei/arrow.hpp"

/// Distinct texts by number, so that words are looked up once each and never once a row.
namespace tassei {

inline constexpr std::int32_t blank_text = -1;
inline constexpr std::int32_t unknown_text = -2;

class TextIndex {
public:
    /// With `trimmed`, white space around texts does not count, and what is nothing else is blank.
    explicit TextIndex(bool trimmed = false);

    /// The number of each row's text; new texts are numbered in the order in which they come. Whole
    /// numbers count as the texts that they look like.
    void add(const ArrowColumn& column, std::span<std::int32_t> codes);

    /// Takes in the texts, whichever row has them.
    void add(const ArrowColumn& column);

    /// What each row's number looks up; rows without one get `blank`.
    template <class T>
    void recode(const ArrowColumn& column, std::span<const T> table, T blank, std::span<T> out) const;

    /// The number of each row's text, or unknown_text.
    void find(const ArrowColumn& column, std::span<std::int32_t> codes) const;

    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    /// All texts, one after the other.
    [[nodiscard]] const std::string& letters() const { return letters_; }
    [[nodiscard]] std::string_view operator[](std::size_t number) const {
        const auto from = number == 0 ? 0 : ends_[number - 1];
        return std::string_view(letters_).substr(from, ends_[number] - from);
    }

private:
    struct Slot {
        std::uint32_t hash = 0;
        std::int32_t number = unknown_text;
    };

    template <class Self, class Emit>
    static void encode(Self& self, const ArrowColumn& column, Emit emit);
    /// The first slot, from its place or from `at` on, that has this hash or is free.
    [[nodiscard]] std::size_t likely(std::uint64_t hash) const;
    [[nodiscard]] std::size_t likely(std::uint64_t hash, std::size_t at) const;
    [[nodiscard]] std::size_t place(std::string_view text, std::uint64_t hash, std::size_t at) const;
    [[nodiscard]] std::int32_t number(std::string_view text, std::uint64_t hash, std::size_t at) const;
    std::int32_t number(std::string_view text, std::uint64_t hash, std::size_t at);
    void prefetch(std::uint64_t hash) const;
    [[nodiscard]] std::size_t prefetch_place(std::uint64_t hash) const;
    void prefetch_text(std::size_t at) const;
    void make_room(CellType type, const ArrowChunk& chunk);
    void grow(std::size_t texts);
    void widen(std::size_t slots);

    bool trimmed_;
    std::string letters_;            // all texts, one after the other
    std::vector<std::size_t> ends_;  // by number
    std::vector<std::uint64_t> hashes_;
    std::vector<Slot> slots_;        // open addressing; as many as a power of two
};

[[nodiscard]] std::uint64_t hash_of(std::string_view text);

/// Text without the white space around it.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Texts of a column by row.
class TextColumn {
public:
    explicit TextColumn(ArrowColumn column);

    /// Null where the cell is blank.
    [[nodiscard]] std::string_view operator[](std::int64_t row) const;

    [[nodiscard]] std::int64_t rows() const { return column_.rows(); }

private:
    ArrowColumn column_;
    PieceFinder finder_;
};

}  // namespace tassei
