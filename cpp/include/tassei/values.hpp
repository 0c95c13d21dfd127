#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

/// Numbers and days as somebody else keeps them in memory: of any width, in one piece or many.
namespace tassei {

/// Arrow's validity bitmap: a set bit is a value, a clear bit a blank; no bitmap: no blanks.
struct Validity {
    const std::uint8_t* bits = nullptr;
    std::int64_t offset = 0;

    [[nodiscard]] bool operator[](std::int64_t i) const {
        const auto at = offset + i;
        return bits == nullptr || ((bits[at >> 3] >> (at & 7)) & 1) != 0;
    }
};

/// Calls `act(i, count, word)` for runs of up to 64 values from `first` on: the low `count` bits of the word say
/// which of the values at `i` and behind are no blanks.
template <class Act>
void each_run(const Validity& valid, std::int64_t first, std::size_t size, const Act& act) {
    constexpr std::size_t whole = 64;
    const auto bits_at = [&](std::int64_t at, std::size_t many) {
        std::uint64_t word = 0;
        for (std::size_t byte = 0; byte < many; ++byte)
            word |= std::uint64_t{valid.bits[(at >> 3) + static_cast<std::int64_t>(byte)]} << (8 * byte);
        return word;
    };
    for (std::size_t i = 0; i < size;) {
        const auto at = valid.offset + first + static_cast<std::int64_t>(i);
        const auto shift = static_cast<std::size_t>(at & 7);
        const bool plenty = size - i >= whole;
        const auto count = std::min(size - i, whole - shift);
        // a constant number of bytes is one load
        const auto word = (plenty ? bits_at(at, 8) : bits_at(at, (shift + count + 7) / 8)) >> shift;
        act(i, count, count == whole ? word : word & ((std::uint64_t{1} << count) - 1));
        i += count;
    }
}

/// How many of the values from `first` on are no blanks.
[[nodiscard]] inline std::size_t count_values(const Validity& valid, std::int64_t first, std::size_t size) {
    if (valid.bits == nullptr) return size;
    std::size_t found = 0;
    each_run(valid, first, size, [&](std::size_t, std::size_t, std::uint64_t word) {
        found += static_cast<std::size_t>(std::popcount(word));
    });
    return found;
}

/// Calls `act(i)` for every blank among the values from `first` on.
template <class Act>
void each_blank(const Validity& valid, std::int64_t first, std::size_t size, const Act& act) {
    if (valid.bits == nullptr) return;
    each_run(valid, first, size, [&](std::size_t i, std::size_t count, std::uint64_t word) {
        const auto all = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        for (auto blank = ~word & all; blank != 0; blank &= blank - 1)
            act(i + static_cast<std::size_t>(std::countr_zero(blank)));
    });
}

enum class Width { int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64 };

template <class T>
inline constexpr Width width_of = [] {
    if constexpr (std::is_floating_point_v<T>) return sizeof(T) == 4 ? Width::float32 : Width::float64;
    else {
        constexpr auto step = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : sizeof(T) == 4 ? 4 : 6;
        return static_cast<Width>(step + (std::is_signed_v<T> ? 0 : 1));
    }
}();

/// Calls `act` with a null pointer to the type that a width stands for.
template <class Act>
decltype(auto) with_width(Width width, Act&& act) {
    switch (width) {
        case Width::int8: return act(static_cast<const std::int8_t*>(nullptr));
        case Width::uint8: return act(static_cast<const std::uint8_t*>(nullptr));
        case Width::int16: return act(static_cast<const std::int16_t*>(nullptr));
        case Width::uint16: return act(static_cast<const std::uint16_t*>(nullptr));
        case Width::int32: return act(static_cast<const std::int32_t*>(nullptr));
        case Width::uint32: return act(static_cast<const std::uint32_t*>(nullptr));
        case Width::int64: return act(static_cast<const std::int64_t*>(nullptr));
        case Width::uint64: return act(static_cast<const std::uint64_t*>(nullptr));
        case Width::float32: return act(static_cast<const float*>(nullptr));
        case Width::float64: break;
    }
    return act(static_cast<const double*>(nullptr));
}

/// Neighbouring rows of a column.
struct Piece {
    std::int64_t first = 0;  ///< row in the column
    std::int64_t rows = 0;
    const void* data = nullptr;  ///< the value of the first row
    Validity valid;              ///< from the first row on
};

/// Finds the piece that a row lies in, a step or two from where it looks first.
class PieceFinder {
public:
    PieceFinder() = default;
    /// `ends`: the first row behind each piece, none of which is empty.
    explicit PieceFinder(std::vector<std::int64_t> ends);

    [[nodiscard]] std::size_t operator()(std::int64_t row) const {
        if (ends_.size() < 2) return 0;
        auto piece = std::size_t{starts_[static_cast<std::size_t>(row >> shift_)]};
        while (row >= ends_[piece]) ++piece;
        return piece;
    }

private:
    std::vector<std::int64_t> ends_;
    std::vector<std::uint32_t> starts_;  // by row >> shift_: the piece of the first such row
    int shift_ = 0;
};

class Values {
public:
    Values() = default;

    template <class T>
    explicit Values(std::span<const T> values, Validity valid = {})
        : Values(width_of<T>, {{0, static_cast<std::int64_t>(values.size()), values.data(), valid}}) {}

    /// Pieces one after the other; `owner` keeps their memory.
    Values(Width width, std::vector<Piece> pieces, std::shared_ptr<const void> owner = {});

    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] Width width() const { return width_; }
    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

    /// The values where they all lie in one piece of this type, else nullptr.
    template <class T>
    [[nodiscard]] const T* plain() const {
        return width_ == width_of<T> && pieces_.size() == 1 ? static_cast<const T*>(pieces_.front().data)
                                                             : nullptr;
    }

    [[nodiscard]] const Piece& piece(std::int64_t row) const { return pieces_[finder_(row)]; }

    /// Calls `act(value)` with the value of a row, or returns `blank`.
    template <class Result, class Act>
    [[nodiscard]] Result at(std::int64_t row, Result blank, const Act& act) const {
        const auto& piece = this->piece(row);
        const auto i = row - piece.first;
        if (!piece.valid[i]) return blank;
        return with_width(width_, [&](const auto* type) -> Result {
            return act(static_cast<decltype(type)>(piece.data)[i]);
        });
    }

    /// Calls `act(row, value)` for every value that is not blank.
    template <class Act>
    void each(const Act& act) const {
        with_width(width_, [&](const auto* type) {
            for (const auto& piece : pieces_) {
                const auto* data = static_cast<decltype(type)>(piece.data);
                if (piece.valid.bits == nullptr)
                    for (std::int64_t i = 0; i < piece.rows; ++i) act(piece.first + i, data[i]);
                else
                    for (std::int64_t i = 0; i < piece.rows; ++i)
                        if (piece.valid[i]) act(piece.first + i, data[i]);
            }
        });
    }

    /// Calls `act(values, valid, from, i, count)` for the parts of `size` rows from `first` on that lie in
    /// one piece each: `values + from` and validity from `from` on are those of the rows `first + i` on.
    template <class Act>
    void spans(std::int64_t first, std::size_t size, const Act& act) const {
        with_width(width_, [&](const auto* type) {
            for (std::size_t i = 0; i < size;) {
                const auto row = first + static_cast<std::int64_t>(i);
                const auto& piece = this->piece(row);
                const auto from = row - piece.first;
                const auto count = std::min(size - i, static_cast<std::size_t>(piece.rows - from));
                act(static_cast<decltype(type)>(piece.data), piece.valid, from, i, count);
                i += count;
            }
        });
    }

private:
    Width width_ = Width::float64;
    std::vector<Piece> pieces_;
    std::int64_t rows_ = 0;
    PieceFinder finder_;
    std::shared_ptr<const void> owner_;
};

}  // namespace tassei
